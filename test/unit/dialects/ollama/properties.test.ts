/** Whatever is asked and answered survives Ollama's words, and nothing hostile crashes a codec. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectAnswer, textOfAnswer } from '../../../../gateway/chat/collect-answer.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../../../../gateway/chat/request.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { answerOptions, chat, decodeStream, encodeStream, generate, nowhere, plainRequest, png, start } from './samples.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';

const words = fc.string({ minLength: 1, unit: 'grapheme' });
const input = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 2 }))
  .map((value) => JSON.stringify(value));
const image: ContentPart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } };
const textPart = words.map((text): ContentPart => ({ type: 'text', text }));

const userMessage = fc
  .tuple(fc.boolean(), textPart)
  .map(([sees, part]): ChatMessage => ({ role: 'user', parts: sees ? [image, part] : [part] }));

/** An assistant's turn with calls, and their results in any order. */
const toolTurn = fc
  .tuple(
    fc.option(words),
    fc.uniqueArray(fc.stringMatching(/^[a-z]{2,6}$/), { minLength: 1, maxLength: 3 }),
    input,
    words,
    fc.boolean(),
  )
  .map(([thought, ids, args, result, turned]): readonly ChatMessage[] => {
    const calls = ids.map((id) => ({ type: 'tool-call', id, name: `tool_${id}`, kind: 'function', input: args }) as const);
    const results = calls.map(
      ({ id, name }): ChatMessage => ({
        role: 'tool',
        parts: [{ type: 'tool-result', callId: id, name, content: [{ type: 'text', text: result }], isError: false }],
      }),
    );
    const thoughts = thought === null ? [] : [{ type: 'reasoning', text: thought, seal: null, redacted: false } as const];
    return [{ role: 'assistant', parts: [...thoughts, ...calls] }, ...(turned ? results.toReversed() : results)];
  });

const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    fc.array(
      fc.oneof(
        userMessage.map((message) => [message]),
        toolTurn,
      ),
      { minLength: 1, maxLength: 4 },
    ),
    fc.record(
      {
        temperature: fc.double({ noNaN: true, min: 0, max: 2 }).map((value) => value + 0),
        topK: fc.integer({ min: 1, max: 100 }),
        seed: fc.nat(),
        stop: fc.array(words, { minLength: 1, maxLength: 2 }),
        logprobs: fc.record({ top: fc.integer({ min: 0, max: 20 }) }),
        reasoning: fc.constantFrom({ effort: 'none' } as const, { effort: 'max', show: true } as const),
      },
      { requiredKeys: [] },
    ),
    fc.option(fc.integer({ min: 1 })),
    fc.boolean(),
  )
  .map(([turns, fields, maxOutputTokens, stream]) => ({
    ...plainRequest,
    ...fields,
    messages: turns.flat(),
    maxOutputTokens,
    stream,
  }));

/** Events in any legal order: usage and ends anywhere or never, calls interleaved. */
const answer: fc.Arbitrary<readonly ChatEvent[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        words.map((text): readonly ChatEvent[] => [{ type: 'text', text }]),
        words.map((text): readonly ChatEvent[] => [{ type: 'reasoning', text }]),
        fc.tuple(input, fc.nat({ max: 9 })).map(([text, cut]): readonly ChatEvent[] => [
          { type: 'tool-start', index: 0, id: '', name: 'tool', kind: 'function' },
          { type: 'tool-input', index: 0, text: text.slice(0, cut) },
          { type: 'tool-input', index: 0, text: text.slice(cut) },
        ]),
      ),
      { maxLength: 6 },
    ),
    fc.boolean(),
    fc.constantFrom('stop', 'length', 'content-filter', 'error'),
  )
  .map(([passages, ends, reason]) => {
    const numbered = passages.flatMap((passage, index) => passage.map((event) => numberCall(event, index)));
    const ended = ends ? numbered.flatMap((event, at) => withEnd(event, numbered[at + 1])) : numbered;
    const called = numbered.some(({ type }) => type === 'tool-start');
    const usage: ChatEvent = { type: 'usage', usage: { ...unknownUsage, inputTokens: 1, outputTokens: 2 }, raw: {} };
    return [start, ...ended, usage, { type: 'finish', reason: called ? 'tool-calls' : reason }] as const;
  });

function numberCall(event: ChatEvent, index: number): ChatEvent {
  if (event.type === 'tool-start') return { ...event, index, id: `call_${index}` };
  return event.type === 'tool-input' ? { ...event, index } : event;
}

function withEnd(event: ChatEvent, next: ChatEvent | undefined): readonly ChatEvent[] {
  const isLast = event.type === 'tool-input' && (next?.type !== 'tool-input' || next.index !== event.index);
  return isLast ? [event, { type: 'tool-end', index: event.index }] : [event];
}

