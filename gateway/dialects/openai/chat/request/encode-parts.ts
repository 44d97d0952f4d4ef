/** Writes the parts of a chat answer that look the same streamed and whole. */
import type { Citation, TokenLogprob } from '../../../../chat/event.ts';
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { Seal } from '../../../../chat/seal.ts';

interface Call {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string | null;
  readonly kind: 'function' | 'custom';
  readonly seal?: Seal | null;
}

/** A call with as much of its input as there is. A group's name stands before its tool's, for groups are unknown here. */
export function encodeCall({ id, name: bare, namespace, kind, seal }: Call, input: string) {
  const name = namespace ? `${namespace}__${bare}` : bare;
  if (kind === 'custom') return { id, type: kind, custom: { name, input } };
  return { id, type: kind, function: { name, arguments: input }, ...encodeCallSeal(seal ?? null) };
}

/** The legacy form holds one call, without an id. */
export function encodeLegacyCall({ name }: Call, input: string) {
  return { name, arguments: input };
}

/** @param index of a call that the legacy form has no place for */
export function noteLostCall(index: number, notes: FidelityNotes): void {
  notes.drop(`answer.tool_calls.${index}`, 'a request with functions is answered with one call');
}

/** The one seal that has a place: where Gemini's own OpenAI endpoint puts it. */
function encodeCallSeal(seal: Seal | null) {
  return seal?.maker === 'gemini' ? { extra_content: { google: { thought_signature: seal.data } } } : {};
}

/** @returns null for a citation without an address, for which there is no word; notes it */
export function encodeCitation({ url, title, start, end }: Citation, notes: FidelityNotes) {
  if (url === null) {
    notes.drop('answer.citation', 'OpenAI chat cites addresses only');
    return null;
  }
  return { type: 'url_citation', url_citation: { end_index: end ?? 0, start_index: start ?? 0, title: title ?? url, url } };
}

/** @returns the value of a choice's `logprobs` */
export function encodeLogprobs(tokens: readonly TokenLogprob[]) {
  if (tokens.length === 0) return null;
  return { content: tokens.map((each) => ({ ...encodeToken(each), top_logprobs: each.top.map(encodeToken) })), refusal: null };
}

function encodeToken({ token, logprob }: { readonly token: string; readonly logprob: number }) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

/** Pictures stand where OpenRouter puts them; sounds, which have a shape of their own only when whole, do not pass. */
export function encodePicture(media: { readonly mediaType: string; readonly data: string }, notes: FidelityNotes) {
  if (!media.mediaType.startsWith('image/')) {
    notes.drop('answer.media', 'OpenAI chat has no place for such a file in an answer');
    return null;
  }
  return { type: 'image_url', image_url: { url: `data:${media.mediaType};base64,${media.data}` } };
}
