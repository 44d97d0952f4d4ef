/** Answers as OpenAI writes them, key by key and frame by frame. */
import { describe, expect, test } from 'vitest';
import type { AnswerOptions } from '../../../../../gateway/dialects/codec.ts';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../../gateway/chat/usage.ts';
import { decodeChatRequest } from '../../../../../gateway/dialects/openai/chat/request/decode-request.ts';
import { encodeChatAnswer } from '../../../../../gateway/dialects/openai/chat/answer/encode-answer.ts';
import { createChatStreamEncoder } from '../../../../../gateway/dialects/openai/chat/answer/stream-encoder.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'm', createdAtSeconds: 9 };
const usage: ChatEvent = {
  type: 'usage',
  usage: { ...unknownUsage, inputTokens: 5, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 1 },
  raw: null,
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
  { type: 'tool-start', index: 0, id: 'call_1', name: 'weather', kind: 'function' },
  { type: 'tool-input', index: 0, text: '{"a":' },
  { type: 'tool-start', index: 1, id: 'call_2', name: 'clock', kind: 'function' },
  { type: 'tool-input', index: 0, text: '1}' },
  { type: 'tool-input', index: 1, text: '{}' },
  { type: 'finish', reason: 'tool-calls' },
];
const encodedUsage =
  '{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2,"audio_tokens":0},' +
  '"completion_tokens_details":{"reasoning_tokens":1,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}';

function options(includeUsage = false): Pick<AnswerOptions, 'request' | 'notes'> {
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: includeUsage } };
  return { request: decodeChatRequest(body, { model: null, stream: null }), notes: new FidelityNotes() };
}

/** The frames, one by one. */
function stream(events: readonly ChatEvent[], includeUsage: boolean): string[] {
  const encoder = createChatStreamEncoder(options(includeUsage));
  const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
  return text.split(/(?<=\n\n)/);
}

const encode = (events: readonly ChatEvent[]) => encodeChatAnswer(events, options());

describe('a whole chat answer', () => {
  test('holds every key in its place', () => {
    expect(JSON.stringify(encode(text))).toBe(
      '{"id":"chatcmpl-1","object":"chat.completion","created":9,"model":"m","choices":[{"index":0,"message":{"role":"assistant",' +
        `"content":"Hello","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":${encodedUsage},` +
        '"service_tier":"default","system_fingerprint":null}',
    );
  });

  test('puts interleaved pieces of two calls together, with null content', () => {
    expect(encode(call).choices[0]).toMatchObject({
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
    expect(encode(call)).not.toHaveProperty('usage');
  });

  test('is not made from events that broke off', () => {
    const brokenOff = text.filter((event) => event.type !== 'finish');
    expect(() => encode(brokenOff)).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
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
    const encoder = createChatStreamEncoder(options());
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

describe('a request with functions', () => {
  const legacy = { ...options(), request: { ...options().request, echo: { functions: true } } };
  const first = { name: 'weather', arguments: '{"a":1}' };

  test('is answered with the one call that its form has a place for', () => {
    const [choice] = encodeChatAnswer(call, legacy).choices;
    expect(choice).toMatchObject({ message: { content: null, function_call: first }, finish_reason: 'function_call' });
    expect(choice?.message).not.toHaveProperty('tool_calls');
    expect(legacy.notes.dropped).toMatchObject([{ field: 'answer.tool_calls.*' }]);
  });

  test('the same in a stream', () => {
    const encoder = createChatStreamEncoder(legacy);
    const frames = (call.map((event) => encoder.push(event)).join('') + encoder.end()).split('\n\n').slice(0, -2);
    const choices = frames.map((frame) => JSON.parse(frame.slice('data: '.length)).choices[0]);
    const pieces = choices.flatMap(({ delta }) => delta.function_call ?? []);
    expect(pieces[0]).toEqual({ name: 'weather', arguments: '' });
    expect(pieces.map((piece) => piece.arguments).join('')).toBe(first.arguments);
    expect(choices.at(-1).finish_reason).toBe('function_call');
    expect(choices.some(({ delta }) => 'tool_calls' in delta)).toBe(false);
  });
});
