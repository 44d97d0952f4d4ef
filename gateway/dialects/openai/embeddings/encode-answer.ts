/** Writes the answer of `POST /embeddings`. */
import type { EmbeddingsAnswer, EmbeddingsRequest } from '../../../chat/embeddings.ts';

/** Every reader of such answers takes counts for granted: an unknown one is 0. */
export function encodeEmbeddingsAnswer(
  { model, vectors, usage }: EmbeddingsAnswer,
  { encoding }: Pick<EmbeddingsRequest, 'encoding'>,
) {
  const inputTokens = usage?.inputTokens ?? 0;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? encodeFloats(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
  };
}

/** Base64 of 32-bit little-endian floats, whatever the machine's own byte order. */
function encodeFloats(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
