/**
 * A seal is what a provider wants back unchanged with its model's reasoning: Anthropic's signature, Gemini's thought signature,
 * OpenAI's encrypted content. It means something to its maker alone. A client of another dialect is handed it wrapped, in the
 * field where that dialect keeps its own, so that it comes back with the next turn and can be unwrapped for its maker.
 */

/** Whose seal it is. */
export type SealMaker = 'anthropic' | 'gemini' | 'openai';

export interface Seal {
  readonly maker: SealMaker;
  readonly data: string;
}

/** Stands before a wrapped seal. No provider's own begins so: they are base64, where a dot has no place. */
export const wrappedSealMark = 'gatehouse.';

const wrapped = /^gatehouse\.(anthropic|gemini|openai)\.(.*)$/s;

/** The seal as one text, for a field of another dialect. */
export function wrapSeal({ maker, data }: Seal): string {
  return `${wrappedSealMark}${maker}.${data}`;
}

/**
 * Reads a seal field of a client's request.
 * @param own whose seal it is when it is not wrapped: that of the dialect it stands in
 */
export function unwrapSeal(text: string, own: SealMaker): Seal {
  const [, maker, data] = wrapped.exec(text) ?? [];
  return maker === undefined || data === undefined ? { maker: own, data: text } : { maker: maker as SealMaker, data };
}

/** The seal as a field of `maker`'s own dialect holds it: its own bare, another's wrapped. */
export function writeSeal(seal: Seal, own: SealMaker): string {
  return seal.maker === own ? seal.data : wrapSeal(seal);
}
