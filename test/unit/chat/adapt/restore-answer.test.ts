/** Answers as the client asked for them: its own tools, text for custom tools, JSON without a fence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Abilities } from '../../../../gateway/chat/abilities.ts';
import { adaptRequest } from '../../../../gateway/chat/adapt/adapt-request.ts';
import { collectAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatRequest, ToolDefinition } from '../../../../gateway/chat/request.ts';
import { ableDialect, plainRequest } from './any-request.ts';

const numRuns = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 5_000 : 300;

const patch: ToolDefinition = { kind: 'custom', name: 'apply.patch', namespace: 'n', description: null };
const run: ToolDefinition = { kind: 'function', name: 'run', description: null, parameters: {} };
const start: ChatEvent = { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 };
const finish: ChatEvent = { type: 'finish', reason: 'tool-calls' };

function restorerOf(request: Partial<ChatRequest>, lacks: Partial<Abilities> = {}) {
  const abilities = ableDialect({ customTools: false, namespaces: false, jsonMode: false, jsonSchema: false, ...lacks });
  return adaptRequest({ ...plainRequest, ...request }, abilities, new FidelityNotes()).createRestorer();
}

function restore(events: readonly ChatEvent[], request: Partial<ChatRequest> = { tools: [patch, run] }): ChatEvent[] {
  const restorer = restorerOf(request);
  return events.flatMap((event) => restorer.push(event));
}

const begin = (index: number, name = 'n__apply_patch', choice?: number): ChatEvent => ({
  type: 'tool-start',
  index,
  id: `c${index}`,
  name,
  kind: 'function',
  ...(choice === undefined ? {} : { choice }),
});
const input = (index: number, text: string): ChatEvent => ({ type: 'tool-input', index, text });

function callsOf(events: readonly ChatEvent[]) {
  return collectAnswer(events).choices.map(({ parts }) => parts.filter((part) => part.type === 'tool-call'));
}

describe('a call of a custom tool that was offered as a function', () => {
  test('comes back with the text as it was written, however its arguments are cut', () => {
    const property = fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      fc.boolean(),
      (text, sizes, ends) => {
        const json = JSON.stringify({ input: text });
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < json.length; turn += 1) {
          const size = sizes[turn % Math.max(sizes.length, 1)] ?? 1_000;
          pieces.push(json.slice(at, at + size));
          at += size;
        }
        const end: ChatEvent[] = ends ? [{ type: 'tool-end', index: 0 }] : [];
        const events = restore([start, begin(0), ...pieces.map((piece) => input(0, piece)), ...end, finish]);
        expect(callsOf(events)).toMatchObject([[{ name: 'apply.patch', namespace: 'n', kind: 'custom', input: text }]]);
      },
    );
    fc.assert(property, { numRuns });
  });

  test('is kept apart from others, in any order of their pieces, and from other choices', () => {
    const events = restore([
      start,
      begin(0),
      begin(1, 'run'),
      begin(2),
      begin(0, 'n__apply_patch', 1),
      input(2, '{"input":"c'),
      input(0, '{"inp'),
      input(1, '{"input":"not mine"}'),
      { type: 'tool-input', index: 0, text: '{"input":"other"}', choice: 1 },
      input(0, 'ut":"a"}'),
      input(2, 'd"}'),
      finish,
      { ...finish, choice: 1 },
    ]);
    expect(callsOf(events)).toMatchObject([
      [
        { index: 0, kind: 'custom', input: 'a' },
        { index: 1, kind: 'function', input: '{"input":"not mine"}' },
        { index: 2, kind: 'custom', input: 'cd' },
      ],
      [{ index: 0, kind: 'custom', input: 'other' }],
    ]);
  });

  test('with arguments that are no text passes them, at its end or at the finish, and once', () => {
    const ended = restore([start, begin(0), input(0, '{"a":1}'), { type: 'tool-end', index: 0 }, finish, finish]);
    const unended = restore([start, begin(0), input(0, '{"a":1}'), finish, finish]);
    for (const events of [ended, unended]) expect(callsOf(events)).toMatchObject([[{ input: '{"a":1}' }]]);
    expect(ended.findIndex(({ type }) => type === 'tool-end')).toBeGreaterThan(
      ended.findIndex(({ type }) => type === 'tool-input'),
    );
  });

  test('that ends in one choice leaves the same call of another open', () => {
    const events = restore([
      start,
      begin(0, 'n__apply_patch', 1),
      { type: 'tool-input', index: 0, text: '{"a"', choice: 1 },
      begin(0),
      input(0, '{"b"'),
      finish,
      { type: 'tool-input', index: 0, text: ':1}', choice: 1 },
      { ...finish, choice: 1 },
    ]);
    expect(callsOf(events)).toMatchObject([[{ input: '{"b"' }], [{ input: '{"a":1}' }]]);
  });
});

test('calls of what was not offered pass as they are', () => {
  const events = [start, begin(0, '__proto__'), begin(1, 'n__gone'), input(0, '{"input":"a"}'), finish];
  expect(restore(events)).toEqual(events);
});

test('answers to a request in which nothing was changed pass as they are', () => {
  const events: ChatEvent[] = [start, { type: 'text', text: '```json\n{}\n```' }, begin(0, 'run'), input(0, '{}'), finish];
  expect(restore(events, { tools: [run] })).toEqual(events);
});

describe('JSON that was asked for by instruction', () => {
  const asked: Partial<ChatRequest> = { responseFormat: { type: 'json' }, tools: [run] };
  const texts = (events: readonly ChatEvent[]) => events.flatMap((event) => (event.type === 'text' ? [event.text] : []));

  test('comes without its fence, in each choice for itself', () => {
    const said = ['```js', 'on\n{"a"', ':1}\n``', '`\n'];
    const events = said.flatMap((text): ChatEvent[] => [
      { type: 'text', text },
      { type: 'text', text, choice: 1 },
    ]);
    const restored = restore(
      [start, ...events, { type: 'finish', reason: 'stop' }, { type: 'finish', reason: 'stop', choice: 1 }],
      asked,
    );
    const answers = collectAnswer(restored).choices.map(({ parts }) => parts);
    expect(answers).toMatchObject([[{ text: '{"a":1}' }], [{ text: '{"a":1}' }]]);
  });

  test('gives what was held of it before a call, and before the finish', () => {
    const restored = restore([start, { type: 'text', text: '``' }, begin(0, 'run'), input(0, '{}'), finish], asked);
    expect(restored.map(({ type }) => type)).toEqual(['start', 'text', 'tool-start', 'tool-input', 'finish']);
    expect(texts(restore([start, { type: 'text', text: ' ``' }, finish], asked))).toEqual([' ``']);
  });

  test.each([
    ['a schema, where only JSON can be asked for', { jsonMode: true }, 'json'],
    ['a schema, where nothing can', {}, 'text'],
  ])('%s', (_what, lacks, type) => {
    const responseFormat = { type: 'json-schema', schema: { type: 'object' }, description: 'A dish.' } as const;
    const notes = new FidelityNotes();
    const system = { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] } as const;
    const messages = [system, ...plainRequest.messages];
    const abilities = ableDialect({ jsonSchema: false, jsonMode: false, ...lacks });
    const { request } = adaptRequest({ ...plainRequest, messages, responseFormat }, abilities, notes);
    expect(request.responseFormat).toEqual({ type });
    expect(request.messages.map(({ role }) => role)).toEqual(['system', 'system', 'user']);
    expect(JSON.stringify(request.messages[1])).toMatch(/no code fence.*A dish\..*\{\\\\?"type/);
    expect(notes.emulated.map(({ field }) => field)).toEqual(['response_format']);
  });

  test('is asked of a request that is all instructions, or empty, too', () => {
    for (const messages of [[], [{ role: 'developer', parts: [] }] as const]) {
      const { request } = adaptRequest(
        { ...plainRequest, messages, responseFormat: { type: 'json' } },
        ableDialect({ jsonMode: false }),
        new FidelityNotes(),
      );
      expect(request.messages.at(-1)?.role).toBe('system');
      expect(request.messages).toHaveLength(messages.length + 1);
    }
  });
});
