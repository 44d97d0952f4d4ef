/** Reads thoughts, which OpenAI's own chat format has no field for and each of its relatives another. */
import type { ReasoningPart } from '../../../../chat/request.ts';
import { type SealMaker, unwrapSeal } from '../../../../chat/seal.ts';
import { type Fields, isFields } from '../../../json/fields.ts';

/**
 * The thoughts of an assistant message, or of a whole answer. OpenRouter says them twice: `reasoning_details` holds the seals, and
 * is taken alone where it has something to read.
 */
export function decodeReasoning(message: Fields): readonly ReasoningPart[] {
  const details = readDetails(message.reasoning_details);
  if (details.length > 0) return details;
  const text = plainReasoning(message);
  return text === '' ? [] : [{ type: 'reasoning', text, seal: null, redacted: false }];
}

/** Servers in the middle of a renaming send both fields with the same words. */
export function plainReasoning(message: Fields): string {
  const texts = [message.reasoning_content, message.reasoning];
  return texts.find((text): text is string => typeof text === 'string' && text !== '') ?? '';
}

/** Mistral writes `{type: thinking, thinking: [{type: text, text}]}` as a part of the content. */
export function decodeThinkingPart(thinking: unknown): ReasoningPart {
  const pieces: readonly unknown[] = Array.isArray(thinking) ? thinking : [thinking];
  const text = pieces.map((piece) => (isFields(piece) ? piece.text : piece)).filter((piece) => typeof piece === 'string');
  return { type: 'reasoning', text: text.join(''), seal: null, redacted: false };
}

/** OpenRouter's words (`format`) for who made what stands in `reasoning_details`. */
const makers: readonly (readonly [start: string, maker: SealMaker])[] = [
  ['anthropic', 'anthropic'],
  ['google', 'gemini'],
  ['openai', 'openai'],
  ['azure-openai', 'openai'],
];

function makerOfFormat(format: unknown): SealMaker | null {
  if (typeof format !== 'string') return null;
  return makers.find(([start]) => format.startsWith(start))?.[1] ?? null;
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens: details of type text, summary or encrypted. */
export function readDetails(details: unknown): readonly ReasoningPart[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: unknown) => (isFields(detail) ? decodeDetail(detail) : []));
}

function decodeDetail(detail: Fields): readonly ReasoningPart[] {
  const maker = makerOfFormat(detail.format);
  const shown = detail.type === 'reasoning.summary' ? detail.summary : detail.text;
  const text = typeof shown === 'string' ? shown : '';
  const sealed = detail.type === 'reasoning.encrypted' ? detail.data : detail.signature;
  const seal = typeof sealed === 'string' && sealed !== '' && maker !== null ? unwrapSeal(sealed, maker) : null;
  if (text === '' && seal === null) return [];
  return [{ type: 'reasoning', text, seal, redacted: detail.type === 'reasoning.encrypted' && seal?.maker === 'anthropic' }];
}
