/** Feeds streams to decoders and takes encoders' streams apart, for tests. */
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../../gateway/chat/request.ts';
import type { AnswerOptions, ChatCodec } from '../../../../../gateway/dialects/codec.ts';
import { readEvents } from '../../../../../gateway/dialects/sse/read-events.ts';

export const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'm', createdAtSeconds: 9 };

export const plainRequest: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: null,
  stream: true,
  streamUsage: true,
  unread: [],
};

export function answerOptions(request: Partial<ChatRequest> = {}): AnswerOptions {
  return { request: { ...plainRequest, ...request }, notes: new FidelityNotes(), id: 'a1', inputTokensEstimate: 7 };
}

/** The whole stream of an answer, as text. */
export function writeStream(codec: ChatCodec, events: readonly ChatEvent[], options = answerOptions()): string {
  const encoder = codec.createStreamEncoder(options);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

/** The events of a whole stream. */
export function readStream(codec: ChatCodec, text: string): readonly ChatEvent[] {
  const decoder = codec.createStreamDecoder();
  const events = readEvents(Buffer.from(text)).flatMap(({ data, event }) => (data === null ? [] : decoder.push(data, event)));
  return [...events, ...decoder.end()];
}

/** What a decoder makes of these chunks and `[DONE]`. */
export function decodeChunks(codec: ChatCodec, chunks: readonly object[]): readonly ChatEvent[] {
  const decoder = codec.createStreamDecoder();
  const events = chunks.flatMap((chunk) => decoder.push(JSON.stringify(chunk), null));
  return [...events, ...decoder.push('[DONE]', null), ...decoder.end()];
}
