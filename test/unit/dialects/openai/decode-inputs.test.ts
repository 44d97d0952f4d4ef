/** What is read from legacy completion and embeddings requests. */
import { describe, expect, test } from 'vitest';
import { decodeCompletionRequest } from '../../../../gateway/dialects/openai/completions/decode-request.ts';
import { decodeEmbeddingsRequest } from '../../../../gateway/dialects/openai/embeddings/decode-request.ts';

describe('a completion request', () => {
  test.each([
    [undefined, ['']],
    ['a', ['a']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[1, 2], [[1, 2]]],
    [
      [[1, 2], [3]],
      [[1, 2], [3]],
    ],
  ])('reads the prompt %j', (prompt, prompts) => {
    expect(decodeCompletionRequest({ model: 'm', prompt }).prompts).toEqual(prompts);
  });

  test('reads the gap to fill and lets no output be asked for', () => {
    const request = decodeCompletionRequest({ model: 'm', prompt: 'a', suffix: 'z', max_tokens: 0, stream: true });
    expect(request).toMatchObject({ suffix: 'z', maxOutputTokens: 0, stream: true, streamUsage: false });
  });

  test.each([
    ['prompt.1', { prompt: ['a', 7] }],
    ['prompt', { prompt: {} }],
    ['prompt', { prompt: [] }],
    ['suffix', { suffix: 7 }],
    ['max_tokens', { max_tokens: -1 }],
  ])('refuses %s of %j', (field, fields) => {
    expect(() => decodeCompletionRequest({ model: 'm', ...fields })).toThrow(
      expect.objectContaining({ kind: 'bad-request', field }),
    );
  });
});

describe('an embeddings request', () => {
  test('gives floats in the size of the model where nothing else is asked', () => {
    expect(decodeEmbeddingsRequest({ model: 'm', input: 'a' })).toEqual({
      model: 'm',
      inputs: ['a'],
      encoding: 'float',
      dimensions: null,
    });
  });

  test('reads token lists, base64 and dimensions', () => {
    const body = { model: 'm', input: [[1], [2, 3]], encoding_format: 'base64', dimensions: 8 };
    expect(decodeEmbeddingsRequest(body)).toEqual({ model: 'm', inputs: [[1], [2, 3]], encoding: 'base64', dimensions: 8 });
  });

  test.each([
    ['input', {}],
    ['input', { input: '' }],
    ['input.1', { input: ['a', ''] }],
    ['input', { input: Array.from({ length: 2049 }, () => 'a') }],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['dimensions', { input: 'a', dimensions: 0 }],
  ])('refuses a bad %s', (field, fields) => {
    expect(() => decodeEmbeddingsRequest({ model: 'm', ...fields })).toThrow(
      expect.objectContaining({ kind: 'bad-request', field }),
    );
  });
});
