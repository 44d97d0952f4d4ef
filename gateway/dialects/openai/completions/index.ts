/** OpenAI's legacy `POST /completions`, between its JSON and the inner language. */
import type { ChatCodec } from '../../codec.ts';
import { completionAbilities } from './abilities.ts';
import { createCompletionStreamDecoder, decodeCompletionAnswer } from './decode-answer.ts';
import { decodeCompletionRequest } from './decode-request.ts';
import { createCompletionStreamEncoder, encodeCompletionAnswer } from './encode-answer.ts';
import { encodeCompletionRequest } from './encode-request.ts';

export const completionCodec: ChatCodec = {
  abilities: completionAbilities,
  decodeRequest: decodeCompletionRequest,
  createStreamEncoder: createCompletionStreamEncoder,
  encodeAnswer: encodeCompletionAnswer,
  encodeRequest: encodeCompletionRequest,
  createStreamDecoder: createCompletionStreamDecoder,
  decodeAnswer: decodeCompletionAnswer,
};
