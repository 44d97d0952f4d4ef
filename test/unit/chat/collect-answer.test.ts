/** Events of an answer, gathered into a whole one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnswerPart, collectAnswer, textOfAnswer } from '../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../gateway/chat/usage.ts';

const start: ChatEvent = { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 };
const finish: ChatEvent = { type: 'finish', reason: 'stop' };
const text = (said: string): ChatEvent => ({ type: 'text', text: said });
const begin = (index: number): ChatEvent => ({ type: 'tool-start', index, id: `c${index}`, name: 'run', kind: 'function' });
const input = (index: number, said: string): ChatEvent => ({ type: 'tool-input', index, text: said });
const seal = { maker: 'gemini', data: 'x' } as const;

const partsOf = (...events: ChatEvent[]): readonly AnswerPart[] => collectAnswer([start, ...events, finish]).choices[0].parts;
const briefly = (parts: readonly AnswerPart[]) =>
  parts.map((part) =>
    part.type === 'tool-call' ? `call ${part.input}` : part.type === 'media' ? 'media' : `${part.type} ${part.text}`,
  );

describe('parts', () => {
  test('stand in the order in which they began, however their pieces are mixed', () => {
    const parts = partsOf(
      text('a'),
      begin(0),
      text('b'),
      begin(1),
      input(1, '{'),
      input(0, '['),
      input(1, '}'),
      input(0, ']'),
      text('c'),
    );
    expect(briefly(parts)).toEqual(['text a', 'call []', 'text b', 'call {}', 'text c']);
  });

  test('of thought end where they are sealed', () => {
    const parts = partsOf(
      { type: 'reasoning', text: 'a' },
      { type: 'reasoning-end', seal, redacted: false },
      { type: 'reasoning-end', seal: null, redacted: true },
      { type: 'reasoning', text: 'b' },
      text('c'),
    );
    expect(parts).toMatchObject([
      { text: 'a', seal, redacted: false },
      { text: '', seal: null, redacted: true },
      { text: 'b', seal: null },
      { type: 'text', text: 'c' },
    ]);
  });

  test('of sealed text take in no words that follow the seal', () => {
    const parts = partsOf(text('a'), { type: 'text-seal', seal }, text('b'), { type: 'text-seal', seal });
    expect(parts).toMatchObject([
      { text: 'a', seal },
      { text: 'b', seal },
    ]);
  });

  test('of text keep citations that come behind a call or a seal, and make no empty text of them', () => {
    const citation = { url: 'u', title: null, quote: null, start: 0, end: 1 };
    const parts = partsOf(text('a'), { type: 'text-seal', seal }, begin(0), { type: 'citation', citation });
    expect(parts).toMatchObject([{ text: 'a', citations: [citation] }, { type: 'tool-call' }]);
    expect(partsOf({ type: 'citation', citation })).toMatchObject([{ type: 'text', text: '', citations: [citation] }]);
  });

  test('of refusal, and pictures, are parts of their own', () => {
    const refusal = (said: string): ChatEvent => ({ type: 'refusal', text: said });
    const parts = partsOf(refusal('a'), refusal('b'), { type: 'media', mediaType: 'image/png', data: 'A' }, refusal('c'));
    expect(briefly(parts)).toEqual(['refusal ab', 'media', 'refusal c']);
  });

  test('input goes to the latest call of its number, and that of no call is nobody’s', () => {
    expect(briefly(partsOf(begin(0), input(0, 'a'), begin(0), input(0, 'b'), input(9, 'c')))).toEqual(['call a', 'call b']);
  });
});

test('every piece of text is in the text, whatever stands between', () => {
  const anyEvent = fc.oneof(
    fc.string().map(text),
    fc.constantFrom<ChatEvent>(
      begin(0),
      { type: 'text-seal', seal },
      { type: 'reasoning', text: 'no' },
      { type: 'refusal', text: 'no' },
    ),
  );
  const property = fc.property(fc.array(anyEvent), (events) => {
    const said = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    expect(textOfAnswer(collectAnswer([start, ...events, finish]).choices[0])).toBe(said);
  });
  fc.assert(property);
});

test('choices are gathered apart, in their order', () => {
  const { choices } = collectAnswer([
    start,
    { type: 'text', text: 'two', choice: 2 },
    { type: 'text', text: 'none' },
    { type: 'finish', reason: 'stop', choice: 2, stopSequence: 'x' },
    { ...finish, reason: 'length' },
  ]);
  expect(choices.map(({ index, reason, stopSequence }) => [index, reason, stopSequence])).toEqual([
    [0, 'length', null],
    [2, 'stop', 'x'],
  ]);
  expect(choices.map(textOfAnswer)).toEqual(['none', 'two']);
});

test('the last usage and the last finish hold, wherever they come', () => {
  const usage = (outputTokens: number): ChatEvent => ({ type: 'usage', usage: { ...unknownUsage, outputTokens }, raw: null });
  const answer = collectAnswer([usage(1), start, finish, usage(2), { ...finish, reason: 'tool-calls' }]);
  expect(answer).toMatchObject({ usage: { outputTokens: 2 }, choices: [{ reason: 'tool-calls' }] });
});

test.each<[string, ChatEvent[]]>([
  ['nothing', []],
  ['no start', [text('a'), finish]],
  ['no finish', [start, text('a')]],
  ['no content and no finish', [start]],
  ['no finish of one choice', [start, finish, { type: 'text', text: 'a', choice: 1 }]],
])('an answer with %s is none', (_what, events) => {
  expect(() => collectAnswer(events)).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
});

test('hundreds of thousands of probabilities at once, and thousands of calls, are gathered', () => {
  const tokens = Array.from({ length: 300_000 }, () => ({ token: 'a', logprob: 0, top: [] }));
  const calls = Array.from({ length: 20_000 }, (_each, index) => [begin(index), input(index, '{}')]);
  const begun = performance.now();
  const [choice] = collectAnswer([start, { type: 'logprobs', tokens }, ...calls.flat(), finish]).choices;
  expect([choice.logprobs.length, choice.parts.length]).toEqual([300_000, 20_000]);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
