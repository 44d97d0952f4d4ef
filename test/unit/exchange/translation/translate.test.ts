/** One request said in another dialect, and its answer said back: with codecs made for the test. */
import { plainTerms } from '../../../../gateway/contract/client-terms.ts';
import { describe, expect, test } from 'vitest';
import { collectAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import type { AnswerOptions, ChatCodec } from '../../../../gateway/dialects/codec.ts';
import type { Dialect } from '../../../../gateway/dialects/dialect.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import { ReasoningMemory } from '../../../../gateway/exchange/translation/reasoning-memory.ts';
import { ResponseMemory } from '../../../../gateway/exchange/translation/response-memory.ts';
import { translate } from '../../../../gateway/exchange/translation/translate.ts';
import { openTranslationSource } from '../../../../gateway/exchange/translation/translation-source.ts';
import type { TranslationSource } from '../../../../gateway/exchange/translation/translation.ts';
import { ableDialect, plainRequest } from '../../chat/adapt/any-request.ts';

const start: ChatEvent = { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 };
const finish: ChatEvent = { type: 'finish', reason: 'tool-calls' };
const seal = { maker: 'openai', data: 'x' } as const;

/** A client's codec: its request is the inner one, its answer the collected one. */
function clientCodec(seen: AnswerOptions[] = []): ChatCodec {
  return {
    abilities: ableDialect({ sealMaker: null }),
    decodeRequest: (body) => body as ChatRequest,
    createStreamEncoder: (options) => ({
      push(event) {
        options.notes.drop(`answer.${event.type}`, 'no word');
        return `<${event.type}>`;
      },
      end: () => '<end>',
    }),
    encodeAnswer(events, options) {
      seen.push(options);
      options.notes.drop('answer', 'no word');
      return { ...collectAnswer(events), id: 'r' };
    },
    encodeRequest: () => null,
    createStreamDecoder: () => {
      throw new Error('not asked');
    },
    decodeAnswer: () => [],
  };
}

const wireCodec: ChatCodec = {
  ...clientCodec(),
  abilities: ableDialect({ customTools: false, fields: new Set() }),
  encodeRequest(request, { model }, notes) {
    notes.emulate('messages.0', 'somehow');
    return { ...request, model };
  },
  createStreamDecoder: () => ({ push: () => [], ended: false, end: () => [] }),
  decodeAnswer: (body) => body as ChatEvent[],
};

const client: Dialect = { ...openAiChat, chat: clientCodec() };
const wire: Dialect = { ...openAiChat, name: 'anthropic-messages', chat: wireCodec };
const target = { model: 'wire-model', quirks: {} };

const request: ChatRequest = {
  ...plainRequest,
  seed: 5,
  tools: [{ kind: 'custom', name: 'patch', description: null }],
  messages: [{ role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'patch', kind: 'custom', input: 'x' }] }],
};

function sourceOf(more: Partial<TranslationSource> = {}): TranslationSource {
  const read = openAiChat.readRequest([Buffer.from('{"model":"m","messages":[{"role":"user","content":"hi"}]}')], {
    model: null,
    stream: null,
  });
  return {
    client,
    request: { ...read, head: read.head, parse: () => request, measure: () => ({ textBytes: 400, media: [] }) },
    place: { model: null, stream: null },
    id: 'own-id',
    streamForm: null,
    prepare: (asked) => asked,
    observe: () => undefined,
    keepAnswer: null,
    ...more,
  };
}

const answered: readonly ChatEvent[] = [
  start,
  { type: 'tool-start', index: 0, id: 'c2', name: 'patch', kind: 'function' },
  { type: 'tool-input', index: 0, text: '{"input":"text"}' },
  { type: 'usage', usage: { ...unknownUsage, outputTokens: 1 }, raw: { out: 1 } },
  finish,
];

test('a request is prepared, adapted and written, and the ledger tells all three', () => {
  const prepared = sourceOf({ prepare: (asked) => ({ ...asked, temperature: 0.5 }) });
  const made = translate(prepared, wire, target);
  const written = JSON.parse(made.body.toString());
  expect(written).toMatchObject({ model: 'wire-model', tools: [{ kind: 'function' }] });
  expect([written.seed, written.temperature]).toEqual([undefined, undefined]);
  const report = made.report();
  expect([report.from, report.to]).toEqual(['openai-chat', 'anthropic-messages']);
  expect(report.dropped.map(({ field }) => field)).toEqual(['temperature', 'seed']);
  expect(report.emulated.map(({ field }) => field)).toContain('messages.*');
});

