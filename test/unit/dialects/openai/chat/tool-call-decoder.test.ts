/** Tool calls, in every way that OpenAI's relatives cut them into pieces. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { decodeChunks } from './sse-text.ts';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 9, model: 'm' };
const start = { type: 'start', id: 'c1', model: 'm', createdAtSeconds: 9 };
const chunk = (delta: object, finish: string | null = null, rest: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

/** The events of these deltas, without the start and the finish. */
function read(...deltas: readonly object[]): readonly ChatEvent[] {
  const events = decodeChunks(chatCodec, [...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')]);
  expect(events[0]).toEqual(start);
  expect(events.at(-1)).toMatchObject({ type: 'finish' });
  return events.slice(1, -1);
}

describe('tool calls', () => {
  const call = (fields: object) => ({ tool_calls: [fields] });
  const begun = { type: 'tool-start', index: 0, id: 'x', name: 'f', kind: 'function' };

  test.each([
    [
      'id and name first, then pieces',
      [
        call({ index: 0, id: 'x', type: 'function', function: { name: 'f', arguments: '' } }),
        call({ index: 0, function: { arguments: '{}' } }),
      ],
    ],
    ['all of it at once', [call({ index: 0, id: 'x', function: { name: 'f', arguments: '{}' } })]],
    ['arguments as an object', [call({ id: 'x', function: { name: 'f', arguments: {} } })]],
    ['no index', [call({ id: 'x', function: { name: 'f' } }), call({ function: { arguments: '{}' } })]],
    [
      'a name that comes after the first arguments',
      [call({ index: 0, id: 'x', function: { arguments: '{' } }), call({ index: 0, function: { name: 'f', arguments: '}' } })],
    ],
    [
      'id and name repeated on every piece',
      [
        call({ index: 0, id: 'x', function: { name: 'f', arguments: '{' } }),
        call({ index: 0, id: 'x', function: { name: 'f', arguments: '}' } }),
      ],
    ],
    [
      'nulls in between',
      [
        call({ index: 0, id: 'x', function: { name: 'f', arguments: null } }),
        { tool_calls: null },
        call({ index: 0, id: null, function: { name: null, arguments: '{}' } }),
      ],
    ],
  ])('are read from %s', (_how, deltas) => {
    const [first, ...pieces] = read(...deltas);
    expect(first).toEqual(begun);
    expect(pieces.map((piece) => (piece.type === 'tool-input' ? piece.text : piece)).join('')).toBe('{}');
  });

  test('may be interleaved, and pieces go on at once', () => {
    const events = read(
      {
        tool_calls: [
          { index: 0, id: 'x', function: { name: 'f' } },
          { index: 1, id: 'y', function: { name: 'g' } },
        ],
      },
      { tool_calls: [{ index: 1, function: { arguments: '1' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '0' } }] },
    );
    expect(events).toEqual([
      begun,
      { type: 'tool-start', index: 1, id: 'y', name: 'g', kind: 'function' },
      { type: 'tool-input', index: 1, text: '1' },
      { type: 'tool-input', index: 0, text: '0' },
    ]);
  });

  test('under one number are two when each is whole (Gemini)', () => {
    const events = read(
      call({
        index: 0,
        id: 'x',
        function: { name: 'f', arguments: '{}' },
        extra_content: { google: { thought_signature: 'S' } },
      }),
      call({ index: 0, id: 'y', function: { name: 'f', arguments: '{}' } }),
    );
    const starts = events.filter(({ type }) => type === 'tool-start');
    expect(starts).toEqual([
      { ...begun, seal: { maker: 'gemini', data: 'S' } },
      { ...begun, index: 1, id: 'y' },
    ]);
  });

  test('without ids get some that no other call has', () => {
    const events = read({
      tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '{}' } }],
    });
    const ids = events.flatMap((event) => (event.type === 'tool-start' ? [event.id] : []));
    expect(ids).toEqual(['call_c1_0_0', 'call_c1_0_1']);
  });

  test('of custom tools carry their free text', () => {
    expect(
      read(
        call({ index: 0, id: 'x', type: 'custom', custom: { name: 'f', input: '' } }),
        call({ index: 0, custom: { input: 'ls' } }),
      ),
    ).toEqual([
      { ...begun, kind: 'custom' },
      { type: 'tool-input', index: 0, text: 'ls' },
    ]);
  });

  test('in the legacy form are one call', () => {
    const events = read({ function_call: { name: 'f', arguments: '' } }, { function_call: { arguments: '{}' } });
    expect(events).toEqual([
      { ...begun, id: 'call_c1_0_0' },
      { type: 'tool-input', index: 0, text: '{}' },
    ]);
  });

  test('end an answer as calls, also where the provider says stop', () => {
    const events = decodeChunks(chatCodec, [chunk(call({ index: 0, id: 'x', function: { name: 'f' } })), chunk({}, 'stop')]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test('without a name are no answer', () => {
    expect(() => read(call({ index: 0, id: 'x', function: { arguments: '{}' } }))).toThrow(
      expect.objectContaining({ kind: 'upstream-protocol' }),
    );
  });
});

test('very many calls in one event are read at once', () => {
  const calls = Array.from({ length: 60_000 }, (_each, index) => ({
    index,
    id: `c${index}`,
    function: { name: 'f', arguments: '{}' },
  }));
  const begun = performance.now();
  expect(read({ tool_calls: calls })).toHaveLength(2 * calls.length);
  expect(performance.now() - begun).toBeLessThan(3_000);
});
