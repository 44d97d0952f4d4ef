/** Knowledge of tokens for tests of what stands around it: four bytes are one, nothing is learned, nobody counts. */
import type { TokenKnowledge } from '../../gateway/exchange/token-knowledge.ts';
import { estimateInputTokens } from '../../gateway/money/estimate-tokens.ts';

export const plainTokens: TokenKnowledge = {
  estimateInput: (size, target) => estimateInputTokens(size, target),
  estimateOutput: () => null,
  count: () => Promise.resolve(null),
  boundInput: () => Promise.resolve(null),
  learn: () => undefined,
};
