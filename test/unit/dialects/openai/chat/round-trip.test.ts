/** What is written is read again as it was meant, in whatever order the events of an answer come; and no junk breaks a codec. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnswerChoice,
  type CollectedAnswer,
  collectAnswer,
  textOfAnswer,
} from '../../../../../gateway/chat/collect-answer.ts';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import type { ChatEvent, FinishReason } from '../../../../../gateway/chat/event.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { completionCodec } from '../../../../../gateway/dialects/openai/completions/index.ts';
import { answerOptions, decodeChunks, plainRequest, readStream, start, writeStream } from './sse-text.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const seal = fc.option(fc.record({ maker: fc.constantFrom('anthropic', 'gemini', 'openai'), data: fc.base64String() }));
const count = fc.nat(1000);

/** Content in any order: passages interleaved, pieces of calls mixed, calls with and without an end. */
const content = fc.oneof(
  text.map((each) => [{ type: 'text' as const, text: each }]),
  text.map((each) => [{ type: 'refusal' as const, text: each }]),
  text.map((each) => [{ type: 'reasoning' as const, text: each }]),
  fc.record({ type: fc.constant('reasoning-end' as const), seal, redacted: fc.boolean() }).map((each) => [each]),
  fc.constant([{ type: 'tool-end' as const, index: 0 }]),
  fc
    .record({
      type: fc.constant('tool-start' as const),
      kind: fc.constantFrom('function', 'custom'),
      name: fc.constantFrom('f', 'g'),
    })
    .map((each) => [each]),
  fc.tuple(fc.nat(3), text).map(([index, each]) => [{ type: 'tool-input' as const, index, text: each }]),
);
const usage = fc.record({ inputTokens: count, outputTokens: count, cachedInputTokens: count, reasoningTokens: count }).map(
  (counts): ChatEvent => ({
    type: 'usage',
    usage: { ...counts, cacheWriteTokens: null, audioInputTokens: 0, audioOutputTokens: 0 },
    raw: null,
  }),
);
const reason = fc.constantFrom<FinishReason>('stop', 'length', 'tool-calls', 'content-filter');

/** Legal answers: calls are numbered in order, and pieces belong to calls that have begun. */
const answer = fc
  .tuple(fc.array(content, { maxLength: 12 }), reason, fc.array(usage, { maxLength: 2 }), fc.boolean())
  .map(([pieces, end, usages, usageFirst]): readonly ChatEvent[] => {
    const finish: ChatEvent = { type: 'finish', reason: end };
    const ending = usageFirst ? [...usages, finish] : [finish, ...usages];
    return [start, ...number(pieces.flat()), ...ending];
  });

type Loose = Readonly<{ type: string; index?: number }>;

function number(pieces: readonly Loose[]): ChatEvent[] {
  let calls = 0;
  return pieces.flatMap((piece): ChatEvent[] => {
    if (piece.type === 'tool-start') {
      calls += 1;
      return [{ ...piece, index: calls - 1, id: `call_${calls}` } as ChatEvent];
    }
    return piece.index !== undefined && piece.index >= calls ? [] : [piece as ChatEvent];
  });
}

/** @param gap between passages of thoughts: written into a stream, where passages have no bounds of their own */
function meaningOf({ choices: [choice], usage: used, ...head }: CollectedAnswer, gap = '\n\n') {
  const calls = choice.parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  const passages = (type: 'reasoning' | 'refusal', between: string) =>
    choice.parts.flatMap((part) => (part.type === type && part.text !== '' ? [part.text] : [])).join(between);
  return {
    id: head.id,
    text: textOfAnswer(choice),
    refusal: passages('refusal', ''),
    reasoning: passages('reasoning', gap),
    calls: calls.map(({ id, name, kind, input }) => ({ id, name, kind, input })),
    reason: calls.length > 0 && choice.reason === 'stop' ? 'tool-calls' : choice.reason,
    usage: used && { ...used, cacheWriteTokens: null },
  };
}

describe('an answer keeps its meaning', () => {
  test('streamed, in any order of its events', () => {
    fc.assert(
      fc.property(answer, (events) => {
        const read = readStream(chatCodec, writeStream(chatCodec, events));
        expect(meaningOf(collectAnswer(read), '')).toEqual(meaningOf(collectAnswer(events)));
      }),
    );
  });

  test('whole', () => {
    fc.assert(
      fc.property(answer, (events) => {
        const body: unknown = JSON.parse(JSON.stringify(chatCodec.encodeAnswer(events, answerOptions())));
        expect(meaningOf(collectAnswer(chatCodec.decodeAnswer(body)))).toEqual(meaningOf(collectAnswer(events)));
      }),
    );
  });

  test('as a legacy completion, its text and its reason', () => {
    fc.assert(
      fc.property(answer, (events) => {
        const read = collectAnswer(readStream(completionCodec, writeStream(completionCodec, events)));
        const whole = collectAnswer(completionCodec.decodeAnswer(completionCodec.encodeAnswer(events, answerOptions())));
        const { choices, usage: used } = collectAnswer(events);
        for (const found of [read, whole]) {
          expect(textOfAnswer(found.choices[0])).toBe(wordsOf(choices[0]));
          expect(found.choices[0].reason).toBe(choices[0].reason);
          expect(found.usage?.outputTokens).toBe(used?.outputTokens);
        }
      }),
    );
  });

  test('never when it broke off before its finish', () => {
    fc.assert(
      fc.property(answer, (events) => {
        const cut = events.filter(({ type }) => type !== 'finish');
        for (const codec of [chatCodec, completionCodec]) {
          expect(() => writeStream(codec, cut)).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
        }
      }),
    );
  });

  test('however many answers were asked for', () => {
    const events: readonly ChatEvent[] = [
      start,
      { type: 'text', text: 'b', choice: 1 },
      { type: 'text', text: 'a' },
      { type: 'finish', reason: 'length', choice: 1 },
      { type: 'finish', reason: 'stop' },
    ];
    const texts = collectAnswer(readStream(chatCodec, writeStream(chatCodec, events))).choices.map(textOfAnswer);
    expect(texts).toEqual(['a', 'b']);
    const [, , first] = events;
    expect(() => writeStream(chatCodec, [start, ...(first ? [first] : []), ...events.slice(1, 2), ...events.slice(4)])).toThrow(
      GatewayError,
    );
  });
});

