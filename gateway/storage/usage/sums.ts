/** What is summed up of requests: counts, tokens, and money in nano-dollars, held at the greatest exact integer. */
import { mostNanoUsd } from '../../contract/money/nano-usd.ts';

export interface Sums {
  readonly requests: number;
  readonly errors: number;
  readonly costNanoUsd: number;
  readonly estimatedNanoUsd: number;
  readonly unpriced: number;
  readonly copies: number;
  /** Of `costNanoUsd`. */
  readonly copiesNanoUsd: number;
  readonly copiesUnpriced: number;
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export const noSums: Sums = {
  requests: 0,
  errors: 0,
  costNanoUsd: 0,
  estimatedNanoUsd: 0,
  unpriced: 0,
  copies: 0,
  copiesNanoUsd: 0,
  copiesUnpriced: 0,
  cacheSavedNanoUsd: 0,
  localSavedNanoUsd: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

const add = (one: number, other: number): number => Math.min(one + other, mostNanoUsd);

export function addSums(one: Sums, other: Sums): Sums {
  return {
    requests: add(one.requests, other.requests),
    errors: add(one.errors, other.errors),
    costNanoUsd: add(one.costNanoUsd, other.costNanoUsd),
    estimatedNanoUsd: add(one.estimatedNanoUsd, other.estimatedNanoUsd),
    unpriced: add(one.unpriced, other.unpriced),
    copies: add(one.copies, other.copies),
    copiesNanoUsd: add(one.copiesNanoUsd, other.copiesNanoUsd),
    copiesUnpriced: add(one.copiesUnpriced, other.copiesUnpriced),
    cacheSavedNanoUsd: add(one.cacheSavedNanoUsd, other.cacheSavedNanoUsd),
    localSavedNanoUsd: add(one.localSavedNanoUsd, other.localSavedNanoUsd),
    inputTokens: add(one.inputTokens, other.inputTokens),
    cachedInputTokens: add(one.cachedInputTokens, other.cachedInputTokens),
    cacheWriteTokens: add(one.cacheWriteTokens, other.cacheWriteTokens),
    outputTokens: add(one.outputTokens, other.outputTokens),
    reasoningTokens: add(one.reasoningTokens, other.reasoningTokens),
  };
}
