/** Answers as OpenAI writes them, key by key and frame by frame. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { encodeChatResponse } from '../../../../gateway/dialects/openai/chat/encode-answer.ts';
import { createChatStreamEncoder } from '../../../../gateway/dialects/openai/chat/stream-encoder.ts';
import {
  createCompletionStreamEncoder,
  encodeCompletionResponse,
} from '../../../../gateway/dialects/openai/completions/encode-answer.ts';
import { encodeEmbeddingsResponse } from '../../../../gateway/dialects/openai/embeddings/encode-answer.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'm', createdAtSeconds: 9 };
const usage: ChatEvent = {
  type: 'usage',
  usage: { inputTokens: 5, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 1 },
};
const text: readonly ChatEvent[] = [
  start,
  { type: 'text', text: 'Hel' },
  { type: 'text', text: 'lo' },
  { type: 'finish', reason: 'stop' },
  usage,
];
const call: readonly ChatEvent[] = [
  start,
  { type: 'tool-start', index: 0, id: 'call_1', name: 'weather' },
  { type: 'tool-input', index: 0, json: '{"a":' },
  { type: 'tool-start', index: 1, id: 'call_2', name: 'clock' },
  { type: 'tool-input', index: 0, json: '1}' },
  { type: 'tool-input', index: 1, json: '{}' },
  { type: 'finish', reason: 'tool-calls' },
];
const encodedUsage =
  '{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2,"audio_tokens":0},' +
  '"completion_tokens_details":{"reasoning_tokens":1,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}';

function stream(events: readonly ChatEvent[], includeUsage: boolean, create = createChatStreamEncoder): string[] {
  const encoder = create({ includeUsage });
  return [...events.flatMap((event) => encoder.push(event)), ...encoder.end()];
}

describe('a whole chat answer', () => {
  test('holds every key in its place', () => {
    expect(JSON.stringify(encodeChatResponse(text))).toBe(
      '{"id":"chatcmpl-1","object":"chat.completion","created":9,"model":"m","choices":[{"index":0,"message":{"role":"assistant",' +
        `"content":"Hello","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":${encodedUsage},` +
        '"service_tier":"default","system_fingerprint":null}',
    );
  });

  test('puts interleaved pieces of two calls together, with null content', () => {
    expect(encodeChatResponse(call).choices[0]).toMatchObject({
      message: {
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    });
  });

  test('says nothing rather than 0 when usage is unknown', () => {
    expect(encodeChatResponse(call).usage).toBeNull();
  });

  test('is not made from events that broke off', () => {
    const brokenOff = text.filter((event) => event.type !== 'finish');
    expect(() => encodeChatResponse(brokenOff)).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });
});

describe('a streamed chat answer', () => {
  const chunk = (choices: string, rest = '') =>
    'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":9,"model":"m","service_tier":"default",' +
    `"system_fingerprint":null,"choices":[${choices}]${rest}}\n\n`;
  const choice = (delta: string, reason = 'null') => `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}`;

  test('opens with the role, closes with the reason and [DONE]', () => {
    expect(stream(text, false)).toEqual([
      chunk(choice('{"role":"assistant","content":"","refusal":null}')),
      chunk(choice('{"content":"Hel"}')),
      chunk(choice('{"content":"lo"}')),
      chunk(choice('{}', '"stop"')),
      'data: [DONE]\n\n',
    ]);
  });

  test('says usage: null in every chunk and the usage in a last one, when it was asked for', () => {
    const frames = stream(text, true);
    expect(frames.slice(0, 4).every((frame) => frame.endsWith(',"usage":null}\n\n'))).toBe(true);
    expect(frames.slice(4)).toEqual([chunk('', `,"usage":${encodedUsage}`), 'data: [DONE]\n\n']);
  });

  test('gives a call its id and name once, then its arguments', () => {
    expect(stream(call, false).slice(0, 3)).toEqual([
      chunk(choice('{"role":"assistant","content":null,"refusal":null}')),
      chunk(choice('{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}')),
      chunk(choice('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":"}}]}')),
    ]);
  });

  test('does not say [DONE] after an answer that broke off', () => {
    const encoder = createChatStreamEncoder({ includeUsage: false });
    encoder.push(start);
    encoder.push({ type: 'text', text: 'Hel' });
    expect(() => encoder.end()).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });

  test('keeps every frame on one line, whatever the text holds', () => {
    const [, frame = ''] = stream(
      [start, { type: 'text', text: 'a\r\nb\u2028\n\ndata: c' }, { type: 'finish', reason: 'stop' }],
      false,
    );
    expect(frame.slice(0, -2)).not.toMatch(/[\r\n]/);
    expect(JSON.parse(frame.slice(6)).choices[0].delta.content).toBe('a\r\nb\u2028\n\ndata: c');
  });
});

describe('a legacy completion', () => {
  test('is one object with the text', () => {
    expect(encodeCompletionResponse(text)).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { total_tokens: 8 },
    });
  });

  test('is streamed as text_completion chunks with usage last', () => {
    const head = 'data: {"id":"chatcmpl-1","object":"text_completion","created":9,';
    const choices = (part: string, reason: string) =>
      `"choices":[{"text":"${part}","index":0,"logprobs":null,"finish_reason":${reason}}],"model":"m","usage":null}\n\n`;
    expect(stream(text, true, createCompletionStreamEncoder)).toEqual([
      head + choices('Hel', 'null'),
      head + choices('lo', 'null'),
      head + choices('', '"stop"'),
      `${head}"model":"m","usage":${encodedUsage},"choices":[]}\n\n`,
      'data: [DONE]\n\n',
    ]);
  });
});

describe('an embeddings answer', () => {
  test('gives base64 as 32-bit little-endian floats', () => {
    const answer = { model: 'm', vectors: [[1, -0.5]], inputTokens: 4 };
    expect(encodeEmbeddingsResponse({ ...answer, encoding: 'base64' }).data[0]?.embedding).toBe('AACAPwAAAL8=');
    expect(encodeEmbeddingsResponse({ ...answer, encoding: 'float' })).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [1, -0.5] }],
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  });
});
