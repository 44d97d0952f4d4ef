/** Hostile and unlucky input: a codec refuses it as such, or reads it, but never breaks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectAnswer } from '../../../../gateway/chat/collect-answer.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { SealMaker } from '../../../../gateway/chat/seal.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';
import { decodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/decode-answer.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';
import { encodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/encode-answer.ts';
import { encodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/encode-request.ts';
import { createStreamDecoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-decoder.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { meaningOf } from './answer-meaning.ts';
import { answerOptions, decodeStream, encodeStream } from './codec-driver.ts';
import { callStart, input, interleaved, start, usage } from './written-answers.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const runs = isFull ? 2000 : 300;

/** Takes one place anywhere in the value and puts something else there. */
function mutate(value: unknown, places: readonly number[], other: unknown): unknown {
  const [place, ...deeper] = places;
  if (place === undefined || typeof value !== 'object' || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[place % Math.max(1, keys.length)];
  if (key === undefined) return other;
  const changed = mutate(Reflect.get(value, key), deeper, other);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}

/** @returns what was read, null for a refusal; anything but a GatewayError is thrown on */
function readOrRefuse<Read>(read: () => Read): Read | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return null;
  }
}

const places = fc.array(fc.nat(9), { minLength: 1, maxLength: 5 });
const mutation = fc.record({ event: fc.nat(40), places, other: fc.jsonValue({ maxDepth: 2 }) });

const requests = [
  {
    model: 'claude-x',
    max_tokens: 2000,
    system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
    tools: [{ name: 'f', input_schema: { type: 'object', anyOf: [{ properties: {} }] }, strict: true }],
    tool_choice: { type: 'any' },
    messages: [
      { role: 'user', content: [{ type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'x' }] } }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: '', signature: 'gatehouse.gemini.x' },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'search_result', content: [] }] }] },
      { role: 'system', content: 'Now.' },
    ],
  },
];

describe('hostile input', () => {
  test('mutated events are read or refused, and end in nothing that looks complete without a finish', () => {
    const events = readEvents(Buffer.from(encodeStream(interleaved))).map(({ data }): unknown => JSON.parse(data ?? ''));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = [...events];
        for (const { event, places: at, other } of mutations) {
          const index = event % mutated.length;
          mutated[index] = mutate(mutated[index], at, other);
        }
        const decoder = createStreamDecoder();
        const read = readOrRefuse(() => mutated.flatMap((each) => [...decoder.push(JSON.stringify(each), null)]));
        if (read && decoder.ended) expect(read.at(-1)?.type).toBe('finish');
        const reader = anthropicMessages.createStreamReader();
        for (const each of mutated) expect(['pass', 'end', 'error']).toContain(reader.read(JSON.stringify(each), null));
      }),
      { numRuns: runs },
    );
  });

  test('mutated whole answers are read or refused', () => {
    const answer = encodeAnswer(interleaved, answerOptions());
    fc.assert(
      fc.property(mutation, ({ places: at, other }) => {
        const read = readOrRefuse(() => decodeAnswer(mutate(answer, at, other)));
        if (read) expect(collectAnswer(read).choices).toHaveLength(1);
      }),
      { numRuns: runs },
    );
  });

  test('mutated requests are read or refused, and what is read can be written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...requests), fc.array(mutation, { minLength: 1, maxLength: 3 }), (request, mutations) => {
        const mutated = mutations.reduce<unknown>((value, { places: at, other }) => mutate(value, at, other), request);
        const target = { model: 'claude-sonnet-4-5', quirks: {} };
        const body = readOrRefuse(() => encodeRequest(decodeRequest(mutated), target, new FidelityNotes()));
        if (body) expect(JSON.stringify(body)).toContain('"messages":[');
      }),
      { numRuns: runs },
    );
  });
});

/** Legal answers of any shape: passages and calls in any order, calls left open or interleaved. */
const word = fc.string({ minLength: 1, maxLength: 6 });
const makers = ['anthropic', 'gemini', 'openai'] as const;
const seal = fc.option(fc.record({ maker: fc.constantFrom<SealMaker>(...makers), data: fc.base64String({ minLength: 4 }) }));
const passage = fc.oneof(
  word.map((text): ChatEvent[] => [{ type: 'text', text }]),
  fc.tuple(word, seal).map(([text, made]): ChatEvent[] => [
    { type: 'reasoning', text },
    { type: 'reasoning-end', seal: made, redacted: false },
  ]),
  fc.nat(3).map((call): ChatEvent[] => [input(call, ' ')]),
  fc.nat(3).map((call): ChatEvent[] => [{ type: 'tool-end', index: call }]),
  fc.constant<ChatEvent[]>([usage]),
);

const answers = fc.tuple(fc.array(passage, { maxLength: 12 }), fc.nat(3)).map(([passages, calls]): ChatEvent[] => {
  const starts = Array.from({ length: calls }, (_, index): ChatEvent[] => [callStart(index), input(index, `{"n":${index}}`)]);
  return [start, ...starts.flat(), ...passages.flat(), usage, { type: 'finish', reason: calls > 0 ? 'tool-calls' : 'stop' }];
});

describe('legal answers', () => {
  test('keep their meaning through our stream and our whole answer', () => {
    fc.assert(
      fc.property(answers, (events) => {
        const ended = withoutLateInput(events);
        const meant = meaningOf(ended);
        expect(meaningOf(decodeStream(Buffer.from(encodeStream(ended))))).toEqual(meant);
        expect(meaningOf(decodeAnswer(encodeAnswer(ended, answerOptions())))).toEqual(meant);
      }),
      { numRuns: runs },
    );
  });
});

/** Input behind a call's end, or of no call, is not legal. */
function withoutLateInput(events: readonly ChatEvent[]): ChatEvent[] {
  const open = new Set<number>();
  return events.filter((event) => {
    if (event.type === 'tool-start') open.add(event.index);
    if (event.type === 'tool-input') return open.has(event.index);
    return event.type === 'tool-end' ? open.delete(event.index) : true;
  });
}
