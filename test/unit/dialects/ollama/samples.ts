/** What the tests of this folder share: pictures, requests and answers to start from. */
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import type { AnswerOptions, ChatCodec } from '../../../../gateway/dialects/codec.ts';
import { ollama, ollamaGenerate } from '../../../../gateway/dialects/ollama/index.ts';

export const nowhere = { model: null, stream: null };
export const target = { model: 'library/qwen3:8b', quirks: {} };
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function codecOf(dialect: { readonly chat: ChatCodec | null }): ChatCodec {
  if (!dialect.chat) throw new Error('this dialect has no chat codec');
  return dialect.chat;
}

export const chat = codecOf(ollama);
export const generate = codecOf(ollamaGenerate);

export const plainRequest: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: null,
  stream: true,
  streamUsage: true,
  unread: [],
};

export function answerOptions(change: Partial<AnswerOptions> = {}): AnswerOptions {
  return { request: plainRequest, notes: new FidelityNotes(), id: 'x', inputTokensEstimate: 7, ...change };
}

/** 2026-01-01T00:00:00Z */
export const start: ChatEvent = { type: 'start', id: 'a', model: 'openai/gpt-5:latest', createdAtSeconds: 1_767_225_600 };
export const stop = { type: 'finish', reason: 'stop' } as const satisfies ChatEvent;

export const usage = {
  type: 'usage',
  usage: { ...unknownUsage, inputTokens: 26, cachedInputTokens: 3, outputTokens: 298, reasoningTokens: 5 },
  raw: {},
} as const satisfies ChatEvent;

export function call(index: number, name: string, pieces: readonly string[]): readonly ChatEvent[] {
  return [
    { type: 'tool-start', index, id: `call_${index}`, name, kind: 'function' },
    ...pieces.map((text) => ({ type: 'tool-input', index, text }) as const),
  ];
}

/** The lines of a stream, parsed. */
export function encodeStream(codec: ChatCodec, events: readonly ChatEvent[], options = answerOptions()): readonly unknown[] {
  return parseLines(encodeText(codec, events, options));
}

export function encodeText(codec: ChatCodec, events: readonly ChatEvent[], options = answerOptions()): string {
  const encoder = codec.createStreamEncoder(options);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

export function parseLines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

export function decodeStream(codec: ChatCodec, lines: readonly unknown[]): readonly ChatEvent[] {
  const decoder = codec.createStreamDecoder();
  const events = lines.flatMap((line) => decoder.push(typeof line === 'string' ? line : JSON.stringify(line), null));
  return [...events, ...decoder.end()];
}