function meaningOf(events: readonly ChatEvent[]) {
  const { model, createdAtSeconds, choices, usage } = collectAnswer(events);
  const [choice] = choices;
  const calls = choice.parts.filter((part) => part.type === 'tool-call');
  return {
    model,
    createdAtSeconds,
    text: textOfAnswer(choice),
    thoughts: choice.parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: calls.map(({ id, name, input: text }) => ({ id, name, input: JSON.parse(text) })),
    reason: choice.reason,
    usage,
  };
}

describe('in Ollama’s words', () => {
  test('a request still means what it meant', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const notes = new FidelityNotes();
        const body: unknown = JSON.parse(JSON.stringify(chat.encodeRequest(asked, { model: 'm', quirks: {} }, notes)));
        expect(chat.decodeRequest(body, nowhere)).toEqual(asked);
        expect([...notes.dropped, ...notes.emulated]).toEqual([]);
      }),
      { numRuns: isFull ? 2_000 : 200 },
    );
  });

  test('an answer still means what it meant, streamed and whole', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(chat, generate), (events, codec) => {
        const meaning = meaningOf(events);
        expect(meaningOf(decodeStream(codec, encodeStream(codec, events)))).toEqual(meaning);
        expect(meaningOf(codec.decodeAnswer(codec.encodeAnswer(events, answerOptions())))).toEqual(meaning);
      }),
      { numRuns: isFull ? 2_000 : 200 },
    );
  });

  test('a stream cut at any event never looks complete', () => {
    fc.assert(
      fc.property(answer, (events) => {
        for (let count = 0; count < events.length; count += 1) {
          const encoder = chat.createStreamEncoder(answerOptions());
          for (const event of events.slice(0, count)) expect(encoder.push(event)).not.toContain('"done":true');
          expect(() => encoder.end()).toThrow(GatewayError);
        }
      }),
      { numRuns: isFull ? 500 : 50 },
    );
  });
});

describe('nothing hostile', () => {
  const seeds = [
    {
      model: 'm',
      created_at: '2026-01-01T00:00:00Z',
      message: { content: 'a', thinking: 'b', tool_calls: [{ id: 'c', function: { name: 'd', arguments: {} } }] },
    },
    {
      model: 'm',
      response: 'a',
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 1,
      logprobs: [{ token: 'a', logprob: -1, top_logprobs: [] }],
    },
    {
      model: 'm',
      messages: [{ role: 'tool', content: 'a', images: [png], tool_calls: [{ function: { name: 'a' } }] }],
      options: { stop: ['a'], top_k: 1 },
    },
    {
      model: 'm',
      prompt: 'a',
      suffix: 'b',
      think: 'low',
      format: {},
      tools: [{ function: { name: 'a', parameters: {} } }],
      logprobs: true,
    },
    { error: 'a' },
  ];

  /** A sound object with one place in it replaced by anything. */
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
    .map(([seed, place, value]) => replaceAt(seed, place, value));

  test('crashes a codec: it reads, or refuses by a GatewayError', () => {
    let refused = 0;
    const tries = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
        refused += 1;
      }
    };
    fc.assert(
      fc.property(mutated, (value) => {
        for (const codec of [chat, generate]) {
          tries(() => codec.decodeRequest(value, nowhere));
          tries(() => codec.decodeAnswer(value));
          tries(() => decodeStream(codec, [value, { done: true }]));
        }
      }),
      { numRuns: isFull ? 12_000 : 2_000 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  test('crashes an encoder: events in any order are written, or refused by a GatewayError', () => {
    const event: fc.Arbitrary<ChatEvent> = fc.oneof(
      fc.constantFrom<ChatEvent>(start, { type: 'finish', reason: 'stop' }, { type: 'finish', reason: 'length', choice: 1 }),
      fc.record({ type: fc.constantFrom('tool-input'), index: fc.nat({ max: 2 }), text: words }),
      fc.record({ type: fc.constantFrom('tool-end'), index: fc.nat({ max: 2 }) }),
      fc.record({ type: fc.constantFrom('text', 'reasoning', 'refusal'), text: words }),
      fc.record({
        type: fc.constantFrom('tool-start'),
        index: fc.nat({ max: 2 }),
        id: words,
        name: words,
        kind: fc.constantFrom('function', 'custom'),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const isWhole = [start.type, 'finish'].every((type) => events.some((each) => each.type === type && !('choice' in each)));
        const act = () => encodeStream(chat, events);
        if (isWhole) expect(act().at(-1)).toMatchObject({ done: true });
        else expect(act).toThrow(GatewayError);
      }),
      { numRuns: isFull ? 5_000 : 500 },
    );
  });
});

/** Replaces the value at the nth place of a tree, counted through all of it. */
function replaceAt(tree: object, nth: number, value: unknown): unknown {
  let count = 0;
  JSON.stringify(tree, (_, each: unknown) => ((count += 1), each));
  const place = nth % count;
  let at = -1;
  const text = JSON.stringify(tree, (_, each: unknown) => ((at += 1), at === place ? value : each));
  return JSON.parse(text ?? 'null');
}
