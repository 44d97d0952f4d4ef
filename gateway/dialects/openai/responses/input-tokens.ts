/** Counting the tokens of a request: `POST /v1/responses/input_tokens`. */
import type { Dialect } from '../../dialect.ts';
import { openAiResponses } from './index.ts';

/** A provider of this dialect counts itself; for every other an estimate stands in. */
export const openAiInputTokens: Dialect = {
  ...openAiResponses,
  name: 'openai-input-tokens',
  upstreamPath: () => '/responses/input_tokens',
  readRequest: (pieces) => openAiResponses.readRequest(pieces, { model: null, stream: false }),
  measureAnswer: () => null,
  countsFor: 'openai-responses',
  answerHere: (_request, { inputTokens }) => encodeInputTokens(inputTokens),
  chat: null,
};

export function encodeInputTokens(inputTokens: number) {
  return { object: 'response.input_tokens', input_tokens: inputTokens };
}
