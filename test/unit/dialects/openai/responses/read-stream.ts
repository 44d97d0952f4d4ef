/** A stream of this dialect as text: written by our encoder, read by our decoder or by the official SDK. */
import OpenAI from 'openai';
import { expect } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import type { AnswerOptions } from '../../../../../gateway/dialects/codec.ts';
import { createStreamEncoder } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { createStreamDecoder } from '../../../../../gateway/dialects/openai/responses/answer/stream-decoder.ts';
import { readEvents } from '../../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions } from './options.ts';

/** The text of a whole stream. */
export function encodeStream(events: readonly ChatEvent[], options: AnswerOptions = answerOptions()): string {
  const encoder = createStreamEncoder(options);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

export interface Frame {
  readonly type: string;
  readonly sequence_number: number;
  readonly [key: string]: unknown;
}

/** Its frames, each with the name that its data says, without the mark of the end. */
export function frames(text: string): readonly Frame[] {
  const sent = readEvents(Buffer.from(text)).filter(({ data }) => data !== '[DONE]');
  return sent.map(({ data, event }) => {
    const frame = JSON.parse(data ?? '');
    expect(frame.type).toBe(event);
    return frame;
  });
}

/** A stream's text, read by our own decoder. */
export function decodeText(text: string): readonly ChatEvent[] {
  const decoder = createStreamDecoder();
  const events = readEvents(Buffer.from(text)).flatMap(({ data, event }) => decoder.push(data ?? '', event));
  return [...events, ...decoder.end()];
}

/** The official SDK, answered by this stream. */
export function sdkFor(text: string): OpenAI {
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = async () => new Response(text, { status: 200, headers });
  return new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', maxRetries: 0, fetch });
}
