/**
 * Tokens in one convention, whatever the provider's own: input includes what was read from and written to its cache and what
 * was heard, output includes reasoning and what was spoken. Null is unknown, never 0.
 */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  /** Written to the provider's cache, of the input. */
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Of the input. */
  readonly audioInputTokens: number | null;
  /** Of the output. */
  readonly audioOutputTokens: number | null;
}

export const unknownUsage: Usage = {
  inputTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  audioInputTokens: null,
  audioOutputTokens: null,
};

/** The usage when at least one count in it is known, else null: an object of unknowns says nothing. */
export function knownUsage(usage: Usage): Usage | null {
  return Object.values(usage).every((count) => count === null) ? null : usage;
}

/** Counts above this are no count: no model reads or writes so much, and sums must stay exact. */
const plausibleMaximum = 1e10;

/** A token count as a provider sent it; null when it is missing or implausible (negative, fractional, text, too large). */
export function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= plausibleMaximum ? value : null;
}
