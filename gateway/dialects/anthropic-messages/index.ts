/** Anthropic's messages: `POST /v1/messages`, what Claude and many relatives of its providers speak. */
import { wrappedSealMark } from '../../chat/seal.ts';
import type { ChatCodec } from '../codec.ts';
import type { Dialect } from '../dialect.ts';
import { passthroughReader } from '../json/passthrough-request.ts';
import { abilities, dialectName } from './abilities.ts';
import { decodeAnswer } from './answer/decode-answer.ts';
import { decodeRequest } from './request/decode-request.ts';
import { encodeAnswer } from './answer/encode-answer.ts';
import { encodeError, encodeStreamError } from './encode-error.ts';
import { encodeRequest } from './request/encode-request.ts';
import { messagesWords } from './request/words.ts';
import { measureAnswer } from './passthrough/measure-answer.ts';
import { readWholeAnswer } from './passthrough/read-whole.ts';
import { createStreamDecoder } from './answer/stream-decoder.ts';
import { createStreamEncoder } from './answer/stream-encoder.ts';
import { createStreamReader } from './passthrough/stream-reader.ts';

const chat: ChatCodec = {
  abilities,
  decodeRequest,
  createStreamEncoder,
  encodeAnswer,
  encodeRequest,
  createStreamDecoder,
  decodeAnswer,
};

export const anthropicMessages: Dialect = {
  name: dialectName,
  framing: 'sse',
  // May stand anywhere in a stream, by its maker's word.
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  headers: {
    always: [['anthropic-version', '2023-06-01']],
    passed: ['anthropic-version', 'anthropic-beta'],
  },
  upstreamPath: () => '/messages',
  readRequest: passthroughReader('field', messagesWords),
  createStreamReader,
  readWhole: readWholeAnswer,
  measureAnswer,
  encodeError,
  encodeStreamError,
  // Seals and citations of other makers, and thoughts that nobody sealed: Anthropic refuses them.
  translationMarks: [`"${wrappedSealMark}`, '"signature":""', '"signature": ""'],
  chat,
  embeddings: null,
};
