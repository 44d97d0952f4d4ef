/** OpenAI's `POST /chat/completions`, between its JSON and the inner language. */
import type { ChatCodec } from '../../codec.ts';
import { chatAbilities } from './abilities.ts';
import { createChatStreamDecoder, decodeChatAnswer } from './decode-answer.ts';
import { decodeChatRequest } from './decode-request.ts';
import { encodeChatAnswer } from './encode-answer.ts';
import { encodeChatRequest } from './encode-request.ts';
import { createChatStreamEncoder } from './stream-encoder.ts';

export const chatCodec: ChatCodec = {
  abilities: chatAbilities,
  decodeRequest: decodeChatRequest,
  createStreamEncoder: createChatStreamEncoder,
  encodeAnswer: encodeChatAnswer,
  encodeRequest: encodeChatRequest,
  createStreamDecoder: createChatStreamDecoder,
  decodeAnswer: decodeChatAnswer,
};
