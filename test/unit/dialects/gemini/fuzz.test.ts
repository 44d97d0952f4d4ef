/** Broken and hostile input never crashes the codec: it is understood, or refused with words. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { batchEmbeddings } from '../../../../gateway/dialects/gemini/embeddings.ts';
import { encodeRequest } from '../../../../gateway/dialects/gemini/request/encode-request.ts';
import { createStreamDecoder } from '../../../../gateway/dialects/gemini/answer/stream-decoder.ts';
import { createStreamEncoder } from '../../../../gateway/dialects/gemini/answer/stream-encoder.ts';
import { createGeminiStreamReader } from '../../../../gateway/dialects/gemini/passthrough/stream-reader.ts';
import { answerOptions, place } from './wire-samples.ts';

const runs = process.env['GATEHOUSE_TEST_SIZE'] === 'full' ? 3000 : 300;

interface Mutation {
  readonly at: number;
  readonly value: unknown;
}

const junk = fc.oneof(
  fc.constantFrom(
    null,
    -1,
    0.5,
    1e300,
    '',
    '\uD800',
    true,
    [],
    {},
    [null],
    [[]],
    { parts: 5 },
    { name: 7 },
    '__proto__',
    '$.a[5]',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutations = fc.array(fc.record({ at: fc.nat(10_000), value: junk }), { minLength: 1, maxLength: 4 });

/** Puts each value in the place of some part of the sample, counted through. */
function mutate(sample: unknown, list: readonly Mutation[]): unknown {
  let value: unknown = structuredClone(sample);
  for (const { at, value: replacement } of list) {
    let left = at % countParts(value);
    const visit = (each: unknown): unknown => {
      left -= 1;
      if (left === -1) return replacement;
      if (Array.isArray(each)) return each.map(visit);
      if (typeof each !== 'object' || each === null) return each;
      return Object.fromEntries(Object.entries(each).map(([key, one]) => [key, visit(one)]));
    };
    value = visit(value);
  }
  return value;
}

function countParts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + countParts(each), 1);
}

/** @returns null when the input was refused as it must be */
function attempt<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return null;
  }
}

const usageMetadata = {
  promptTokenCount: 10,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 2,
  totalTokenCount: 15,
  promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }],
};
const chunk = (...parts: object[]) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0 }],
  usageMetadata,
  modelVersion: 'm',
  responseId: 'r',
});
const stream = [
  chunk({ text: 'hm', thought: true, thoughtSignature: 'QQ==' }, { text: 'so', thoughtSignature: 'QQ==' }),
  chunk(
    { functionCall: { id: 'a', name: 'f', args: { a: [1, { b: null }] } }, thoughtSignature: 'QQ==' },
    { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
  ),
  chunk({ functionCall: { name: 'g', willContinue: true } }),
  chunk({ functionCall: { partialArgs: [{ jsonPath: '$.a.b[0]', stringValue: 'x', willContinue: true }], willContinue: true } }),
  chunk({ functionCall: { partialArgs: [{ jsonPath: '$.a.b[1].c', numberValue: 1 }] } }, { executableCode: { code: '1' } }),
  {
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'u', title: 't' } }],
          groundingSupports: [{ segment: { startIndex: 0, endIndex: 2, text: 'so' }, groundingChunkIndices: [0] }],
        },
        citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 1, uri: 'u' }] },
        logprobsResult: {
          chosenCandidates: [{ token: 'a', logProbability: -1 }],
          topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
        },
      },
    ],
    promptFeedback: { blockReason: 'BLOCKED_REASON_UNSPECIFIED' },
    usageMetadata,
  },
];

test('mutated streams are read, or refused, and what was read can be written', () => {
  fc.assert(
    fc.property(mutations, (list) => {
      const decoder = createStreamDecoder();
      const reader = createGeminiStreamReader();
      const encoder = createStreamEncoder(answerOptions());
      const mutated = mutate(stream, list);
      const write = (events: readonly ChatEvent[] | null): void => {
        for (const event of events ?? []) expect(typeof encoder.push(event)).toBe('string');
      };
      for (const each of Array.isArray(mutated) ? mutated : [mutated]) {
        const data = JSON.stringify(each);
        expect(['pass', 'error']).toContain(reader.read(data, null));
        write(attempt(() => decoder.push(data, null)));
      }
      write(attempt(() => decoder.end()));
      attempt(() => encoder.end());
    }),
    { numRuns: runs },
  );
});

const request = {
  systemInstruction: { parts: [{ text: 's' }] },
  contents: [
    {
      role: 'user',
      parts: [
        { text: 'hi' },
        { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        { fileData: { fileUri: 'https://a.test/x', mimeType: 'video/mp4' } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 'hm', thought: true, thoughtSignature: Buffer.from('gatehouse.anthropic.x').toString('base64') },
        { text: 'so' },
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'QQ==' },
        { functionCall: { id: 'b', name: 'g' } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'f', response: { output: 'x' } } },
        {
          function_response: {
            id: 'b',
            name: 'g',
            response: {},
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
          },
        },
      ],
    },
  ],
  tools: [
    {
      functionDeclarations: [
        {
          name: 'f',
          description: 'd',
          parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true, enum: ['x'] } } },
        },
      ],
    },
    { googleSearch: {} },
  ],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } },
  generationConfig: {
    temperature: 1,
    stopSequences: ['x'],
    responseMimeType: 'application/json',
    responseSchema: { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }] }, minItems: '1' },
    responseLogprobs: true,
    logprobs: 2,
    thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true },
  },
};

test('mutated requests are read, or refused with the field, and what was read can be written', () => {
  fc.assert(
    fc.property(mutations, fc.constantFrom('gemini-2.5-pro', 'gemini-3-flash'), (list, model) => {
      const read = attempt(() => decodeRequest(mutate(request, list), place));
      const body = read && attempt(() => encodeRequest(read, { model, quirks: {} }, new FidelityNotes()));
      expect(body === null || JSON.stringify(body).startsWith('{')).toBe(true);
    }),
    { numRuns: runs },
  );
});

test('mutated embeddings are read, or refused', () => {
  const batch = {
    requests: [{ model: 'models/e', content: { parts: [{ text: 'a' }] }, taskType: 'X', outputDimensionality: 5 }],
  };
  const answer = { embeddings: [{ values: [1, 2] }], usageMetadata };
  fc.assert(
    fc.property(mutations, (list) => {
      const read = attempt(() => batchEmbeddings.decodeRequest(mutate(batch, list), place));
      expect(read?.inputs.every((input) => typeof input === 'string') ?? true).toBe(true);
      const vectors = attempt(() => batchEmbeddings.decodeAnswer(mutate(answer, list)))?.vectors ?? [];
      expect(vectors.flat().every((each) => typeof each === 'number')).toBe(true);
    }),
    { numRuns: runs },
  );
});
