/** Streams as odd as providers of this dialect send them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { decodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/decode-answer.ts';
import { createStreamDecoder } from '../../../../../gateway/dialects/openai/responses/answer/stream-decoder.ts';
import { answerOptions } from './options.ts';
import { encodeStream, frames } from './read-stream.ts';
import { createStreamReader } from '../../../../../gateway/dialects/openai/responses/passthrough/stream-reader.ts';
import { encodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { anyAnswer } from './write-events.ts';

const mutations = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 12_000 : 1500;

type Wire = Readonly<Record<string, unknown>>;

function decode(events: readonly Wire[]): readonly ChatEvent[] {
  const decoder = createStreamDecoder();
  const decoded = events.flatMap((event) => decoder.push(JSON.stringify(event), null));
  return [...decoded, ...decoder.end()];
}

const response = { id: 'resp_1', model: 'm', created_at: 5, status: 'in_progress', service_tier: 'auto' };
const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
const created = { type: 'response.created', response };
const completed = { type: 'response.completed', response: { ...response, status: 'completed', usage } };
const started: ChatEvent = { type: 'start', id: 'resp_1', model: 'm', createdAtSeconds: 5 };
const isStarted = expect.objectContaining({ type: 'start' });

/** What lies between the start and the usage. */
function content(events: readonly Wire[]): readonly ChatEvent[] {
  const decoded = decode([created, ...events, completed]);
  expect(decoded[0]).toEqual(started);
  expect(decoded.at(-2)).toMatchObject({ type: 'usage', usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: null } });
  return decoded.slice(1, -2);
}

const added = (index: number, item: Wire) => ({ type: 'response.output_item.added', output_index: index, item });
const done = (index: number, item: Wire) => ({ type: 'response.output_item.done', output_index: index, item });
const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f' };
const begun = { type: 'tool-start', index: 0, id: 'c1', name: 'f', kind: 'function' };

