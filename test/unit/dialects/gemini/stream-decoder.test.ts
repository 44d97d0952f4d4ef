/** What Gemini's answers mean, vector by vector. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { createStreamDecoder, decodeAnswer } from '../../../../gateway/dialects/gemini/answer/stream-decoder.ts';

function decode(...chunks: object[]): ChatEvent[] {
  const decoder = createStreamDecoder();
  const events = chunks.flatMap((chunk) => decoder.push(JSON.stringify({ responseId: 'r1', modelVersion: 'm', ...chunk }), null));
  return [...events, ...decoder.end()].filter(({ type }) => type !== 'start');
}

/** One chunk with these parts that ends the answer. */
function parts(...list: object[]): ChatEvent[] {
  return decode({ candidates: [{ content: { parts: list, role: 'model' }, finishReason: 'STOP' }] }).slice(0, -1);
}

function ended(candidate: object): ChatEvent | undefined {
  return decode({ candidates: [candidate] }).at(-1);
}

function thrown(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const seal = { maker: 'gemini', data: 'QQ==' };

describe('parts', () => {
  test('thoughts, text and the signatures that close them', () => {
    expect(
      parts(
        { text: 'hm', thought: true },
        { text: '!', thought: true, thoughtSignature: 'QQ==' },
        { text: 'so' },
        { text: '', thoughtSignature: 'QQ==' },
        { thoughtSignature: 'QQ==' },
      ),
    ).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'reasoning', text: '!' },
      { type: 'reasoning-end', seal, redacted: false },
      { type: 'text', text: 'so' },
      { type: 'text-seal', seal },
      { type: 'text-seal', seal },
    ]);
  });

  test('a call is whole in one part; ids that are missing are made, different ones in different answers', () => {
    const events = parts(
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'QQ==' },
      { functionCall: { id: 'x', name: 'g' } },
    );
    expect(events).toEqual([
      { type: 'tool-start', index: 0, id: 'call_r1_0', name: 'f', kind: 'function', seal },
      { type: 'tool-input', index: 0, text: '{"a":1}' },
      { type: 'tool-end', index: 0 },
      { type: 'tool-start', index: 1, id: 'x', name: 'g', kind: 'function' },
      { type: 'tool-input', index: 1, text: '{}' },
      { type: 'tool-end', index: 1 },
    ]);
  });

  test('pictures are media, drafts and code of its own are named', () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    expect(parts({ inlineData }, { inlineData, thought: true }, { executableCode: { code: '1' } })).toEqual([
      { type: 'media', mediaType: 'image/png', data: 'AAAA' },
      { type: 'native', dialect: 'gemini', name: 'inlineData' },
      { type: 'native', dialect: 'gemini', name: 'executableCode' },
    ]);
  });

  test('arguments in pieces reach every place, and places that cannot be are refused', () => {
    const piece = (jsonPath: unknown, value: object) => ({
      functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue: true },
    });
    const events = parts(
      { functionCall: { name: 'f', willContinue: true } },
      piece('$.a', { stringValue: 'x', willContinue: true }),
      piece('$.a', { stringValue: 'y' }),
      piece("$['b c'][1].d", { numberValue: 2 }),
      piece('$["__proto__"].e', { boolValue: true }),
      piece('$.n', { nullValue: 'NULL_VALUE' }),
      { text: 'done' },
    );
    expect(events[1]).toMatchObject({
      type: 'tool-input',
      text: '{"a":"xy","b c":[null,{"d":2}],"__proto__":{"e":true},"n":null}',
    });
    expect(events.at(-1)).toEqual({ type: 'text', text: 'done' });
    for (const path of [null, { toString: 1 }, '$', 'a', '$.a[99999999]', '$..', `$${'.a'.repeat(100)}`]) {
      expect(thrown(() => parts({ functionCall: { name: 'f', willContinue: true } }, piece(path, { numberValue: 1 }))).kind).toBe(
        'upstream-protocol',
      );
    }
  });
});

