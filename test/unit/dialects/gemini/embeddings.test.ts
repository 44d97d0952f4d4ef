/** Embeddings and counts in Gemini's words, asked and answered. */
import { describe, expect, test } from 'vitest';
import type { EmbeddingsRequest } from '../../../../gateway/chat/embeddings.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { batchEmbeddings, embeddings } from '../../../../gateway/dialects/gemini/embeddings.ts';
import { encodeGeminiModels } from '../../../../gateway/dialects/gemini/encode-model-list.ts';
import { encodeTokenCount } from '../../../../gateway/dialects/gemini/count-tokens.ts';
import { listed, unknownAbilities } from '../listed-models.ts';

const place = { model: 'models/e', stream: null };
const content = (...texts: string[]) => ({ parts: texts.map((text) => ({ text })) });
const request: EmbeddingsRequest = {
  model: 'e',
  inputs: ['ab'],
  dimensions: 256,
  encoding: 'float',
  task: 'RETRIEVAL_QUERY',
  truncate: null,
  unread: [],
};

function caught(act: () => unknown): Pick<GatewayError, 'kind' | 'field'> {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return { kind: error.kind, field: error.field };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a request for embeddings', () => {
  test('is read in every form, and what has no word is named', () => {
    const body = { content: content('a', 'b'), task_type: 'RETRIEVAL_QUERY', outputDimensionality: 256 };
    expect(embeddings.decodeRequest(body, place)).toEqual(request);
    const config = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256, autoTruncate: true, documentOcr: true };
    expect(embeddings.decodeRequest({ content: content('ab'), title: 't', embedContentConfig: config }, place)).toEqual({
      ...request,
      truncate: true,
      unread: ['title', 'embedContentConfig.documentOcr'],
    });
  });

  test('of a batch keeps the order of its texts', () => {
    const one = (text: string) => ({
      model: 'models/e',
      content: content(text),
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 256,
    });
    expect(batchEmbeddings.decodeRequest({ requests: [one('a'), one('b')] }, place)).toEqual({ ...request, inputs: ['a', 'b'] });
  });

  test.each([
    [{}, 'bad-request', 'content'],
    [{ content: { parts: [] } }, 'bad-request', 'content.parts'],
    [{ content: { parts: [{ inlineData: {} }] } }, 'untranslatable', 'content.parts.0'],
    [{ content: content('a'), outputDimensionality: 0 }, 'bad-request', 'outputDimensionality'],
  ])('%j is refused by name', (body, kind, field) => {
    expect(caught(() => embeddings.decodeRequest(body, place))).toEqual({ kind, field });
  });

  test.each([
    [[], 'bad-request', 'requests'],
    [[{ content: content('a') }, { content: {} }], 'bad-request', 'requests.1.content.parts'],
    [[{ content: content('a') }, { content: content('b'), taskType: 'X' }], 'untranslatable', 'requests.1.taskType'],
  ])('the batch %j is refused by name', (requests, kind, field) => {
    expect(caught(() => batchEmbeddings.decodeRequest({ requests }, place))).toEqual({ kind, field });
  });

  test('is written for one text or for a batch, and what Gemini lacks is told', () => {
    const notes = new FidelityNotes();
    const written = { model: 'models/up', content: content('ab'), taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 };
    const target = { model: 'up', quirks: {} };
    expect(embeddings.encodeRequest(request, target, notes)).toEqual(written);
    expect(batchEmbeddings.encodeRequest({ ...request, truncate: true }, target, notes)).toEqual({ requests: [written] });
    expect(notes.dropped.map(({ field }) => field)).toEqual(['truncate']);
    expect(caught(() => embeddings.encodeRequest({ ...request, inputs: ['a', 'b'] }, target, notes))).toEqual({
      kind: 'untranslatable',
      field: 'input',
    });
    expect(caught(() => batchEmbeddings.encodeRequest({ ...request, inputs: ['a', [1]] }, target, notes))).toEqual({
      kind: 'untranslatable',
      field: 'input.1',
    });
  });
});

describe('an answer with embeddings', () => {
  const answer = { model: 'e', vectors: [[0.5, -1], [2]], usage: null, rawUsage: null };

  test('has one vector or several', () => {
    expect(embeddings.encodeAnswer(answer, request)).toEqual({ embedding: { values: [0.5, -1] } });
    expect(batchEmbeddings.encodeAnswer(answer, request)).toEqual({ embeddings: [{ values: [0.5, -1] }, { values: [2] }] });
  });

  test('is read with its usage, where there is one', () => {
    expect(batchEmbeddings.decodeAnswer({ embeddings: [{ values: [1] }, { values: [2] }] }).vectors).toEqual([[1], [2]]);
    const usageMetadata = { promptTokenCount: 4 };
    expect(embeddings.decodeAnswer({ embedding: { values: [1] }, usageMetadata })).toMatchObject({
      usage: { inputTokens: 4 },
      rawUsage: usageMetadata,
    });
  });

  test.each([null, {}, { embedding: {} }, { embeddings: [{ values: ['a'] }] }])('%j is none', (body) => {
    expect(caught(() => embeddings.decodeAnswer(body)).kind).toBe('upstream-protocol');
  });

  test('that is an error says so', () => {
    expect(caught(() => embeddings.decodeAnswer({ error: { message: 'no' } })).kind).toBe('upstream-failed');
  });
});

test('a count is answered as Gemini does', () => {
  expect(encodeTokenCount(12)).toEqual({ totalTokens: 12, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 12 }] });
});

test('a list of models says what each is asked for, and no limit that nobody knows', () => {
  const models = [
    listed('m', { displayName: 'M', contextLength: 10, maximumOutputTokens: 5 }),
    listed('e', { abilities: { ...unknownAbilities, embeddings: true } }),
  ];
  expect(encodeGeminiModels(models)).toEqual({
    models: [
      {
        name: 'models/m',
        version: '1',
        displayName: 'M',
        description: 'M',
        inputTokenLimit: 10,
        outputTokenLimit: 5,
        supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
      },
      {
        name: 'models/e',
        version: '1',
        displayName: 'e',
        description: 'e',
        supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
      },
    ],
  });
});
