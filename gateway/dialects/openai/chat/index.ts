/** OpenAI's `POST /chat/completions`, between its JSON and the inner language. */
import type { ChatCodec } from '../../codec.ts';
import { chatAbilities } from './abilities.ts';
import { createChatStreamDecoder, decodeChatAnswer } from './answer/decode-answer.ts';
import { decodeChatRequest } from './request/decode-request.ts';
import { encodeChatAnswer } from './answer/encode-answer.ts';
import { encodeChatRequest } from './request/encode-request.ts';
import { createChatStreamEncoder } from './answer/stream-encoder.ts';

export const chatCodec: ChatCodec = {
  abilities: chatAbilities,
  decodeRequest: decodeChatRequest,
  createStreamEncoder: createChatStreamEncoder,
  encodeAnswer: encodeChatAnswer,
  encodeRequest: encodeChatRequest,
  createStreamDecoder: createChatStreamDecoder,
  decodeAnswer: decodeChatAnswer,
};
