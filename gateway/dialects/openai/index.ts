/** OpenAI's endpoint families that answer to `/v1/chat/completions`, `/v1/completions` and `/v1/embeddings`. */
import type { Dialect } from '../dialect.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { measureAnswer } from './measure-answer.ts';
import { readOpenAiRequest } from '../json/passthrough-request.ts';
import { readWholeAnswer } from './read-whole.ts';
import { createOpenAiStreamReader } from './stream-reader.ts';

const common = {
  createStreamReader: createOpenAiStreamReader,
  readWhole: readWholeAnswer,
  measureAnswer,
  encodeError,
  encodeStreamError,
} as const;

export const openAiChat: Dialect = {
  ...common,
  name: 'openai-chat',
  upstreamPath: '/chat/completions',
  readRequest: (pieces) => readOpenAiRequest(pieces, true),
};

export const openAiCompletions: Dialect = {
  ...common,
  name: 'openai-completions',
  upstreamPath: '/completions',
  readRequest: (pieces) => readOpenAiRequest(pieces, true),
};

export const openAiEmbeddings: Dialect = {
  ...common,
  name: 'openai-embeddings',
  upstreamPath: '/embeddings',
  readRequest: (pieces) => readOpenAiRequest(pieces, false),
  // A vector is no text: nobody counts tokens of it.
  measureAnswer: () => null,
};
