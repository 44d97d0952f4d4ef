/** Google's Gemini API: its endpoints for content and for embeddings. Model and streaming stand in the path. */
import { wrappedSealMark } from '../../chat/seal.ts';
import type { ChatCodec } from '../codec.ts';
import type { Dialect } from '../dialect.ts';
import { abilities } from './abilities.ts';
import { decodeRequest } from './decode-request.ts';
import { batchEmbeddings, embeddings } from './embeddings.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { encodeRequest } from './encode-request.ts';
import { measureAnswer } from './measure-answer.ts';
import { readContentRequest, readEmbeddingsRequest } from './read-request.ts';
import { readWholeAnswer } from './read-whole.ts';
import { wrappedSignatureMark } from './signature.ts';
import { createStreamDecoder, decodeAnswer } from './stream-decoder.ts';
import { createStreamEncoder } from './stream-encoder.ts';
import { createGeminiStreamReader } from './stream-reader.ts';

const geminiCodec: ChatCodec = {
  abilities,
  decodeRequest,
  createStreamEncoder,
  encodeAnswer,
  encodeRequest,
  createStreamDecoder,
  decodeAnswer,
};

/** Joined to a base path that ends in the version, `/v1beta`. Tuned models have a collection of their own. */
export function modelPath(model: string, verb: string): string {
  const [, collection = 'models', name = model] = /^(models|tunedModels)\/(.*)$/s.exec(model) ?? [];
  return `/${collection}/${encodeURIComponent(name.toWellFormed())}:${verb}`;
}

const common = {
  framing: 'sse',
  headers: { always: [], passed: [] },
  createStreamReader: createGeminiStreamReader,
  readWhole: readWholeAnswer,
  encodeError,
  encodeStreamError,
} as const;

export const gemini: Dialect = {
  ...common,
  name: 'gemini',
  readRequest: readContentRequest,
  upstreamPath: (model, stream) => modelPath(model, stream ? 'streamGenerateContent?alt=sse' : 'generateContent'),
  measureAnswer,
  // A wrapped seal as the value of a field, in base64 or as it is; it is never in the middle of a text.
  translationMarks: [`"${wrappedSealMark}`, `"${wrappedSignatureMark}`],
  chat: geminiCodec,
  embeddings: null,
};

export const geminiEmbeddings: Dialect = {
  ...common,
  name: 'gemini-embeddings',
  readRequest: readEmbeddingsRequest,
  upstreamPath: (model) => modelPath(model, 'embedContent'),
  // A vector is no text: nobody counts tokens of it.
  measureAnswer: () => null,
  chat: null,
  embeddings,
};

export const geminiBatchEmbeddings: Dialect = {
  ...common,
  name: 'gemini-batch-embeddings',
  readRequest: readEmbeddingsRequest,
  upstreamPath: (model) => modelPath(model, 'batchEmbedContents'),
  measureAnswer: () => null,
  chat: null,
  embeddings: batchEmbeddings,
};
