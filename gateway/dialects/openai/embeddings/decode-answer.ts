/** Reads the answer of `POST /embeddings`. */
import type { EmbeddingsAnswer } from '../../../chat/embeddings.ts';
import { GatewayError } from '../../../chat/error.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { describeError } from '../stream-reader.ts';
import { decodeUsage } from '../usage.ts';

/** @throws GatewayError `upstream-failed` for an error in a good answer's place, `upstream-protocol` when it is no answer */
export function decodeEmbeddingsAnswer(body: unknown): EmbeddingsAnswer {
  if (!isFields(body)) throw broken('is no JSON object');
  if (body.error) throw new GatewayError('upstream-failed', describeError(body.error));
  if (!Array.isArray(body.data)) throw broken('holds no list of vectors');
  const entries = body.data
    .map((entry: unknown, position) => readEntry(entry, position))
    .sort((one, other) => one.index - other.index);
  return {
    model: typeof body.model === 'string' ? body.model : '',
    vectors: entries.map(({ vector }) => vector),
    usage: decodeUsage(body.usage),
    rawUsage: body.usage ?? null,
  };
}

interface Entry {
  readonly index: number;
  readonly vector: readonly number[];
}

function readEntry(entry: unknown, position: number): Entry {
  const { index, embedding }: Fields = isFields(entry) ? entry : {};
  return { index: typeof index === 'number' ? index : position, vector: readVector(embedding) };
}

function readVector(embedding: unknown): readonly number[] {
  if (typeof embedding === 'string') return decodeFloats(embedding);
  if (Array.isArray(embedding) && embedding.length > 0 && embedding.every((each) => typeof each === 'number')) return embedding;
  throw broken('holds something that is no vector');
}

/** Base64 of 32-bit little-endian floats. */
function decodeFloats(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw broken('holds something that is no vector');
  return Array.from({ length: bytes.length / 4 }, (_number, index) => bytes.readFloatLE(index * 4));
}

function broken(problem: string): GatewayError {
  return new GatewayError('upstream-protocol', `the provider's answer ${problem}`);
}
