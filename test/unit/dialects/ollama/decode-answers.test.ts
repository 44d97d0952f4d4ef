/** Ollama's answers, of every version and of those that imitate it, mean the same streamed and whole. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { chat, decodeStream, png } from './samples.ts';

const head = { model: 'qwen3:8b', created_at: '2026-01-02T03:04:05.123456789Z' };
const started: ChatEvent = {
  type: 'start',
  id: 'ollama-20260102030405123456789',
  model: 'qwen3:8b',
  createdAtSeconds: 1_767_323_045,
};
const said = (message: object, more: object = {}) => ({
  ...head,
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...more,
});
const metrics = {
  total_duration: 9,
  load_duration: 1,
  prompt_eval_count: 26,
  prompt_eval_duration: 2,
  eval_count: 298,
  eval_duration: 3,
};
const last = said({}, { done: true, done_reason: 'stop', ...metrics });
const typesOf = (events: readonly ChatEvent[]) => events.map(({ type }) => type);
const reasonOf = (lines: readonly unknown[]) => decodeStream(chat, lines).find(({ type }) => type === 'finish');

describe('a stream', () => {
  test('is its thoughts, its text, its usage and its end', () => {
    expect(decodeStream(chat, [said({ thinking: 'Hm' }), said({ content: 'a' }), said({ content: 'b' }), last])).toEqual([
      started,
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'usage', usage: { ...unknownUsage, inputTokens: 26, outputTokens: 298 }, raw: metrics },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('has calls whole, counted over all lines, with ids of their own where Ollama gave none', () => {
    const lines = [
      said({
        tool_calls: [{ function: { name: 'a', arguments: { x: 'ü' } } }, { id: 'call_abc', function: { index: 1, name: 'b' } }],
      }),
      said({ tool_calls: [{ function: { index: 0, name: 'a', arguments: '{"y":1}' } }] }),
      last,
    ];
    const events = decodeStream(chat, lines);
    const id = 'call_20260102030405123456789';
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([
      { type: 'tool-start', index: 0, id: `${id}_0`, name: 'a', kind: 'function' },
      { type: 'tool-input', index: 0, text: '{"x":"ü"}' },
      { type: 'tool-end', index: 0 },
      { type: 'tool-start', index: 1, id: 'call_abc', name: 'b', kind: 'function' },
      { type: 'tool-input', index: 1, text: '{}' },
      { type: 'tool-end', index: 1 },
      { type: 'tool-start', index: 2, id: `${id}_2`, name: 'a', kind: 'function' },
      { type: 'tool-input', index: 2, text: '{"y":1}' },
      { type: 'tool-end', index: 2 },
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'stop'],
    ['unload', 'stop'],
    ['content_filter', 'content-filter'],
    ['something new', 'stop'],
    [undefined, 'stop'],
  ])('that ends with %s finished by %s', (done_reason, reason) => {
    expect(reasonOf([{ ...last, done_reason }])).toEqual({ type: 'finish', reason });
  });

  test('does not know the input that was cached whole, and never takes it for nothing', () => {
    const cached = { ...last, prompt_eval_count: undefined };
    const used = decodeStream(chat, [cached]).find((event) => event.type === 'usage');
    expect(used?.usage).toEqual({ ...unknownUsage, outputTokens: 298 });
    expect(typesOf(decodeStream(chat, [said({}, { done: true })]))).toEqual(['start', 'finish']);
  });

  test('has probabilities and pictures', () => {
    const logprobs = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2 }] }, { broken: true }];
    const events = decodeStream(chat, [said({ content: 'a', images: [png] }, { logprobs }), last]);
    expect(events).toContainEqual({
      type: 'logprobs',
      tokens: [{ token: 'a', logprob: -1, top: [{ token: 'b', logprob: -2 }] }],
    });
    expect(events).toContainEqual({ type: 'media', mediaType: 'image/png', data: png });
  });

  test('of a generate endpoint has its text and thoughts beside the rest', () => {
    const lines = [
      { ...head, response: '', thinking: 'Hm', done: false },
      { ...head, response: 'Hi', done: false },
    ];
    expect(decodeStream(chat, [...lines, { ...head, response: '', done: true, context: [1] }])).toEqual([
      started,
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Hi' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('may hold nulls, unknown fields, unknown lines and lines after its end', () => {
    const lines = [
      { status: 'loading' },
      said({ content: null, thinking: null, tool_calls: null, new: 1 }, { error: null, new: {} }),
      { ...last, message: null },
      said({ content: 'late' }),
    ];
    expect(typesOf(decodeStream(chat, lines))).toEqual(['start', 'usage', 'finish']);
  });

  test.each([
    [{ error: 'model runner has unexpectedly stopped' }, 'model runner has unexpectedly stopped', 502],
    [{ error: 'too many', status: 429 }, 'too many', 429],
    [{ error: { message: 'words', code: 5 }, status: 7 }, 'words', 502],
  ])('that breaks off with an error throws it: %j', (line, message, status) => {
    const decoder = chat.createStreamDecoder();
    decoder.push(JSON.stringify(said({ content: 'a' })), null);
    expect(() => decoder.push(JSON.stringify(line), null)).toThrow(
      expect.objectContaining({ kind: 'upstream-failed', message, status }),
    );
  });

  test.each([
    'no JSON',
    '[]',
    'null',
    '{"message":{"tool_calls":[{}]}}',
    '{"message":{"tool_calls":[{"function":{"name":""}}]}}',
  ])('that holds %s cannot be read', (line) => {
    const decoder = chat.createStreamDecoder();
    expect(() => decoder.push(line, null)).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
  });

  test('that stops before its last line is truncated, wherever it is cut', () => {
    const lines = [said({ thinking: 'Hm' }), said({ content: 'a' }), said({ tool_calls: [{ function: { name: 'a' } }] }), last];
    for (let count = 0; count < lines.length; count += 1) {
      const act = () => decodeStream(chat, lines.slice(0, count));
      expect(act).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
    }
    expect(typesOf(decodeStream(chat, lines)).at(-1)).toBe('finish');
  });
});

describe('a whole answer', () => {
  test('means what the same line means in a stream', () => {
    const whole = {
      ...last,
      message: { role: 'assistant', content: 'Hi', thinking: 'Hm', tool_calls: [{ function: { name: 'a', arguments: {} } }] },
    };
    expect(chat.decodeAnswer(whole)).toEqual(decodeStream(chat, [whole]));
  });

  test('need not say that it is whole, but must not say that it is not', () => {
    expect(typesOf(chat.decodeAnswer({ model: 'm', message: { content: 'a' } }))).toEqual(['start', 'text', 'finish']);
    expect(typesOf(chat.decodeAnswer({ response: 'a', done: null }))).toEqual(['start', 'text', 'finish']);
    const act = () => chat.decodeAnswer({ model: 'm', message: { content: 'a' }, done: false });
    expect(act).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });

  test('that is an error, or nothing at all, is thrown', () => {
    expect(() => chat.decodeAnswer({ error: 'no' })).toThrow(expect.objectContaining({ kind: 'upstream-failed', message: 'no' }));
    for (const body of [null, [], 'text', {}, { choices: [] }]) {
      expect(() => chat.decodeAnswer(body)).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
    }
  });
});