test('a whole answer comes back as the client asked, seen and kept once, with its usage', () => {
  const observed: string[] = [];
  const kept: unknown[] = [];
  const source = sourceOf({ observe: ({ type }) => void observed.push(type), keepAnswer: (answer) => void kept.push(answer) });
  const made = translate(source, wire, target);
  const answer = made.translateAnswer(Buffer.from(JSON.stringify(answered)));
  const told = JSON.parse(answer.body.toString());
  expect(told.choices[0].parts).toMatchObject([{ name: 'patch', kind: 'custom', input: 'text' }]);
  expect([answer.usage?.outputTokens, answer.rawUsageJson]).toEqual([1, '{"out":1}']);
  expect(observed).toEqual(answered.map(({ type }) => type));
  expect(kept).toEqual([told]);
  expect(made.report().dropped.map(({ field }) => field)).toEqual(['seed', 'answer']);
});

test.each(['<html>', '', '[', '[]', JSON.stringify([start])])('a whole answer that is none is refused: %j', (body) => {
  const made = translate(sourceOf(), wire, target);
  expect(() => made.translateAnswer(Buffer.from(body))).toThrow(
    expect.objectContaining({ kind: expect.stringMatching(/^upstream-(?:protocol|truncated)$/) }),
  );
});

describe('a stream', () => {
  test('is written with what the client asked, and kept when it is whole, its losses noted once', () => {
    const seen: AnswerOptions[] = [];
    const kept: unknown[] = [];
    const source = sourceOf({ client: { ...client, chat: clientCodec(seen) }, keepAnswer: (answer) => void kept.push(answer) });
    const made = translate(source, wire, target);
    const machines = made.createStream?.();
    for (const event of answered.flatMap((each) => machines?.restorer.push(each) ?? [])) {
      machines?.observe(event);
      machines?.encoder.push(event);
    }
    expect(kept).toEqual([]);
    machines?.complete();
    expect(kept).toMatchObject([{ choices: [{ parts: [{ input: 'text' }] }] }]);
    expect(seen).toMatchObject([{ request, id: 'own-id', inputTokensEstimate: expect.any(Number) }]);
    expect(made.report().dropped.map(({ field }) => field)).not.toContain('answer');
    expect(made.report().dropped.map(({ field }) => field)).toContain('answer.start');
  });

  test('is written in the form its client wants', () => {
    const streamForm = {
      contentType: 'application/json',
      createEncoder: () => ({ push: () => 'form', end: () => '' }),
      encodeStreamError: () => ']',
      signOfLife: '',
    };
    expect(translate(sourceOf({ streamForm }), wire, target).createStream?.().encoder.push(start)).toBe('form');
    expect(translate(sourceOf(), wire, target).createStream?.().encoder.push(start)).toBe('<start>');
  });

  test('has a state of its own each time: nothing of a failed attempt is in the next', () => {
    const made = translate(sourceOf(), wire, target);
    const begun = made.createStream?.().restorer;
    begun?.push({ type: 'tool-start', index: 0, id: 'c', name: 'patch', kind: 'function' });
    const input: ChatEvent = { type: 'tool-input', index: 0, text: '{"input":"a"}' };
    expect(begun?.push(input)).toEqual([{ ...input, text: 'a' }]);
    expect(made.createStream?.().restorer.push(input)).toEqual([input]);
  });
});

test('dialects that have no codec in common cannot be translated', () => {
  const none: Dialect = { ...wire, chat: null, embeddings: null };
  expect(() => translate(sourceOf(), none, target)).toThrow(expect.objectContaining({ kind: 'untranslatable' }));
});

describe('thoughts are remembered', () => {
  const sealed: readonly ChatEvent[] = [
    start,
    { type: 'reasoning', text: 'hm' },
    { type: 'reasoning-end', seal, redacted: false },
    { type: 'tool-start', index: 0, id: 'c1', name: 'patch', kind: 'custom' },
    finish,
  ];

  function bringBack(chat: ChatCodec) {
    const memories = { reasoning: new ReasoningMemory(), responses: new ResponseMemory() };
    const { request: read, place, id, streamForm } = sourceOf();
    const input = {
      dialect: { ...client, chat },
      client: { ...plainTerms, id: 'me', name: 'me', keyEndsAtMs: null },
      place,
      streamForm,
    };
    const open = () =>
      openTranslationSource({ keepsResponses: false }, memories, input, {
        request: read,
        id,
        prepare: (asked) => asked,
        pinnedBy: null,
      });
    const source = open();
    for (const event of sealed) source.observe(event);
    return open()
      .prepare(request)
      .messages[0]?.parts.map(({ type }) => type);
  }

  test('for a client whose dialect has no place for a seal', () => {
    expect(bringBack(clientCodec())).toEqual(['reasoning', 'tool-call']);
  });

  test('for no client that brings them back itself', () => {
    expect(bringBack({ ...clientCodec(), abilities: ableDialect({ sealMaker: 'gemini' }) })).toEqual(['tool-call']);
  });
});
