/** What is read from embeddings requests. */
import { describe, expect, test } from 'vitest';
import { decodeEmbeddingsRequest } from '../../../../../gateway/dialects/openai/embeddings/decode-request.ts';

const decode = (fields: object) => decodeEmbeddingsRequest({ model: 'm', ...fields }, { model: null, stream: null });

describe('an embeddings request', () => {
  test('gives floats in the size of the model where nothing else is asked', () => {
    expect(decode({ input: 'a' })).toEqual({
      model: 'm',
      inputs: ['a'],
      encoding: 'float',
      dimensions: null,
      task: null,
      truncate: null,
      unread: [],
    });
  });

  test('reads token lists, base64 and dimensions', () => {
    const request = decode({ input: [[1], [2, 3]], encoding_format: 'base64', dimensions: 8, user: 'u' });
    expect(request).toMatchObject({ inputs: [[1], [2, 3]], encoding: 'base64', dimensions: 8, unread: ['user'] });
  });

  test.each([
    ['input', {}],
    ['input', { input: '' }],
    ['input.1', { input: ['a', ''] }],
    ['input', { input: Array.from({ length: 2049 }, () => 'a') }],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['dimensions', { input: 'a', dimensions: 0 }],
  ])('refuses a bad %s', (field, fields) => {
    expect(() => decode(fields)).toThrow(expect.objectContaining({ kind: 'bad-request', field }));
  });
});
