/** Reads the answers of `POST /chat/completions`, streamed and whole, OpenAI's and its relatives'. */
import type { ChatEvent } from '../../../../chat/event.ts';
import type { StreamDecoder } from '../../../codec.ts';
import { createChunkDecoder, decodeWholeAnswer } from '../../chunk-decoder.ts';
import { createChatChoiceDecoder } from './choice-decoder.ts';

export function createChatStreamDecoder(): StreamDecoder {
  return createChunkDecoder(createChatChoiceDecoder);
}

/** @throws GatewayError `upstream-failed` for an error in a good answer's place, `upstream-protocol` when it is no answer */
export function decodeChatAnswer(body: unknown): readonly ChatEvent[] {
  return decodeWholeAnswer(body, createChatChoiceDecoder);
}
