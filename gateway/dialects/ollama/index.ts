/** Ollama's endpoints for chats, prompts and vectors, in both directions. Streams are lines of JSON (`application/x-ndjson`). */
import type { ChatCodec } from '../codec.ts';
import type { Dialect, PassthroughRequest } from '../dialect.ts';
import { passthroughReader } from '../json/passthrough-request.ts';
import { chatAbilities, generateAbilities } from './abilities.ts';
import { chatShape, generateShape } from './answer/answer-shape.ts';
import { decodeGenerateRequest } from './request/decode-generate-request.ts';
import { decodeChatRequest } from './request/decode-request.ts';
import { embeddingsCodec } from './embeddings-codec.ts';
import { encodeAnswer } from './answer/encode-answer.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { encodeGenerateRequest } from './request/encode-generate-request.ts';
import { encodeChatRequest } from './request/encode-request.ts';
import { encodeLoaded, encodeLoadedChat, isLoadRequest, isUnloadRequest } from './request/load-request.ts';
import { legacyEmbeddingsCodec } from './legacy-embeddings-codec.ts';
import { measureAnswer } from './passthrough/measure-answer.ts';
import { readWholeAnswer } from './passthrough/read-whole.ts';
import { createStreamDecoder, decodeAnswer } from './answer/stream-decoder.ts';
import { createStreamEncoder } from './answer/stream-encoder.ts';
import { createStreamReader } from './passthrough/stream-reader.ts';
import { chatWords, generateWords } from './request/words.ts';

const chatCodec: ChatCodec = {
  abilities: chatAbilities,
  decodeRequest: decodeChatRequest,
  createStreamEncoder: (options) => createStreamEncoder(chatShape, options),
  encodeAnswer: (events, options) => encodeAnswer(chatShape, events, options),
  encodeRequest: encodeChatRequest,
  createStreamDecoder,
  decodeAnswer,
};

const generateCodec: ChatCodec = {
  abilities: generateAbilities,
  decodeRequest: decodeGenerateRequest,
  createStreamEncoder: (options) => createStreamEncoder(generateShape, options),
  encodeAnswer: (events, options) => encodeAnswer(generateShape, events, options),
  encodeRequest: encodeGenerateRequest,
  createStreamDecoder,
  decodeAnswer,
};

/** A model is loaded in no sense of ours: what asks for that alone is answered at once. A long body asks for more. */
const longestLoadRequest = 4_096;

function loadAnswer(request: PassthroughRequest, nowMs: number, encode: typeof encodeLoaded | typeof encodeLoadedChat): unknown {
  if (request.measure().textBytes > longestLoadRequest) return null;
  const body = request.parse();
  if (!isLoadRequest(body)) return null;
  return encode(request.head.model, Math.floor(nowMs / 1_000), isUnloadRequest(body) ? 'unload' : 'load');
}

const common = {
  framing: 'ndjson',
  headers: { always: [], passed: [] },
  createStreamReader,
  readWhole: readWholeAnswer,
  encodeError,
  encodeStreamError,
} as const;

export const ollama: Dialect = {
  ...common,
  name: 'ollama',
  upstreamPath: () => '/api/chat',
  answerHere: (request, { nowMs }) => loadAnswer(request, nowMs, encodeLoadedChat),
  readRequest: passthroughReader('field-unless-false', chatWords),
  measureAnswer,
  chat: chatCodec,
  embeddings: null,
};

export const ollamaGenerate: Dialect = {
  ...common,
  name: 'ollama-generate',
  upstreamPath: () => '/api/generate',
  answerHere: (request, { nowMs }) => loadAnswer(request, nowMs, encodeLoaded),
  mayFillGap: true,
  readRequest: passthroughReader('field-unless-false', generateWords),
  measureAnswer,
  chat: generateCodec,
  embeddings: null,
};

export const ollamaEmbeddings: Dialect = {
  ...common,
  name: 'ollama-embeddings',
  upstreamPath: () => '/api/embed',
  readRequest: passthroughReader('never'),
  // A vector is no text: nobody counts tokens of it.
  measureAnswer: () => null,
  chat: null,
  embeddings: embeddingsCodec,
};

export const ollamaLegacyEmbeddings: Dialect = {
  ...ollamaEmbeddings,
  name: 'ollama-legacy-embeddings',
  upstreamPath: () => '/api/embeddings',
  embeddings: legacyEmbeddingsCodec,
};
