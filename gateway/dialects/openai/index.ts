/** OpenAI's endpoint families that answer to `/v1/chat/completions`, `/v1/completions` and `/v1/embeddings`. */
import type { Dialect } from '../dialect.ts';
import { passthroughReader } from '../json/passthrough-request.ts';
import { chatCodec } from './chat/index.ts';
import { chatWords } from './chat/request/words.ts';
import { completionCodec } from './completions/index.ts';
import { completionWords } from './completions/words.ts';
import { embeddingsCodec } from './embeddings/index.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { measureAnswer } from './measure-answer.ts';
import { readWholeAnswer } from './read-whole.ts';
import { createOpenAiStreamReader } from './stream-reader.ts';

/** A comment: every client that was tried skips it. */
const comment = ':\n\n';

const ground = {
  framing: 'sse',
  headers: { always: [], passed: ['openai-beta'] },
  createStreamReader: createOpenAiStreamReader,
  readWhole: readWholeAnswer,
  measureAnswer,
  encodeError,
  encodeStreamError,
} as const;

export const openAiChat: Dialect = {
  ...ground,
  name: 'openai-chat',
  keepAlive: comment,
  upstreamPath: () => '/chat/completions',
  readRequest: passthroughReader('field-and-options', chatWords),
  chat: chatCodec,
  embeddings: null,
};

export const openAiCompletions: Dialect = {
  ...ground,
  name: 'openai-completions',
  keepAlive: comment,
  upstreamPath: () => '/completions',
  mayFillGap: true,
  readRequest: passthroughReader('field-and-options', completionWords),
  chat: completionCodec,
  embeddings: null,
};

export const openAiEmbeddings: Dialect = {
  ...ground,
  name: 'openai-embeddings',
  upstreamPath: () => '/embeddings',
  readRequest: passthroughReader('never'),
  // A vector is no text: nobody counts tokens of it.
  measureAnswer: () => null,
  chat: null,
  embeddings: embeddingsCodec,
};