const runs = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 10_000 : 1_000;

/** Values that no provider sends where they stand. */
const junk = fc.constantFrom<unknown>(null, '', 'x', -1, 1.5, 1e308, true, [], {}, [null], [[]], { type: 'x' }, '\ud800', {
  '': [{}],
});

/** The same JSON with one value replaced by junk or left out. */
function mutate(value: unknown, place: number, instead: unknown): unknown {
  let at = place;
  const walk = (each: unknown): unknown => {
    at -= 1;
    if (at === -1) return instead;
    if (Array.isArray(each)) return each.map(walk);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

const delta = {
  role: 'assistant',
  content: [
    { type: 'text', text: 'a' },
    { type: 'thinking', thinking: [{ type: 'text', text: 'b' }] },
  ],
  reasoning_details: [{ type: 'reasoning.text', text: 'c', signature: 'd', format: 'anthropic-claude-v1' }],
  annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } }],
  images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
  audio: { data: 'AAAA', transcript: 'e' },
  tool_calls: [
    {
      index: 0,
      id: 'i',
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      extra_content: { google: { thought_signature: 's' } },
    },
  ],
  function_call: { name: 'g', arguments: '{}' },
};
const wholeChunk = {
  id: 'c',
  created: 1,
  model: 'm',
  service_tier: 'default',
  choices: [
    {
      index: 0,
      delta,
      text: 'a',
      logprobs: {
        content: [{ token: 'a', logprob: -1, top_logprobs: [{ token: 'b', logprob: -2 }] }],
        tokens: ['a'],
        token_logprobs: [-1],
        top_logprobs: [{ b: -2 }],
      },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } },
  x_groq: { usage: { prompt_tokens: 1 } },
  citations: ['u'],
  search_results: [{ url: 'u', title: 't' }],
};

describe('junk', () => {
  test('in a stream or an answer is read, or refused as the provider that sent it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(80), junk), { minLength: 1, maxLength: 3 }), (changes) => {
        const broken = changes.reduce<unknown>((chunk, [place, instead]) => mutate(chunk, place, instead), wholeChunk);
        for (const codec of [chatCodec, completionCodec]) {
          const ways = [() => decodeChunks(codec, [wholeChunk, broken as object, wholeChunk]), () => codec.decodeAnswer(broken)];
          for (const way of ways) expectSound(way, (events) => writeStream(codec, events as readonly ChatEvent[]));
        }
      }),
      { numRuns: runs },
    );
  });

  test('in a request is read, or refused by the name of a field', () => {
    const request = {
      model: 'm',
      messages: [
        { role: 'system', content: 'a', name: 'n', cache_control: { type: 'ephemeral' } },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'https://a' } },
            { type: 'file', file: { file_id: 'f' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'r',
          tool_calls: [{ id: 'i', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'i', content: 'x' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', parameters: {} } },
        { type: 'custom', custom: { name: 'g', format: { type: 'text' } } },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {}, strict: true } },
      stream: true,
      stream_options: { include_usage: true },
      temperature: 1,
      stop: ['a'],
      n: 1,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 5: 1 },
      reasoning: { effort: 'low', max_tokens: 5 },
      thinking: { type: 'enabled' },
      metadata: { a: 'b' },
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(90), junk), { minLength: 1, maxLength: 3 }), (changes) => {
        const broken = changes.reduce<unknown>((body, [place, instead]) => mutate(body, place, instead), request);
        const place = { model: null, stream: null };
        expectSound(
          () => chatCodec.decodeRequest(broken, place),
          (read) =>
            chatCodec.encodeRequest({ ...plainRequest, ...(read as object) }, { model: 'm', quirks: {} }, answerOptions().notes),
        );
        expectSound(
          () => completionCodec.decodeRequest(broken, place),
          () => null,
        );
      }),
      { numRuns: runs },
    );
  });
});

/** It succeeds, and so does what uses it, or it fails with an error that a client can be told. */
function expectSound(run: () => unknown, use: (result: unknown) => unknown): void {
  try {
    use(run());
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).not.toMatchObject({ kind: 'internal' });
  }
}

/** A legacy completion has no word for a refusal: it is text there. */
function wordsOf({ parts }: AnswerChoice): string {
  return parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
}
