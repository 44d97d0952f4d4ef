/** What billables cost by a price, to the nano-dollar. */
import { mostNanoUsd, usdOfNano } from '../contract/money/nano-usd.ts';
import type { CostLine, Price } from '../contract/money/price.ts';
import type { Billables } from './billables.ts';
import { type FullRates, inputRates, outputRates, ratesFor } from './price-tiers.ts';
import { knowsTiers, tierFactor } from './service-tiers.ts';

export interface Cost {
  readonly nanoUsd: number;
  readonly lines: CostLine[];
  /** A service tier, a search or sound has no price here: it was taken for the usual tier, or for nothing; or a fee is likely alone. */
  readonly isPartial: boolean;
}

/** One token at a dollar for a million. */
export const nanoPerToken = 1_000;
export const nanoPerUsd = 1e9;
const secondsPerMinute = 60;

/** Tokens that have a price, by their rate. */
const tokenParts = [
  ['inputTokens', 'inputPerMillionUsd'],
  ['cachedInputTokens', 'cachedInputPerMillionUsd'],
  ['cacheWriteTokens', 'cacheWritePerMillionUsd'],
  ['cacheWriteHourTokens', 'cacheWriteHourPerMillionUsd'],
  ['audioInputTokens', 'audioInputPerMillionUsd'],
  ['cachedAudioInputTokens', 'cachedAudioInputPerMillionUsd'],
  ['imageInputTokens', 'imageInputPerMillionUsd'],
  ['cachedImageInputTokens', 'cachedImageInputPerMillionUsd'],
  ['outputTokens', 'outputPerMillionUsd'],
  ['reasoningTokens', 'reasoningPerMillionUsd'],
  ['audioOutputTokens', 'audioOutputPerMillionUsd'],
  ['imageOutputTokens', 'imageOutputPerMillionUsd'],
] as const satisfies readonly (readonly [keyof Billables, keyof FullRates])[];

/**
 * The sum is rounded once; a line shows its own part unrounded. A service tier multiplies what is counted by tokens, minutes and
 * characters, not calls and searches.
 * @returns null where a rate or a count that it would need is not known
 */
export function costOf(price: Price, billables: Billables): Cost | null {
  const rates = ratesFor(price, billables.allInputTokens ?? 0);
  if (!isCounted(rates, billables)) return null;
  const factor = tierFactor(price, billables.serviceTiers);
  const lines: CostLine[] = [];
  let nano = 0;
  const add = (rate: keyof FullRates, quantity: number, rateUsd: number, nanoEach: number): void => {
    if (quantity === 0 || rateUsd === 0) return;
    const part = quantity * rateUsd * nanoEach;
    nano += part;
    lines.push({ rate, quantity, rateUsd, usd: usdOfNano(part) });
  };
  for (const [part, name] of tokenParts) {
    const quantity = billables[part];
    const rate = rates[name];
    if (quantity > 0 && rate === null) return null;
    add(name, quantity, (rate ?? 0) * factor, nanoPerToken);
  }
  add('perRequestUsd', billables.requests, rates.perRequestUsd, nanoPerUsd);
  add('perSearchUsd', billables.searches, rates.perSearchUsd, nanoPerUsd);
  add('perAudioMinuteUsd', (billables.audioSeconds ?? 0) / secondsPerMinute, rates.perAudioMinuteUsd * factor, nanoPerUsd);
  add('perMillionCharactersUsd', billables.characters ?? 0, rates.perMillionCharactersUsd * factor, nanoPerToken);
  return { nanoUsd: Math.min(Math.round(nano), mostNanoUsd), lines, isPartial: isPartial(price, billables) };
}

/** Is everything counted that this price asks for? Tokens stand in for minutes and characters where they have a price too. */
function isCounted(rates: FullRates, { allInputTokens, allOutputTokens, audioSeconds, characters }: Billables): boolean {
  const asksFor = (names: readonly (keyof FullRates)[]): boolean => names.some((name) => (rates[name] ?? 0) > 0);
  if (allInputTokens === null && asksFor(inputRates)) return false;
  if (allOutputTokens === null && asksFor(outputRates)) return false;
  if (asksFor(inputRates) || asksFor(outputRates)) return true;
  return (audioSeconds !== null || rates.perAudioMinuteUsd === 0) && (characters !== null || rates.perMillionCharactersUsd === 0);
}

/** A person's own price is the whole of it: what it leaves out costs nothing. */
function isPartial(price: Price, { serviceTiers, searches, audioSeconds }: Billables): boolean {
  if (price.isApproximate) return true;
  if (!knowsTiers(price, serviceTiers)) return true;
  if (price.source === 'config') return false;
  const { perSearchUsd, perAudioMinuteUsd } = price.rates;
  return (searches > 0 && perSearchUsd === undefined) || ((audioSeconds ?? 0) > 0 && perAudioMinuteUsd === undefined);
}
