/** Counting the tokens of a request: `POST /v1/messages/count_tokens`. */
import type { Dialect } from '../dialect.ts';
import { anthropicMessages } from './index.ts';

/** A provider of this dialect counts itself; for every other an estimate stands in. */
export const anthropicCountTokens: Dialect = {
  ...anthropicMessages,
  name: 'anthropic-count-tokens',
  upstreamPath: () => '/messages/count_tokens',
  readRequest: (pieces) => anthropicMessages.readRequest(pieces, { model: null, stream: false }),
  measureAnswer: () => null,
  countsFor: 'anthropic-messages',
  answerHere: (_request, { inputTokens }) => encodeTokenCount(inputTokens),
  chat: null,
};

export function encodeTokenCount(inputTokens: number) {
  return { input_tokens: inputTokens };
}
