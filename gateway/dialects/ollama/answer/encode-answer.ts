/** Writes a whole answer: the one object that `stream: false` asks for. */
import { type AnswerChoice, collectAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { AnswerOptions } from '../../codec.ts';
import type { AnswerShape, LineContent } from './answer-shape.ts';
import { encodeFinish } from '../finish-reasons.ts';
import { encodeAnswerCall } from './held-calls.ts';
import { encodeLogprobs } from './logprobs.ts';
import { isPicture, noteLosses } from '../request/note-losses.ts';
import { encodeTimestamp } from '../timestamps.ts';
import { encodeMetrics } from '../usage.ts';

/** @throws GatewayError `upstream-truncated` when the events lack their start or a finish */
export function encodeAnswer(shape: AnswerShape, events: Iterable<ChatEvent>, options: AnswerOptions): unknown {
  const { notes, inputTokensEstimate } = options;
  const all = [...events];
  for (const event of all) if (!('choice' in event && event.choice)) noteLosses(event, notes);
  const { model, createdAtSeconds, choices, usage } = collectAnswer(all);
  const [choice] = choices;
  return {
    model,
    created_at: encodeTimestamp(createdAtSeconds),
    ...shape.write(contentOf(choice, notes)),
    done: true,
    done_reason: encodeFinish(choice.reason),
    ...(choice.logprobs.length > 0 && { logprobs: encodeLogprobs(choice.logprobs) }),
    ...shape.last,
    ...encodeMetrics(usage, inputTokensEstimate),
  };
}

function contentOf({ parts }: AnswerChoice, notes: FidelityNotes): LineContent {
  return {
    text: parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join(''),
    thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap((part) => (part.type === 'tool-call' ? [encodeAnswerCall(part, part.input, notes)] : [])),
    images: parts.flatMap((part) => (part.type === 'media' && isPicture(part.mediaType) ? [part.data] : [])),
  };
}
