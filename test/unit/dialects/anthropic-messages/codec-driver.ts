/** Runs whole streams through the codec, as the gateway does event by event. */
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { createStreamDecoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-decoder.ts';
import { createStreamEncoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-encoder.ts';
import type { AnswerOptions } from '../../../../gateway/dialects/codec.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';

export const plainRequest: ChatRequest = {
  model: 'claude-test',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: 1000,
  stream: true,
  streamUsage: true,
  unread: [],
};

export function answerOptions(notes = new FidelityNotes()): AnswerOptions {
  return { request: plainRequest, notes, id: 'abc', inputTokensEstimate: 7 };
}

export function encodeStream(events: Iterable<ChatEvent>, options = answerOptions()): string {
  const encoder = createStreamEncoder(options);
  let text = '';
  for (const event of events) text += encoder.push(event);
  return text + encoder.end();
}

export function decodeStream(bytes: Buffer): ChatEvent[] {
  const decoder = createStreamDecoder();
  const events: ChatEvent[] = [];
  for (const { data, event } of readEvents(bytes)) if (data !== null) events.push(...decoder.push(data, event));
  return [...events, ...decoder.end()];
}
