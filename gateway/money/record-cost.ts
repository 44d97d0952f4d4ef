/** What the log keeps of a request's cost: how much, and how that is known. */
import { tokenCount, type Usage } from '../chat/usage.ts';
import { mostNanoUsd, nanoOfUsd } from '../contract/money/nano-usd.ts';
import type { CostBasis, Price } from '../contract/money/price.ts';
import type { RecordedCost } from '../contract/records.ts';
import { type Billables, readBillables } from './billables.ts';
import { type Cost, costOf, nanoPerToken, nanoPerUsd } from './cost.ts';
import { ratesFor } from './price-tiers.ts';
import { tierFactor } from './service-tiers.ts';
import { maySayCost } from './stated-cost.ts';

export interface CostInput {
  /** Null: nobody knows one. */
  readonly price: Price | null;
  /** Of the model that models on this machine are compared with; null for none. */
  readonly comparedPrice: Price | null;
  /** Null: not known. */
  readonly usage: Usage | null;
  /** At least a part of the usage was counted by us. */
  readonly estimated: boolean;
  readonly rawUsageJson: string | null;
}

/**
 * What the provider stated is the cost; the price is kept beside it. On a request's path: the raw usage is parsed only where there
 * is a price for it, or where it seems to state a cost.
 */
export function recordCost(input: CostInput): RecordedCost {
  const { price, usage, rawUsageJson } = input;
  if (price?.source === 'local') return recordLocal(price, input);
  if (price === null && !(rawUsageJson !== null && maySayCost(rawUsageJson))) return unknownCost;
  const billables = readBillables(usage, rawUsageJson);
  const cost = price === null ? null : costOf(price, billables);
  const cacheSavedNanoUsd = price === null ? 0 : cacheSaved(price, billables);
  const saved = { price, cacheSavedNanoUsd, localSavedNanoUsd: 0 };
  if (billables.statedUsd !== null) return { nanoUsd: nanoOfUsd(billables.statedUsd), basis: 'stated', ...saved };
  if (cost === null) return { nanoUsd: null, basis: 'unknown', ...saved };
  return { nanoUsd: cost.nanoUsd, basis: basisOf(cost, billables, input.estimated), ...saved };
}

const unknownCost: RecordedCost = { nanoUsd: null, basis: 'unknown', price: null, cacheSavedNanoUsd: 0, localSavedNanoUsd: 0 };

function basisOf(cost: Cost, { isDoubtful }: Billables, isEstimated: boolean): CostBasis {
  return isEstimated || isDoubtful || cost.isPartial ? 'estimated' : 'computed';
}

/** Its tokens alone are compared: how another provider would have cached them, nobody knows. */
function recordLocal(price: Price, { comparedPrice, usage }: CostInput): RecordedCost {
  const localSavedNanoUsd = comparedPrice === null || usage === null ? 0 : wouldHaveCost(comparedPrice, usage);
  return { nanoUsd: 0, basis: 'free', price, cacheSavedNanoUsd: 0, localSavedNanoUsd };
}

/** Nothing where a count or a rate is not known. */
function wouldHaveCost(price: Price, usage: Usage): number {
  const inputTokens = tokenCount(usage.inputTokens);
  const outputTokens = tokenCount(usage.outputTokens);
  if (inputTokens === null || outputTokens === null) return 0;
  const { inputPerMillionUsd, outputPerMillionUsd, perRequestUsd } = ratesFor(price, inputTokens);
  if (inputPerMillionUsd === null || outputPerMillionUsd === null) return 0;
  const tokens = inputTokens * inputPerMillionUsd + outputTokens * outputPerMillionUsd;
  return Math.min(Math.round(tokens * nanoPerToken + perRequestUsd * nanoPerUsd), mostNanoUsd);
}

/**
 * The true net, in nano-dollars: what cached tokens would have cost as fresh ones, less what they did, less the extra that writing to
 * the cache did. Below nothing where more was written than read.
 */
export function cacheSaved(price: Price, billables: Billables): number {
  const { cachedInputTokens, cachedAudioInputTokens, cachedImageInputTokens, cacheWriteTokens, cacheWriteHourTokens } = billables;
  if (cachedInputTokens + cachedAudioInputTokens + cachedImageInputTokens + cacheWriteTokens + cacheWriteHourTokens === 0)
    return 0;
  const rates = ratesFor(price, billables.allInputTokens ?? 0);
  const { inputPerMillionUsd: fresh, audioInputPerMillionUsd: audio, imageInputPerMillionUsd: image } = rates;
  const saved =
    saving(cachedInputTokens, fresh, rates.cachedInputPerMillionUsd) +
    saving(cachedAudioInputTokens, audio, rates.cachedAudioInputPerMillionUsd) +
    saving(cachedImageInputTokens, image, rates.cachedImageInputPerMillionUsd) +
    saving(cacheWriteTokens, fresh, rates.cacheWritePerMillionUsd) +
    saving(cacheWriteHourTokens, fresh, rates.cacheWriteHourPerMillionUsd);
  const nanoUsd = Math.round(saved * nanoPerToken * tierFactor(price, billables.serviceTiers));
  return Math.max(-mostNanoUsd, Math.min(nanoUsd, mostNanoUsd));
}

function saving(tokens: number, usual: number | null, paid: number | null): number {
  return usual === null || paid === null ? 0 : tokens * (usual - paid);
}
