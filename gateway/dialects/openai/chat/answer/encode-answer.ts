/** Writes the whole answer of `POST /chat/completions`, with every key that real answers always have. */
import { type AnswerChoice, type AnswerPart, collectAnswer, textOfAnswer } from '../../../../chat/collect-answer.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { AnswerOptions } from '../../../codec.ts';
import { encodeFinish, encodeLegacyFinish } from '../../finish-reasons.ts';
import { encodeUsage } from '../../usage.ts';
import { isLegacy } from '../request/decode-tools.ts';
import {
  encodeCall,
  encodeCitation,
  encodeLegacyCall,
  encodeLogprobs,
  encodePicture,
  noteLostCall,
} from '../request/encode-parts.ts';

/**
 * Usage that nobody knows is left out: a made-up total would be believed, and strict readers take no null there.
 * @throws GatewayError `upstream-truncated` when the events lack their start or a finish
 */
export function encodeChatAnswer(events: Iterable<ChatEvent>, options: Pick<AnswerOptions, 'request' | 'notes'>) {
  const answer = collectAnswer(events);
  const usage = encodeUsage(answer.usage);
  return {
    id: answer.id,
    object: 'chat.completion',
    created: answer.createdAtSeconds,
    model: answer.model,
    choices: answer.choices.map((choice) => encodeChoice(choice, isLegacy(options.request), options.notes)),
    ...(usage === null ? {} : { usage }),
    service_tier: answer.serviceTier ?? 'default',
    system_fingerprint: null,
  };
}

function encodeChoice(choice: AnswerChoice, legacy: boolean, notes: FidelityNotes) {
  return {
    index: choice.index,
    message: encodeMessage(choice, legacy, notes),
    logprobs: encodeLogprobs(choice.logprobs),
    finish_reason: legacy ? encodeLegacyFinish(choice.reason) : encodeFinish(choice.reason),
  };
}

function encodeMessage(choice: AnswerChoice, legacy: boolean, notes: FidelityNotes) {
  const { parts } = choice;
  const text = textOfAnswer(choice);
  const calls = parts.filter((part) => part.type === 'tool-call');
  const refusal = joined(parts, 'refusal');
  const reasoning = joined(parts, 'reasoning');
  const images = parts.flatMap((part) => (part.type === 'media' ? (encodePicture(part, notes) ?? []) : []));
  for (const part of parts) if (part.type === 'reasoning' || part.type === 'text') noteSeal(part.seal, notes);
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...encodeCalls(calls, legacy, notes),
    ...(images.length > 0 ? { images } : {}),
    refusal: refusal === '' ? null : refusal,
    annotations: annotationsOf(parts, notes),
  };
}

type CallPart = Extract<AnswerPart, { type: 'tool-call' }>;

function encodeCalls(calls: readonly CallPart[], legacy: boolean, notes: FidelityNotes) {
  const [first] = calls;
  if (!first) return {};
  if (!legacy) return { tool_calls: calls.map((call) => encodeCall(call, call.input)) };
  for (const { index } of calls.slice(1)) noteLostCall(index, notes);
  return { function_call: encodeLegacyCall(first, first.input) };
}

/** Passages of the same kind, of which this format has one place for all: thoughts with a blank line between. */
function joined(parts: readonly AnswerPart[], type: 'refusal' | 'reasoning'): string {
  const texts = parts.flatMap((part) => (part.type === type && part.text !== '' ? [part.text] : []));
  return texts.join(type === 'reasoning' ? '\n\n' : '');
}

function annotationsOf(parts: readonly AnswerPart[], notes: FidelityNotes) {
  const citations = parts.flatMap((part) => (part.type === 'text' ? part.citations : []));
  return citations.flatMap((citation) => encodeCitation(citation, notes) ?? []);
}

/** @param seal of thoughts or of text, for which this format has no field */
export function noteSeal(seal: unknown, notes: FidelityNotes): void {
  if (seal !== null) notes.drop('answer.seal', 'OpenAI chat has no field for it');
}
