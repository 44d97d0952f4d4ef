/** What is written in Gemini's words and read again means the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectAnswer, textOfAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart, ToolChoice, ToolDefinition } from '../../../../gateway/chat/request.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { encodeAnswer } from '../../../../gateway/dialects/gemini/answer/encode-answer.ts';
import { encodeRequest } from '../../../../gateway/dialects/gemini/request/encode-request.ts';
import { createStreamDecoder, decodeAnswer } from '../../../../gateway/dialects/gemini/answer/stream-decoder.ts';
import { createArrayStreamEncoder, createStreamEncoder } from '../../../../gateway/dialects/gemini/answer/stream-encoder.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions, plainRequest, start } from './wire-samples.ts';

const words = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const name = fc.stringMatching(/^[a-z_][a-zA-Z0-9_.:-]{0,20}$/);
const base64 = fc.base64String({ minLength: 4, maxLength: 16 }).filter((data) => data !== '' && !data.startsWith('Z2F0'));
const seal = base64.map((data) => ({ maker: 'gemini' as const, data }));
const jsonObject = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((value) => JSON.stringify(JSON.parse(JSON.stringify(value))));

const textPart = words.map((text): ContentPart => ({ type: 'text', text }));
const mediaPart = fc.constantFrom<ContentPart>(
  { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
  { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AAAA' } },
  { type: 'file', source: { type: 'url', url: 'https://a.test/x.pdf', mediaType: 'application/pdf' } },
);

/** A user's words, the model's thoughts, words and calls, and the result of every call. */
const exchange = fc
  .record({
    user: fc.array(fc.oneof(textPart, mediaPart), { minLength: 1, maxLength: 3 }),
    thought: fc.option(fc.record({ text: words, seal })),
    text: fc.option(fc.record({ text: words, seal: fc.option(seal) })),
    calls: fc.array(
      fc.record({
        name,
        input: jsonObject,
        seal: fc.option(seal),
        output: words.filter((text) => !text.trimStart().startsWith('{')),
        isError: fc.boolean(),
      }),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ user, thought, text, calls }) => (turn: number): ChatMessage[] => {
    const assistant: ContentPart[] = [];
    if (thought) assistant.push({ type: 'reasoning', ...thought, redacted: false });
    if (text) assistant.push({ type: 'text', text: text.text, ...(text.seal ? { seal: text.seal } : {}) });
    for (const [index, call] of calls.entries()) {
      const sealed = call.seal ? { seal: call.seal } : {};
      assistant.push({
        type: 'tool-call',
        id: `c${turn}_${index}`,
        name: call.name,
        kind: 'function',
        input: call.input,
        ...sealed,
      });
    }
    const results = calls.map(({ name: called, output, isError }, index): ContentPart => {
      const content: ContentPart[] = [{ type: 'text', text: output }];
      return { type: 'tool-result', callId: `c${turn}_${index}`, name: called, content, isError };
    });
    const messages: ChatMessage[] = [
      { role: 'user', parts: user },
      { role: 'assistant', parts: assistant },
      { role: 'tool', parts: results },
    ];
    return messages.filter(({ parts }) => parts.length > 0);
  });

const tools = fc.uniqueArray(
  fc.record({
    kind: fc.constant('function' as const),
    name,
    description: fc.option(words),
    parameters: fc.constant({ type: 'object', properties: { type: { type: 'string' } } }),
  }),
  { minLength: 1, maxLength: 3, selector: (tool) => tool.name },
);

const choice = fc.constantFrom<ToolChoice>(
  { type: 'auto' },
  { type: 'none' },
  { type: 'required' },
  { type: 'tool', name: 'f' },
  { type: 'allowed', mode: 'auto', names: ['f'] },
  { type: 'allowed', mode: 'required', names: ['f', 'g'] },
);

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.option(words),
    exchanges: fc.array(exchange, { minLength: 1, maxLength: 3 }),
    tools: tools as fc.Arbitrary<ToolDefinition[]>,
    toolChoice: choice,
    rest: fc.record(
      {
        temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
        topK: fc.integer({ min: 1, max: 100 }),
        seed: fc.integer(),
        stop: fc.array(words, { minLength: 1, maxLength: 5 }),
        choices: fc.integer({ min: 2, max: 8 }),
        logprobs: fc.record({ top: fc.integer({ min: 0, max: 20 }) }),
        reasoning: fc.record({ budgetTokens: fc.integer({ min: 128, max: 24_576 }), show: fc.boolean() }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ system, exchanges, tools: offered, toolChoice, rest }) => ({
    ...plainRequest,
    ...rest,
    messages: [
      ...(system === null ? [] : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: system }] }]),
      ...exchanges.flatMap((make, turn) => make(turn)),
    ],
    tools: offered,
    toolChoice,
  }));

