/** Writes answers of the legacy `POST /completions`, whole and streamed: `text_completion` objects in both cases. */
import type { ChatEvent } from '../../../chat/event.ts';
import type { Usage } from '../../../chat/usage.ts';
import { collectAnswer, unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { StreamEncoder, StreamEncoderOptions } from '../chat/stream-encoder.ts';
import { encodeFinish } from '../encode-finish.ts';
import { doneFrame, encodeFrame } from '../encode-frame.ts';
import { encodeUsage } from '../usage.ts';

/**
 * Tool calls have no place in this format; only text is written.
 * @throws GatewayError `upstream-truncated` when the events lack their start or their finish
 */
export function encodeCompletionResponse(events: Iterable<ChatEvent>) {
  const answer = collectAnswer(events);
  return {
    id: answer.id,
    object: 'text_completion',
    created: answer.createdAtSeconds,
    model: answer.model,
    choices: [{ text: answer.text, index: 0, logprobs: null, finish_reason: encodeFinish(answer.reason) }],
    usage: encodeUsage(answer.usage),
    system_fingerprint: null,
  };
}

export function createCompletionStreamEncoder({ includeUsage }: StreamEncoderOptions): StreamEncoder {
  let head = { id: '', object: 'text_completion', created: 0 };
  let model = '';
  let usage: Usage | null = null;
  let finished = false;
  const noUsage = includeUsage ? { usage: null } : {};

  function chunk(text: string, finishReason: string | null): string {
    return encodeFrame({
      ...head,
      choices: [{ text, index: 0, logprobs: null, finish_reason: finishReason }],
      model,
      ...noUsage,
    });
  }

  function push(event: ChatEvent): string[] {
    if (event.type === 'start') {
      head = { ...head, id: event.id, created: event.createdAtSeconds };
      ({ model } = event);
    }
    if (event.type === 'usage') ({ usage } = event);
    if (event.type === 'text') return [chunk(event.text, null)];
    if (event.type !== 'finish') return [];
    finished = true;
    return [chunk('', encodeFinish(event.reason))];
  }

  function end(): string[] {
    if (!finished) throw unfinishedAnswer();
    const encoded = includeUsage ? encodeUsage(usage) : null;
    return encoded ? [encodeFrame({ ...head, model, usage: encoded, choices: [] }), doneFrame] : [doneFrame];
  }

  return { push, end };
}
