/** What a Gemini client is answered, streamed and whole. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { encodeAnswer } from '../../../../gateway/dialects/gemini/answer/encode-answer.ts';
import { createArrayStreamEncoder, createStreamEncoder } from '../../../../gateway/dialects/gemini/answer/stream-encoder.ts';
import { answerOptions, place, start } from './wire-samples.ts';

const finish: ChatEvent = { type: 'finish', reason: 'stop' };
const usage: ChatEvent = {
  type: 'usage',
  usage: { ...unknownUsage, inputTokens: 10, cachedInputTokens: 4, outputTokens: 8, reasoningTokens: 3, audioInputTokens: 2 },
  raw: {},
};
const call = (index: number, id: string): ChatEvent => ({ type: 'tool-start', index, id, name: `tool_${id}`, kind: 'function' });
const input = (index: number, text: string): ChatEvent => ({ type: 'tool-input', index, text });

function stream(events: readonly ChatEvent[], options = answerOptions()): string {
  const encoder = createStreamEncoder(options);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

/** The chunks of a streamed answer. */
function chunks(...events: ChatEvent[]) {
  return stream([start, ...events])
    .split('\r\n\r\n')
    .slice(0, -1)
    .map((frame) => JSON.parse(frame.slice('data: '.length)));
}

function partsOf(...events: ChatEvent[]): object[] {
  return chunks(...events).flatMap(({ candidates }) => candidates[0].content.parts);
}

function whole(...events: ChatEvent[]) {
  return JSON.parse(JSON.stringify(encodeAnswer([start, ...events], answerOptions())));
}

