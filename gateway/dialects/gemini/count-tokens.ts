/** Counting a prompt's tokens, `:countTokens`: https://ai.google.dev/api/tokens#method:-models.counttokens */
import type { Dialect } from '../dialect.ts';
import { gemini } from './index.ts';
import { modelPath } from './model-path.ts';

/** A provider of this dialect counts itself; for every other an estimate stands in. */
export const geminiCountTokens: Dialect = {
  ...gemini,
  name: 'gemini-count-tokens',
  upstreamPath: (model) => modelPath(model, 'countTokens'),
  measureAnswer: () => null,
  countsFor: 'gemini',
  answerHere: (_request, { inputTokens }) => encodeTokenCount(inputTokens),
  chat: null,
};

export function encodeTokenCount(totalTokens: number) {
  return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
}
