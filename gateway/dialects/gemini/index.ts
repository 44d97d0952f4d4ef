/** Google's Gemini API: its endpoints for content and for embeddings. Model and streaming stand in the path. */
import { wrappedSealMark } from '../../chat/seal.ts';
import type { ChatCodec } from '../codec.ts';
import type { Dialect } from '../dialect.ts';
import { abilities } from './abilities.ts';
import { decodeRequest } from './request/decode-request.ts';
import { batchEmbeddings, embeddings } from './embeddings.ts';
import { encodeAnswer } from './answer/encode-answer.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { encodeRequest } from './request/encode-request.ts';
import { measureAnswer } from './passthrough/measure-answer.ts';
import { modelPath } from './model-path.ts';
import { readContentRequest, readEmbeddingsRequest } from './passthrough/read-request.ts';
import { readWholeAnswer } from './passthrough/read-whole.ts';
import { wrappedSignatureMark } from './signature.ts';
import { createStreamDecoder, decodeAnswer } from './answer/stream-decoder.ts';
import { createStreamEncoder } from './answer/stream-encoder.ts';
import { createGeminiStreamReader } from './passthrough/stream-reader.ts';

const geminiCodec: ChatCodec = {
  abilities,
  decodeRequest,
  createStreamEncoder,
  encodeAnswer,
  encodeRequest,
  createStreamDecoder,
  decodeAnswer,
};

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
  // Its clients cut events by a pattern that a comment does not fit.
  signOfLife: '',
  // A wrapped seal as the value of a field; it is never in the middle of a text.
  translationMarks: [`"${wrappedSignatureMark}`, `"${wrappedSealMark}`],
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
