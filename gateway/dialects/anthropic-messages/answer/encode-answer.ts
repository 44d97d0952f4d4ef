/** Writes the whole answer of `POST /v1/messages`, with every key that real answers have. */
import { type AnswerPart, collectAnswer } from '../../../chat/collect-answer.ts';
import type { Citation, ChatEvent } from '../../../chat/event.ts';
import { type Seal, writeSeal } from '../../../chat/seal.ts';
import type { AnswerOptions } from '../../codec.ts';
import { encodeCitation } from '../citations.ts';
import { encodeHead, toolUseHead } from './encode-head.ts';
import { encodeStopReason } from '../finish-reasons.ts';
import { parseToolInput, rawInputField } from '../tool-input.ts';
import { encodeUsage } from '../usage.ts';

/** @throws GatewayError `upstream-truncated` when the events lack their start or a finish */
export function encodeAnswer(events: Iterable<ChatEvent>, options: AnswerOptions) {
  const answer = collectAnswer(noting(events, options));
  const [{ parts, reason, stopSequence }] = answer.choices;
  const has = (type: AnswerPart['type']): boolean => parts.some((part) => part.type === type);
  return {
    ...encodeHead(answer, options),
    content: parts.flatMap((part, index) => encodePart(part, parts[index + 1], options)),
    stop_reason: encodeStopReason({ reason, stopSequence, hasCalls: has('tool-call'), refused: has('refusal') }),
    stop_sequence: stopSequence,
    usage: encodeUsage(answer.usage, options.inputTokensEstimate, answer.serviceTier),
  };
}

/** What a collected answer holds no more, or Anthropic's never did. */
function* noting(events: Iterable<ChatEvent>, { notes }: AnswerOptions): Iterable<ChatEvent> {
  for (const event of events) {
    if (event.type === 'native') notes.drop(`answer.${event.name}`, `it means something in ${event.dialect} alone`);
    if (event.type === 'logprobs') notes.drop('answer.logprobs', 'an answer of Anthropic holds no probabilities');
    yield event;
  }
}

function encodePart(part: AnswerPart, next: AnswerPart | undefined, options: AnswerOptions): object[] {
  switch (part.type) {
    case 'text':
      return encodeText(part, next, options);
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return encodeReasoning(part);
    case 'tool-call':
      return encodeCall(part, options);
    default:
      options.notes.drop('answer.media', 'an answer of Anthropic holds no pictures or sounds');
      return [];
  }
}

type TextPart = Extract<AnswerPart, { type: 'text' }>;

function encodeText({ text, citations, seal }: TextPart, next: AnswerPart | undefined, options: AnswerOptions): object[] {
  const cited = encodeCitations(text === '' ? [] : citations, options);
  // Like Anthropic, who leaves the key out where nothing is cited.
  const block = { type: 'text', text, ...(cited && { citations: cited }) };
  const isAmbiguous = next?.type === 'tool-call' && next.seal === null;
  if (seal && isAmbiguous) {
    options.notes.drop('answer.text.seal', 'between text and a call it would be taken for the seal of the call');
  }
  return [...(text === '' ? [] : [block]), ...(seal && !isAmbiguous ? [sealBlock(seal)] : [])];
}

function encodeCitations(citations: readonly Citation[], { notes }: AnswerOptions): readonly object[] | null {
  const encoded = citations.map(encodeCitation).filter((citation) => citation !== null);
  if (encoded.length < citations.length) notes.drop('answer.citation', 'Anthropic cites only addresses, and only behind text');
  return encoded.length === 0 ? null : encoded;
}

/** A thinking block without thoughts, to carry a seal. */
function sealBlock(seal: Seal) {
  return { type: 'thinking', thinking: '', signature: writeSeal(seal, 'anthropic') };
}

function encodeReasoning({ text, seal, redacted }: Extract<AnswerPart, { type: 'reasoning' }>): object[] {
  const sealed = seal === null ? '' : writeSeal(seal, 'anthropic');
  if (text !== '') return [{ type: 'thinking', thinking: text, signature: sealed }];
  if (seal === null) return [];
  return [redacted ? { type: 'redacted_thinking', data: sealed } : sealBlock(seal)];
}

function encodeCall(part: Extract<AnswerPart, { type: 'tool-call' }>, options: AnswerOptions): object[] {
  const input = parseToolInput(part.input);
  if (input === null)
    options.notes.emulate('answer.tool_use.input', `as an object with the broken text in its field ${rawInputField}`);
  const call = { ...toolUseHead(part, options), input: input ?? { [rawInputField]: part.input } };
  return part.seal ? [sealBlock(part.seal), call] : [call];
}