describe('frames', () => {
  test('are data lines ended with CRLF, and nothing but that: no names, no terminator', () => {
    const text = stream([start, { type: 'text', text: 'a\nb' }, usage, finish]);
    expect(text).toBe(
      'data: {"candidates":[{"content":{"parts":[{"text":"a\\nb"}],"role":"model"},"index":0}],"modelVersion":"m-1","responseId":"r1"}\r\n\r\n' +
        'data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":' +
        '{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":18,"cachedContentTokenCount":4,' +
        '"promptTokensDetails":[{"modality":"TEXT","tokenCount":8},{"modality":"AUDIO","tokenCount":2}],"thoughtsTokenCount":3},' +
        '"modelVersion":"m-1","responseId":"r1"}\r\n\r\n',
    );
  });

  test('all three counts are there, if nobody counted by the estimate', () => {
    expect(chunks(finish).at(-1).usageMetadata).toEqual({ promptTokenCount: 7, candidatesTokenCount: 0, totalTokenCount: 7 });
    expect(whole(finish).usageMetadata).toEqual({ promptTokenCount: 7, candidatesTokenCount: 0, totalTokenCount: 7 });
  });

  test('usage that comes after the finish still counts', () => {
    expect(chunks(finish, usage).at(-1).usageMetadata.totalTokenCount).toBe(18);
  });

  test('as one JSON array they are an array at every end', () => {
    const encoder = createArrayStreamEncoder(answerOptions());
    const text =
      [start, { type: 'text' as const, text: 'a' }, { type: 'text' as const, text: 'b' }, finish]
        .map((event) => encoder.push(event))
        .join('') + encoder.end();
    expect(text).toMatch(/^\[\{.*\}\n,\n\{.*\}\n,\n\{.*\}\n\]$/);
    expect(JSON.parse(text)).toEqual(chunks({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, finish));
  });

  test.each([
    ['a start', [finish]],
    ['a finish', [start, { type: 'text' as const, text: 'a' }]],
    ["a second answer's finish", [start, finish, { type: 'text' as const, text: 'a', choice: 1 }]],
  ])('an answer that lacks %s never looks complete', (_what, events) => {
    for (const act of [() => stream(events), () => encodeAnswer(events, answerOptions())]) {
      expect(act).toThrow(GatewayError);
      expect(act).toThrow(/broke off/);
    }
  });
});

describe('calls', () => {
  test('are held back until they are whole, each for itself, and ended by the finish at the latest', () => {
    const parts = partsOf(
      call(0, 'a'),
      call(1, 'b'),
      input(0, '{"n"'),
      input(1, '{"m":'),
      input(1, '2}'),
      { type: 'tool-end', index: 1 },
      { type: 'text', text: 'after' },
      input(0, ':1}'),
      call(2, 'c'),
      finish,
    );
    expect(parts).toEqual([
      { functionCall: { id: 'b', name: 'tool_b', args: { m: 2 } } },
      { text: 'after' },
      { functionCall: { id: 'a', name: 'tool_a', args: { n: 1 } } },
      { functionCall: { id: 'c', name: 'tool_c', args: {} } },
      { text: '' },
    ]);
    expect(chunks(call(0, 'a'), { type: 'finish', reason: 'tool-calls' }).at(-1).candidates[0].finishReason).toBe('STOP');
  });

  test('a call whose arguments are no object is not made up: the finish says what happened', () => {
    const options = answerOptions();
    const [candidate] = encodeAnswer(
      [start, call(0, 'a'), input(0, '{"n":'), { type: 'finish', reason: 'tool-calls' }],
      options,
    ).candidates;
    expect(candidate).toMatchObject({ content: { parts: [{ text: '' }] }, finishReason: 'MALFORMED_FUNCTION_CALL' });
    expect(options.notes.dropped).toMatchObject([{ field: 'tool_calls.*.input' }]);
    expect(whole(call(0, 'a'), input(0, '{"n":'), { type: 'finish', reason: 'length' }).candidates[0].finishReason).toBe(
      'MAX_TOKENS',
    );
  });
});

describe('reasoning', () => {
  const reasoning: ChatEvent = { type: 'reasoning', text: 'hm' };
  const end = (maker: 'anthropic' | 'gemini', redacted = false): ChatEvent => ({
    type: 'reasoning-end',
    seal: { maker, data: 'abc' },
    redacted,
  });
  const wrapped = Buffer.from('gatehouse.anthropic.abc').toString('base64');

  test("Gemini's own seal stands on the thought; another's is base64, as typed clients demand, and goes with the next call", () => {
    expect(partsOf(reasoning, end('gemini'), finish)).toEqual([
      { text: 'hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'abc' },
      { text: '' },
    ]);
    expect(partsOf(reasoning, end('anthropic'), { type: 'text', text: 'so' }, call(0, 'a'), finish)).toEqual([
      { text: 'hm', thought: true },
      { text: 'so' },
      { functionCall: { id: 'a', name: 'tool_a', args: {} }, thoughtSignature: wrapped },
      { text: '' },
    ]);
    expect(partsOf(reasoning, end('anthropic'), { type: 'text', text: 'so' }, finish).at(-1)).toEqual({
      text: '',
      thought: true,
      thoughtSignature: wrapped,
    });
    expect(wrapped).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });

  test.each([
    ['with a call', [reasoning, end('anthropic'), { type: 'text' as const, text: 'so' }, call(0, 'a')]],
    ['without a call', [reasoning, end('anthropic'), { type: 'text' as const, text: 'so' }]],
    ['twice, one of it hidden', [reasoning, end('anthropic'), end('anthropic', true), call(0, 'a')]],
    [
      'for each of two calls',
      [
        reasoning,
        end('anthropic'),
        call(0, 'a'),
        { type: 'tool-end' as const, index: 0 },
        reasoning,
        end('gemini'),
        call(1, 'b'),
      ],
    ],
  ])('sealed %s comes back as it was, from a whole answer and from the pieces of a stream', (_how, events) => {
    const expected = events.flatMap((event): object[] => {
      if (event.type === 'tool-start') return [{ type: 'tool-call', id: event.id, input: '{}' }];
      if (event.type === 'text') return [{ type: 'text', text: event.text }];
      if (event.type !== 'reasoning-end') return [];
      return [{ type: 'reasoning', text: event.redacted ? '' : 'hm', seal: event.seal, redacted: event.redacted }];
    });
    const answers = [[whole(...events, finish)], chunks(...events, finish)];
    for (const answer of answers) {
      const contents = answer.map(({ candidates }) => candidates[0].content);
      const parts = decodeRequest({ contents }, place).messages[0]?.parts.filter(
        (part) => part.type !== 'text' || part.text !== '',
      );
      expect(parts).toMatchObject(expected);
      expect(parts).toHaveLength(expected.length);
    }
  });

  test('clients that drop thoughts still bring the seal back, and whether it hid everything', () => {
    for (const redacted of [false, true]) {
      const { candidates } = whole(reasoning, end('anthropic', redacted), { type: 'text', text: 'so' }, call(0, 'a'), finish);
      const parts = candidates[0].content.parts.filter((part: { thought?: boolean }) => !part.thought);
      expect(decodeRequest({ contents: [{ role: 'model', parts }] }, place).messages[0]?.parts).toMatchObject([
        { type: 'reasoning', text: '', seal: { maker: 'anthropic', data: 'abc' }, redacted },
        { type: 'text' },
        { type: 'tool-call' },
      ]);
    }
  });

  test('who thinks without asking for thoughts is shown none', () => {
    const hidden = answerOptions({ reasoning: { effort: 'high', show: false } });
    expect(stream([start, reasoning, finish], hidden)).not.toContain('hm');
  });
});

describe('everything else', () => {
  test('seals of text, pictures and refusals have their place', () => {
    const seal = { maker: 'gemini' as const, data: 'QQ==' };
    const { candidates } = whole(
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'text-seal', seal },
      { type: 'media', mediaType: 'image/png', data: 'AAAA' },
      { type: 'refusal', text: 'no' },
      finish,
    );
    expect(candidates).toEqual([
      {
        content: {
          parts: [
            { text: 'ab', thoughtSignature: 'QQ==' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { text: 'no' },
          ],
          role: 'model',
        },
        finishReason: 'SAFETY',
        index: 0,
      },
    ]);
  });

  test('sources are grounding, in bytes', () => {
    const citation = { url: 'https://a.test', title: 'A', quote: 'ok', start: 2, end: 4 };
    const { candidates } = whole(
      { type: 'text', text: 'é ok' },
      { type: 'citation', citation },
      { type: 'citation', citation: { ...citation, start: null, end: null, quote: null } },
      finish,
    );
    expect(candidates[0].groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: 'https://a.test', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 3, endIndex: 5, text: 'ok' }, groundingChunkIndices: [0] }],
    });
  });

  test('probabilities, several answers and every finish are written', () => {
    const tokens = [{ token: 'a', logprob: -1, top: [{ token: 'b', logprob: -2 }] }];
    const { candidates } = whole(
      { type: 'logprobs', tokens },
      { type: 'text', text: 'b', choice: 1 },
      { type: 'finish', reason: 'content-filter', choice: 1 },
      { type: 'finish', reason: 'error', choice: 2 },
      { type: 'finish', reason: 'length' },
    );
    expect(candidates).toMatchObject([
      {
        index: 0,
        finishReason: 'MAX_TOKENS',
        avgLogprobs: -1,
        logprobsResult: {
          chosenCandidates: [{ token: 'a', logProbability: -1 }],
          topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
        },
      },
      { index: 1, finishReason: 'SAFETY', content: { parts: [{ text: 'b' }] } },
      { index: 2, finishReason: 'OTHER' },
    ]);
  });

  test('what Gemini has no word for is told', () => {
    const options = answerOptions();
    stream(
      [
        start,
        { type: 'native', dialect: 'anthropic-messages', name: 'web_search' },
        { type: 'finish', reason: 'stop', stopSequence: 'x' },
      ],
      options,
    );
    expect(options.notes.dropped.map(({ field }) => field)).toEqual(['web_search', 'stop_sequence']);
  });
});
