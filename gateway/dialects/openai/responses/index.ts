/** OpenAI's Responses format: `POST /v1/responses`. */
import { wrappedSealMark } from '../../../chat/seal.ts';
import type { Dialect } from '../../dialect.ts';
import { passthroughReader } from '../../json/passthrough-request.ts';
import { encodeError } from '../encode-error.ts';
import { responsesAbilities } from './abilities.ts';
import { decodeAnswer } from './answer/decode-answer.ts';
import { decodeRequest } from './request/decode-request.ts';
import { dialectName } from './dialect-name.ts';
import { createStreamEncoder, encodeAnswer } from './answer/encode-answer.ts';
import { encodeStreamError } from './encode-error.ts';
import { encodeRequest } from './request/encode-request.ts';
import { responsesWords } from './request/words.ts';
import { measureAnswer, readWhole } from './passthrough/read-whole.ts';
import { createStreamDecoder } from './answer/stream-decoder.ts';
import { createStreamReader } from './passthrough/stream-reader.ts';

/**
 * `openai-beta` switches previews on. Codex keeps its prompt cache together by its session (`session-id`, formerly
 * `session_id`), and says by the last header that its tools stand among the input; without it OpenAI reads that request
 * otherwise. Who the program is (`originator`, `version`) changes no answer and stays here.
 */
const passedHeaders = ['openai-beta', 'session-id', 'session_id', 'x-openai-internal-codex-responses-lite'];

/** Bytes pass through beside a listener; whatever comes from or goes to another format is read and written by its codec. */
export const openAiResponses: Dialect = {
  name: dialectName,
  framing: 'sse',
  keepAlive: ':\n\n',
  headers: { always: [], passed: passedHeaders },
  upstreamPath: () => '/responses',
  readRequest: passthroughReader('field', responsesWords),
  createStreamReader,
  readWhole,
  measureAnswer,
  encodeError,
  encodeStreamError,
  // A wrapped seal as the value of a field; it is never in the middle of a text.
  translationMarks: [`"${wrappedSealMark}`],
  chat: {
    abilities: responsesAbilities,
    decodeRequest,
    createStreamEncoder,
    encodeAnswer,
    encodeRequest,
    createStreamDecoder,
    decodeAnswer,
  },
  embeddings: null,
};