describe('a stream', () => {
  test('arguments that come only with the end of their item are not lost, and none come twice', () => {
    const whole = { ...call, arguments: '{"a":1}' };
    const input = { type: 'tool-input', index: 0, text: '{"a":1}' };
    const end = { type: 'tool-end', index: 0 };
    expect(content([done(0, whole)])).toEqual([begun, input, end]);
    expect(content([added(0, whole), done(0, whole), done(0, whole)])).toEqual([begun, input, end]);
    const half = { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a"' };
    const all = { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a":1}' };
    expect(content([added(0, { ...call, arguments: '' }), half, all, done(0, whole)])).toEqual([
      begun,
      { ...input, text: '{"a"' },
      { ...input, text: ':1}' },
      end,
    ]);
  });

  test('calls side by side keep their own numbers', () => {
    const second = { type: 'custom_tool_call', id: 'ctc', call_id: 'c2', name: 'g', namespace: 'n', input: '' };
    const delta = (index: number, text: string) => ({
      type: `response.${index ? 'custom_tool_call_input' : 'function_call_arguments'}.delta`,
      output_index: index,
      delta: text,
    });
    expect(content([added(0, call), added(1, second), delta(1, 'x'), delta(0, '{}'), delta(1, 'y')])).toEqual([
      begun,
      { type: 'tool-start', index: 1, id: 'c2', name: 'g', namespace: 'n', kind: 'custom' },
      { type: 'tool-input', index: 1, text: 'x' },
      { type: 'tool-input', index: 0, text: '{}' },
      { type: 'tool-input', index: 1, text: 'y' },
    ]);
  });

  test('parts of a summary are parted by a blank line, and the seal closes them', () => {
    const item = {
      type: 'reasoning',
      id: 'rs',
      summary: [
        { type: 'summary_text', text: 'one' },
        { type: 'summary_text', text: 'two' },
      ],
    };
    const delta = { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'one' };
    expect(
      content([added(0, { type: 'reasoning', summary: [] }), delta, done(0, { ...item, encrypted_content: 'SEAL' })]),
    ).toEqual([
      { type: 'reasoning', text: 'one' },
      { type: 'reasoning', text: '\n\ntwo' },
      { type: 'reasoning-end', seal: { maker: 'openai', data: 'SEAL' }, redacted: false },
    ]);
    const hidden = { type: 'reasoning', summary: [], encrypted_content: null };
    expect(content([added(0, hidden), done(0, hidden)])).toEqual([{ type: 'reasoning-end', seal: null, redacted: false }]);
  });

  test('citations, probabilities and pictures are read, and a hosted call is at least named', () => {
    const at = { output_index: 1, content_index: 0 };
    const message = {
      type: 'message',
      content: [
        {
          type: 'output_text',
          text: 'ab',
          annotations: [
            { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 },
            { type: 'file_citation', filename: 'f.pdf', index: 1 },
          ],
        },
      ],
    };
    expect(
      content([
        done(0, { type: 'web_search_call', id: 'ws' }),
        {
          type: 'response.output_text.delta',
          ...at,
          delta: 'ab',
          logprobs: [{ token: 'ab', logprob: -1, top_logprobs: [{ token: 'c', logprob: -2 }] }],
        },
        { type: 'response.output_text.annotation.added', ...at, annotation: message.content[0]?.annotations[0] },
        done(1, message),
        done(2, { type: 'image_generation_call', result: 'AAAA', output_format: 'webp' }),
        done(3, {
          type: 'message',
          content: [
            { type: 'output_text', text: 'c', annotations: [{ type: 'url_citation', url: 'u', start_index: 0, end_index: 1 }] },
          ],
        }),
      ]),
    ).toEqual([
      { type: 'native', dialect: 'openai-responses', name: 'web_search_call' },
      { type: 'text', text: 'ab' },
      { type: 'logprobs', tokens: [{ token: 'ab', logprob: -1, top: [{ token: 'c', logprob: -2 }] }] },
      { type: 'citation', citation: { url: 'https://a.example', title: 'A', quote: null, start: 0, end: 2 } },
      { type: 'citation', citation: { url: null, title: 'f.pdf', quote: null, start: 1, end: 1 } },
      { type: 'media', mediaType: 'image/webp', data: 'AAAA' },
      { type: 'text', text: 'c' },
      { type: 'citation', citation: { url: 'u', title: null, quote: null, start: 2, end: 3 } },
    ]);
  });

  test('keep-alives, unknown events, null pieces, names in place of types and what follows the end are no matter', () => {
    const decoder = createStreamDecoder();
    const push = (data: unknown, name: string | null = null) =>
      decoder.push(typeof data === 'string' ? data : JSON.stringify(data), name);
    expect(push({ type: 'keepalive', sequence_number: 1 })).toEqual([]);
    expect(push({ type: 'response.novelty', output_index: 9 })).toEqual([]);
    expect(push({ type: 'response.output_text.delta', output_index: 0, delta: null })).toEqual([]);
    expect(push({ output_index: 0, delta: 'a' }, 'response.output_text.delta')).toEqual([isStarted, { type: 'text', text: 'a' }]);
    expect(decoder.ended).toBe(false);
    push(completed);
    expect(decoder.ended).toBe(true);
    expect(push('[DONE]')).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  test('an item that never ended, or never came, is read from the whole response, and none twice', () => {
    const output = [{ ...call, arguments: '{"a":1}' }];
    const last = { ...completed, response: { ...completed.response, output } };
    expect(decode([created, added(0, call), last])).toContainEqual({ type: 'tool-input', index: 0, text: '{"a":1}' });
    expect(decode([created, last])).toContainEqual({ type: 'tool-input', index: 0, text: '{"a":1}' });
    const text = { type: 'message', id: 'msg', content: [{ type: 'output_text', text: 'a' }] };
    const both = { ...last, response: { ...last.response, output: [text, ...output] } };
    const read = decode([created, done(0, text), both]);
    expect(read.map(({ type }) => type)).toEqual(['start', 'text', 'tool-start', 'tool-input', 'tool-end', 'usage', 'finish']);
    expect(
      decode([created, done(0, text), done(2, { ...call, arguments: '{}' }), both]).filter(({ type }) => type === 'text'),
    ).toHaveLength(1);
  });

  test('why it ended is told', () => {
    const end = (type: string, more: Wire) =>
      decode([created, { type, response: { ...response, status: null, ...more } }]).at(-1);
    expect(end('response.completed', {})).toEqual({ type: 'finish', reason: 'stop' });
    expect(end('response.completed', { output: [{ ...call, arguments: '{}' }] })).toEqual({
      type: 'finish',
      reason: 'tool-calls',
    });
    expect(end('response.incomplete', { incomplete_details: null })).toEqual({ type: 'finish', reason: 'length' });
    expect(end('response.incomplete', { incomplete_details: { reason: 'max_output_tokens' } })).toEqual({
      type: 'finish',
      reason: 'length',
    });
    expect(end('response.incomplete', { incomplete_details: { reason: 'content_filter' } })).toEqual({
      type: 'finish',
      reason: 'content-filter',
    });
  });

  test.each<[Wire, object]>([
    [
      { type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.', param: null },
      { message: 'Slow down.', status: 429, code: 'rate_limit_exceeded' },
    ],
    [
      { type: 'error', error: { type: 'server_error', message: 'Oh.' } },
      { message: 'Oh.', status: 502, code: 'server_error' },
    ],
    [
      { type: 'response.failed', response: { error: { code: 'constructor', message: 'No.' } } },
      { message: 'No.', status: 502 },
    ],
    [{ type: 'response.failed', response: { error: null } }, { message: expect.stringContaining('not why') }],
    [{ error: { code: 503, message: 'Busy.' } }, { message: 'Busy.', status: 503 }],
  ])('an error in the form %j is thrown with its words', (event, facts) => {
    expect(() => decode([created, event])).toThrow(expect.objectContaining({ kind: 'upstream-failed', ...facts }));
    const reader = createStreamReader();
    expect(reader.concerns(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))).toBe(true);
    expect(reader.read(JSON.stringify(event), null)).toBe('error');
    expect(reader).toMatchObject({ errorMessage: Object.values(facts)[0], errorIsSound: 'type' in event });
  });

  test.each(['{', '[]', '"x"', 'null'])('an event of %s cannot be read', (data) => {
    expect(() => createStreamDecoder().push(data, null)).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
  });

  test('a call without a name is no call', () => {
    expect(() => content([added(0, { type: 'function_call', call_id: 'c' })])).toThrow(
      expect.objectContaining({ kind: 'upstream-protocol' }),
    );
  });
});

describe('a whole answer', () => {
  test.each<[unknown, string]>([
    [null, 'upstream-protocol'],
    [{}, 'upstream-protocol'],
    [{ output: [], status: 'queued' }, 'upstream-protocol'],
    [{ output: [], status: 'failed', error: { message: 'x' } }, 'upstream-failed'],
    [{ error: { message: 'x' } }, 'upstream-failed'],
  ])('%j is none', (body, kind) => {
    expect(() => decodeAnswer(body)).toThrow(expect.objectContaining({ kind }));
  });
});

/** One place of a value changed into something else, by a seed. */
function mutate(value: unknown, seed: number): unknown {
  if (typeof value !== 'object' || value === null || seed % 7 === 0) {
    return [null, undefined, 0, -1, '', 'x', [], {}, true, [null], { type: 3 }][seed % 11];
  }
  if (Array.isArray(value))
    return value.map((each, index) => (index === seed % value.length ? mutate(each, Math.floor(seed / 2)) : each));
  const keys = Object.keys(value);
  const changed = keys[seed % keys.length];
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === changed ? mutate(each, Math.floor(seed / 3)) : each]),
  );
}

function expectOnlyGatewayErrors(read: () => void): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
  }
}

describe('anything at all', () => {
  test('a mutated stream or answer is read or refused, never crashed by', () => {
    let pushed = 0;
    fc.assert(
      fc.property(
        anyAnswer,
        fc.array(fc.tuple(fc.nat(60), fc.nat(1_000_000)), { minLength: 1, maxLength: 4 }),
        (events, changes) => {
          const wire: unknown[] = [...frames(encodeStream(events))];
          for (const [place, seed] of changes) {
            const index = place % wire.length;
            wire[index] = mutate(wire[index], seed);
          }
          const decoder = createStreamDecoder();
          const reader = createStreamReader();
          for (const event of wire) {
            pushed += 1;
            const data = JSON.stringify(event) ?? 'undefined';
            expectOnlyGatewayErrors(() => decoder.push(data, null));
            reader.read(data, null);
          }
          expectOnlyGatewayErrors(() => decoder.end());
          const whole = mutate(encodeAnswer(events, answerOptions()), changes[0]?.[1] ?? 0);
          expectOnlyGatewayErrors(() => decodeAnswer(whole));
        },
      ),
      { numRuns: Math.ceil(mutations / 15) },
    );
    expect(pushed).toBeGreaterThan(mutations / 2);
  });
});
