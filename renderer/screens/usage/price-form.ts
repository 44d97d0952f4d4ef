/** A price of one's own as a person types it. Pure. */
import type { Price, PriceOverride, Rates } from '../../../gateway/contract/money/price.ts';
import { rateNames } from '../../components/money-words.ts';
import { readNumber } from '../../components/typed-number.ts';

/** By the rate's name; what is empty is not said, and costs what it is a part of. */
export type PriceDraft = Readonly<Partial<Record<keyof Rates, string>>>;

/** Those that nearly every model has; the others stand behind them. */
export const usualRates = ['inputPerMillionUsd', 'outputPerMillionUsd', 'cachedInputPerMillionUsd'] as const;
export const furtherRates = rateNames.filter((name) => !usualRates.some((usual) => usual === name));

/** Whole figures, never `1e-7`. */
const written = (usd: number): string => usd.toFixed(9).replace(/\.?0+$/, '');

export function draftOfPrice(price: Price | null): PriceDraft {
  if (price === null || price.source === 'local') return {};
  const said = rateNames.flatMap((name) => {
    const usd = price.rates[name];
    return usd === undefined ? [] : [[name, written(usd)] as const];
  });
  return Object.fromEntries(said);
}

interface Read {
  readonly price: PriceOverride | null;
  readonly problems: ReadonlyMap<string, string>;
}

/** @param extras what the form has no fields for, to be kept: dearer long prompts, service tiers */
export function readPriceDraft(draft: PriceDraft, extras: Pick<PriceOverride, 'longContext' | 'serviceTiers'>): Read {
  const problems = new Map<string, string>();
  const rates: Partial<Record<keyof Rates, number>> = {};
  for (const name of rateNames) {
    const text = draft[name] ?? '';
    if (text.trim() === '') continue;
    const read = readNumber(text, { least: 0, most: 1_000_000 });
    if (read.ok) rates[name] = read.value;
    else problems.set(name, read.message);
  }
  if (Object.keys(rates).length === 0 && problems.size === 0)
    problems.set('inputPerMillionUsd', 'must say at least one price; 0 is one');
  return { price: problems.size > 0 ? null : { ...rates, ...extras }, problems };
}

/** What a price says beside its rates; empty where it says nothing. */
export function extrasOf(price: Price | null): Pick<PriceOverride, 'longContext' | 'serviceTiers'> {
  if (price === null) return {};
  return {
    ...(price.longContext.length > 0 ? { longContext: [...price.longContext] } : {}),
    ...(Object.keys(price.serviceTiers).length > 0 ? { serviceTiers: price.serviceTiers } : {}),
  };
}