describe('beside the parts', () => {
  test('sources are cited once, their places counted in characters', () => {
    const groundingMetadata = {
      groundingChunks: [{ web: { uri: 'https://a.test', title: 'A' } }, { web: { uri: 'https://b.test' } }],
      groundingSupports: [{ segment: { startIndex: 3, endIndex: 5, text: 'ok' }, groundingChunkIndices: [0, 1] }],
    };
    const chunk = { candidates: [{ content: { parts: [{ text: 'é ok' }] }, groundingMetadata }] };
    const citations = decode(chunk, { candidates: [{ groundingMetadata, finishReason: 'STOP' }] }).filter(
      ({ type }) => type === 'citation',
    );
    expect(citations).toEqual([
      { type: 'citation', citation: { url: 'https://a.test', title: 'A', quote: 'ok', start: 2, end: 4 } },
      { type: 'citation', citation: { url: 'https://b.test', title: null, quote: 'ok', start: 2, end: 4 } },
    ]);
  });

  test("recited passages are cited in both APIs' spellings", () => {
    for (const key of ['citationSources', 'citations']) {
      const citationMetadata = { [key]: [{ endIndex: 2, uri: 'https://a.test' }] };
      const events = decode({ candidates: [{ content: { parts: [{ text: 'abc' }] }, citationMetadata, finishReason: 'STOP' }] });
      expect(events[1]).toMatchObject({ citation: { url: 'https://a.test', start: 0, end: 2 } });
    }
  });

  test('probabilities come with what might have been written', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -0.1 }],
      topCandidates: [
        {
          candidates: [
            { token: 'a', logProbability: -0.1 },
            { token: 'b', logProbability: -2 },
          ],
        },
      ],
    };
    const events = decode({ candidates: [{ logprobsResult, finishReason: 'STOP' }] });
    expect(events[0]).toEqual({
      type: 'logprobs',
      tokens: [
        {
          token: 'a',
          logprob: -0.1,
          top: [
            { token: 'a', logprob: -0.1 },
            { token: 'b', logprob: -2 },
          ],
        },
      ],
    });
  });

  test('usage is counted whole: tools read, thoughts and sounds among it; the last one stands', () => {
    const raw = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 7,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 8 },
        { modality: 'AUDIO', tokenCount: 2 },
      ],
    };
    const events = decode(
      { usageMetadata: { promptTokenCount: 10 }, candidates: [{ finishReason: 'STOP' }] },
      { usageMetadata: raw },
    );
    expect(events.findLast(({ type }) => type === 'usage')).toEqual({
      type: 'usage',
      raw,
      usage: {
        inputTokens: 15,
        cachedInputTokens: 4,
        cacheWriteTokens: null,
        outputTokens: 10,
        reasoningTokens: 7,
        audioInputTokens: 2,
        audioOutputTokens: null,
      },
    });
  });

  test('several answers are told apart', () => {
    const events = decode(
      {
        candidates: [
          { index: 0, content: { parts: [{ text: 'a' }] } },
          { index: 1, content: { parts: [{ text: 'b' }] } },
        ],
      },
      { candidates: [{ index: 1, finishReason: 'MAX_TOKENS' }, { finishReason: 'STOP' }] },
    );
    expect(events).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', choice: 1 },
      { type: 'finish', reason: 'stop' },
      { type: 'finish', reason: 'length', choice: 1 },
    ]);
  });
});

describe('the end', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['SOMETHING_NEW', 'error'],
    ['constructor', 'error'],
    ['__proto__', 'error'],
  ])('%s is %s', (finishReason, reason) => {
    expect(ended({ finishReason })).toEqual({ type: 'finish', reason });
  });

  test('an answer with calls stops for them, though Gemini says STOP', () => {
    expect(ended({ content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'STOP' })).toMatchObject({
      reason: 'tool-calls',
    });
  });

  test('a blocked prompt is filtered', () => {
    expect(decode({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } })).toEqual([
      { type: 'finish', reason: 'content-filter' },
    ]);
  });

  test('a reason in every chunk, as early models sent it, ends nothing before the connection does', () => {
    const chunk = (text: string) => ({ candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] });
    expect(decode(chunk('a'), chunk('b')).map(({ type }) => type)).toEqual(['text', 'text', 'finish']);
  });

  test('a stream without a reason to end has broken off', () => {
    expect(thrown(() => decode({ candidates: [{ content: { parts: [{ text: 'a' }] } }] })).kind).toBe('upstream-truncated');
    expect(thrown(() => decode()).kind).toBe('upstream-truncated');
    expect(thrown(() => decodeAnswer({ usageMetadata: { promptTokenCount: 1 } })).kind).toBe('upstream-truncated');
    expect(thrown(() => decodeAnswer([])).kind).toBe('upstream-truncated');
  });

  test("an error inside is thrown with the provider's words, status and code", () => {
    const error = thrown(() => decode({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }));
    expect(error).toMatchObject({
      kind: 'upstream-failed',
      message: 'The model is overloaded.',
      status: 503,
      code: 'UNAVAILABLE',
    });
    expect(thrown(() => decodeAnswer([{ error: 'broke' }]))).toMatchObject({ kind: 'upstream-failed', message: 'broke' });
  });

  test.each(['{', '5', 'null', '"x"'])('the event %s cannot be read', (data) => {
    expect(thrown(() => createStreamDecoder().push(data, null)).kind).toBe('upstream-protocol');
  });

  test("a terminator of other dialects' makes no harm", () => {
    expect(createStreamDecoder().push('[DONE]', null)).toEqual([]);
  });
});
