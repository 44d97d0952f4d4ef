/** OpenAI's `POST /embeddings`, between its JSON and the inner language. */
import type { EmbeddingsCodec } from '../../codec.ts';
import { decodeEmbeddingsAnswer } from './decode-answer.ts';
import { decodeEmbeddingsRequest } from './decode-request.ts';
import { encodeEmbeddingsAnswer } from './encode-answer.ts';
import { encodeEmbeddingsRequest } from './encode-request.ts';

export const embeddingsCodec: EmbeddingsCodec = {
  decodeRequest: decodeEmbeddingsRequest,
  encodeAnswer: encodeEmbeddingsAnswer,
  encodeRequest: encodeEmbeddingsRequest,
  decodeAnswer: decodeEmbeddingsAnswer,
};