/** Neighbours of one role are one turn on the wire. */
function merged(messages: readonly ChatMessage[]): ChatMessage[] {
  const list: ChatMessage[] = [];
  for (const message of messages) {
    const last = list.at(-1);
    if (last?.role === message.role) list[list.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    else list.push(message);
  }
  return list;
}

test('a request is the same request after it was written and read', () => {
  fc.assert(
    fc.property(request, (given) => {
      const notes = new FidelityNotes();
      const body = encodeRequest(given, { model: given.model, quirks: {} }, notes);
      const read = decodeRequest(JSON.parse(JSON.stringify(body)), { model: given.model, stream: true });
      expect(read).toEqual({ ...given, messages: merged(given.messages) });
      expect([...notes.dropped, ...notes.emulated]).toEqual([]);
    }),
  );
});

/** Pieces of an answer; calls go on in pieces while others do. */
const piece = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: words }),
  fc.record({ kind: fc.constant('thought' as const), text: words, seal: fc.option(seal) }),
  fc.record({ kind: fc.constant('call' as const), name, input: jsonObject, cut: fc.nat(20), ends: fc.boolean() }),
);

function eventsOf(pieces: readonly (typeof piece extends fc.Arbitrary<infer Piece> ? Piece : never)[]): ChatEvent[] {
  const events: ChatEvent[] = [start];
  const later: ChatEvent[] = [];
  let index = 0;
  for (const each of pieces) {
    if (each.kind === 'text') events.push({ type: 'text', text: each.text });
    else if (each.kind === 'thought') {
      events.push({ type: 'reasoning', text: each.text });
      if (each.seal) events.push({ type: 'reasoning-end', seal: each.seal, redacted: false });
    } else {
      events.push({ type: 'tool-start', index, id: `c${index}`, name: each.name, kind: 'function' });
      events.push({ type: 'tool-input', index, text: each.input.slice(0, each.cut) });
      later.push({ type: 'tool-input', index, text: each.input.slice(each.cut) });
      if (each.ends) later.push({ type: 'tool-end', index });
      index += 1;
    }
  }
  const usage = { ...unknownUsage, inputTokens: 9, outputTokens: 5, reasoningTokens: 2 };
  return [
    ...events,
    ...later,
    { type: 'finish', reason: index > 0 ? 'tool-calls' : 'stop' },
    { type: 'usage', usage, raw: null },
  ];
}

function meaning(events: readonly ChatEvent[]) {
  const { choices, usage, id, model } = collectAnswer(events);
  const [first] = choices;
  const calls = first.parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.id, name: part.name, input: JSON.parse(part.input) }] : [],
  );
  return {
    id,
    model,
    usage,
    text: textOfAnswer(first),
    reasoning: first.parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    seals: first.parts.flatMap((part) => (part.type === 'reasoning' && part.seal ? [part.seal] : [])),
    calls: calls.toSorted((one, other) => one.id.localeCompare(other.id)),
    reason: first.reason,
  };
}

test('an answer is the same answer after it was written, streamed in both ways or whole, and read', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const events = eventsOf(pieces);
      const expected = meaning(events);
      const encoder = createStreamEncoder(answerOptions());
      const frames = readEvents(Buffer.from(events.map((event) => encoder.push(event)).join('') + encoder.end()));
      const decoder = createStreamDecoder();
      const streamed = [...frames.flatMap(({ data }) => decoder.push(data ?? '', null)), ...decoder.end()];
      expect(meaning(streamed)).toEqual(expected);
      const arrayEncoder = createArrayStreamEncoder(answerOptions());
      const list = events.map((event) => arrayEncoder.push(event)).join('') + arrayEncoder.end();
      expect(meaning(decodeAnswer(JSON.parse(list)))).toEqual(expected);
      expect(meaning(decodeAnswer(JSON.parse(JSON.stringify(encodeAnswer(events, answerOptions())))))).toEqual(expected);
    }),
  );
});

test('seals of another maker come back on their own thoughts, with words between those and a call behind them', () => {
  const anthropic = (data: string) => ({ maker: 'anthropic' as const, data });
  const events: ChatEvent[] = [
    start,
    { type: 'reasoning', text: 'first' },
    { type: 'reasoning-end', seal: anthropic('s1'), redacted: false },
    { type: 'text', text: 'words' },
    { type: 'reasoning', text: 'second' },
    { type: 'reasoning-end', seal: anthropic('s2'), redacted: false },
    { type: 'tool-start', index: 0, id: 'c', name: 'f', kind: 'function' },
    { type: 'finish', reason: 'tool-calls' },
  ];
  const [candidate] = encodeAnswer(events, answerOptions()).candidates;
  const { messages } = decodeRequest(
    { contents: [{ parts: [{ text: 'u' }] }, candidate?.content] },
    { model: 'm', stream: false },
  );
  expect(messages[1]?.parts).toMatchObject([
    { type: 'reasoning', text: 'first', seal: anthropic('s1') },
    { type: 'text', text: 'words' },
    { type: 'reasoning', text: 'second', seal: anthropic('s2') },
    { type: 'tool-call', id: 'c' },
  ]);
});
