/**
 * Tokens in one convention, whatever the provider's own: input includes what was read from and written to its cache,
 * output includes reasoning. Null is unknown, never 0.
 */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
}

export const unknownUsage: Usage = { inputTokens: null, cachedInputTokens: null, outputTokens: null, reasoningTokens: null };

/** Counts above this are no count: no model reads or writes so much, and sums must stay exact. */
const plausibleMaximum = 1e10;

/** A token count as a provider sent it; null when it is missing or implausible (negative, fractional, text, too large). */
export function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= plausibleMaximum ? value : null;
}
