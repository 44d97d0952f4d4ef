/** What an upstream of embeddings is asked, and what is read from its answer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EmbeddingsRequest } from '../../../../../gateway/chat/embeddings.ts';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import { embeddingsCodec } from '../../../../../gateway/dialects/openai/embeddings/index.ts';

const plain: EmbeddingsRequest = {
  model: 'm',
  inputs: ['a'],
  dimensions: null,
  encoding: 'base64',
  task: null,
  truncate: null,
  unread: [],
};

function encode(fields: Partial<EmbeddingsRequest>, refusedFields: readonly string[] = []) {
  const notes = new FidelityNotes();
  const body = embeddingsCodec.encodeRequest({ ...plain, ...fields }, { model: 'up', quirks: { refusedFields } }, notes);
  return { body, dropped: notes.dropped.map(({ field }) => field) };
}

describe('an upstream', () => {
  test('is asked for numbers, with a single input alone', () => {
    expect(encode({})).toEqual({ body: { model: 'up', input: 'a', encoding_format: 'float' }, dropped: [] });
    expect(encode({ inputs: [[1, 2]] }).body).toMatchObject({ input: [1, 2] });
    expect(encode({ inputs: ['a', [3]], dimensions: 8 }).body).toMatchObject({ input: ['a', [3]], dimensions: 8 });
  });

  test('is not asked for what it has no field for, and that is said', () => {
    expect(encode({ task: 'RETRIEVAL_QUERY', truncate: true }).dropped).toEqual(['task', 'truncate']);
    expect(encode({ dimensions: 8 }, ['encoding_format', 'dimensions'])).toEqual({
      body: { model: 'up', input: 'a' },
      dropped: ['dimensions'],
    });
  });
});

describe('an answer', () => {
  test('keeps its vectors, written in either way', () => {
    const vectors = fc.array(fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(vectors, fc.constantFrom('float', 'base64'), (given, encoding) => {
        const answer = { model: 'm', vectors: given, usage: null, rawUsage: null };
        const written: unknown = embeddingsCodec.encodeAnswer(answer, { ...plain, encoding });
        expect(embeddingsCodec.decodeAnswer(written).vectors).toEqual(given);
      }),
    );
  });

  test('is put into the order of its inputs', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    const usage = { prompt_tokens: 4, total_tokens: 4 };
    expect(embeddingsCodec.decodeAnswer({ model: 'm', data, usage })).toMatchObject({
      model: 'm',
      vectors: [[1], [2]],
      usage: { inputTokens: 4 },
      rawUsage: usage,
    });
  });

  test.each([
    ['upstream-failed', { error: { message: 'Bad day.' } }],
    ['upstream-protocol', null],
    ['upstream-protocol', { data: {} }],
    ['upstream-protocol', { data: [null] }],
    ['upstream-protocol', { data: [{ embedding: [] }] }],
    ['upstream-protocol', { data: [{ embedding: ['a'] }] }],
    ['upstream-protocol', { data: [{ embedding: 'AAA=' }] }],
  ])('is told as %s: %j', (kind, body) => {
    expect(() => embeddingsCodec.decodeAnswer(body)).toThrow(expect.objectContaining({ kind }));
  });
});
