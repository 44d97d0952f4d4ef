/** A price as sums need it: every rate filled in, for each length of context. */
import type { Price, Rates } from '../contract/money/price.ts';

/** A null rate is one that nobody knows; what is counted by calls, searches, minutes or characters costs nothing where it is left out. */
export interface FullRates {
  readonly inputPerMillionUsd: number | null;
  readonly cachedInputPerMillionUsd: number | null;
  readonly cacheWritePerMillionUsd: number | null;
  readonly cacheWriteHourPerMillionUsd: number | null;
  readonly audioInputPerMillionUsd: number | null;
  readonly cachedAudioInputPerMillionUsd: number | null;
  readonly imageInputPerMillionUsd: number | null;
  readonly cachedImageInputPerMillionUsd: number | null;
  readonly outputPerMillionUsd: number | null;
  readonly reasoningPerMillionUsd: number | null;
  readonly audioOutputPerMillionUsd: number | null;
  readonly imageOutputPerMillionUsd: number | null;
  readonly perRequestUsd: number;
  readonly perSearchUsd: number;
  readonly perAudioMinuteUsd: number;
  readonly perMillionCharactersUsd: number;
}

export interface PriceTier {
  /** It holds for requests that read more than so many tokens; -1 for the first, which holds for all. */
  readonly aboveInputTokens: number;
  readonly rates: FullRates;
}

/** Prices are objects that stay, so that each is filled in once. */
const known = new WeakMap<Price, readonly PriceTier[]>();

/** The tiers by rising length of context; what a longer one leaves out costs what it does in the first. */
export function tiersOf(price: Price): readonly PriceTier[] {
  const before = known.get(price);
  if (before) return before;
  const longer = price.longContext
    .map(({ aboveInputTokens, ...rates }) => ({ aboveInputTokens, rates: fill({ ...price.rates, ...rates }) }))
    .sort((one, other) => one.aboveInputTokens - other.aboveInputTokens);
  const tiers = [{ aboveInputTokens: -1, rates: fill(price.rates) }, ...longer];
  known.set(price, tiers);
  return tiers;
}

/** The rates for a whole request that reads so many tokens. */
export function ratesFor(price: Price, inputTokens: number): FullRates {
  const tiers = tiersOf(price);
  let place = tiers.length - 1;
  while (place > 0 && inputTokens <= (tiers[place]?.aboveInputTokens ?? 0)) place -= 1;
  return tiers[place]?.rates ?? fill(price.rates);
}

function fill(rates: Rates): FullRates {
  const input = rates.inputPerMillionUsd ?? null;
  const output = rates.outputPerMillionUsd ?? null;
  const cached = rates.cachedInputPerMillionUsd ?? input;
  const written = rates.cacheWritePerMillionUsd ?? input;
  return {
    inputPerMillionUsd: input,
    cachedInputPerMillionUsd: cached,
    cacheWritePerMillionUsd: written,
    cacheWriteHourPerMillionUsd: rates.cacheWriteHourPerMillionUsd ?? written,
    audioInputPerMillionUsd: rates.audioInputPerMillionUsd ?? input,
    // Of a kind with a rate of its own nobody knows that its cache is cheaper.
    cachedAudioInputPerMillionUsd: rates.cachedAudioInputPerMillionUsd ?? rates.audioInputPerMillionUsd ?? cached,
    imageInputPerMillionUsd: rates.imageInputPerMillionUsd ?? input,
    cachedImageInputPerMillionUsd: rates.cachedImageInputPerMillionUsd ?? rates.imageInputPerMillionUsd ?? cached,
    outputPerMillionUsd: output,
    reasoningPerMillionUsd: rates.reasoningPerMillionUsd ?? output,
    audioOutputPerMillionUsd: rates.audioOutputPerMillionUsd ?? output,
    imageOutputPerMillionUsd: rates.imageOutputPerMillionUsd ?? output,
    perRequestUsd: rates.perRequestUsd ?? 0,
    perSearchUsd: rates.perSearchUsd ?? 0,
    perAudioMinuteUsd: rates.perAudioMinuteUsd ?? 0,
    perMillionCharactersUsd: rates.perMillionCharactersUsd ?? 0,
  };
}

export const inputRates = [
  'inputPerMillionUsd',
  'cachedInputPerMillionUsd',
  'cacheWritePerMillionUsd',
  'cacheWriteHourPerMillionUsd',
  'audioInputPerMillionUsd',
  'cachedAudioInputPerMillionUsd',
  'imageInputPerMillionUsd',
  'cachedImageInputPerMillionUsd',
] as const satisfies readonly (keyof FullRates)[];

export const outputRates = [
  'outputPerMillionUsd',
  'reasoningPerMillionUsd',
  'audioOutputPerMillionUsd',
  'imageOutputPerMillionUsd',
] as const satisfies readonly (keyof FullRates)[];

/** The dearest of some rates; null where one of them is not known. */
export function dearest(rates: FullRates, names: readonly (keyof FullRates)[]): number | null {
  let most = 0;
  for (const name of names) {
    const rate = rates[name];
    if (rate === null) return null;
    if (rate > most) most = rate;
  }
  return most;
}
