/** Embeddings answers as OpenAI writes them. */
import { describe, expect, test } from 'vitest';
import { unknownUsage } from '../../../../../gateway/chat/usage.ts';
import { encodeEmbeddingsAnswer } from '../../../../../gateway/dialects/openai/embeddings/encode-answer.ts';

describe('an embeddings answer', () => {
  test('gives base64 as 32-bit little-endian floats', () => {
    const answer = { model: 'm', vectors: [[1, -0.5]], usage: { ...unknownUsage, inputTokens: 4 }, rawUsage: null };
    expect(encodeEmbeddingsAnswer(answer, { encoding: 'base64' }).data[0]?.embedding).toBe('AACAPwAAAL8=');
    expect(encodeEmbeddingsAnswer(answer, { encoding: 'float' })).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [1, -0.5] }],
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  });
});
