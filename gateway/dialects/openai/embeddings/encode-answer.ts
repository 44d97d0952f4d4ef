/** Writes the answer of `POST /embeddings`. */
import type { EmbeddingEncoding } from './decode-request.ts';

export interface EmbeddingsAnswer {
  readonly model: string;
  /** One for each input, in the inputs' order. */
  readonly vectors: readonly (readonly number[])[];
  readonly encoding: EmbeddingEncoding;
  readonly inputTokens: number;
}

export function encodeEmbeddingsResponse({ model, vectors, encoding, inputTokens }: EmbeddingsAnswer) {
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
