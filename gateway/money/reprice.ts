/** Computes what a row of the log costs by the prices of now. Pure. */
import { unknownUsage } from '../chat/usage.ts';
import type { CostLine, Price } from '../contract/money/price.ts';
import type { CostChange, LoggedCost } from '../contract/money/repricing.ts';
import type { RecordedCost, RecordedUsage, RequestDetail } from '../contract/records.ts';
import { readBillables } from './billables.ts';
import { costOf } from './cost.ts';
import { recordCost } from './record-cost.ts';

export interface PricesOfNow {
  /** At the row's own moment; null where nobody knows one. */
  readonly price: Price | null;
  readonly comparedPrice: Price | null;
}

/**
 * What a provider stated stays, and what was estimated remains an estimate. A row whose price or usage nobody knows now keeps the cost
 * that it has; so does what its earlier attempts cost.
 * @returns null where nothing changes
 */
export function repriceRow(row: LoggedCost, prices: PricesOfNow): CostChange | null {
  const { basis, earlierNanoUsd, rawUsageJson } = row;
  if (basis === 'stated' || basis === 'none' || earlierNanoUsd === null) return null;
  const { estimated, ...tokens } = row.usage;
  const isEstimated = estimated || basis === 'estimated';
  const last = recordCost({ ...prices, usage: { ...unknownUsage, ...tokens }, estimated: isEstimated, rawUsageJson });
  if (last.nanoUsd === null) return null;
  const cost: RecordedCost =
    earlierNanoUsd === 0 ? last : { ...last, nanoUsd: last.nanoUsd + earlierNanoUsd, basis: 'estimated' };
  return isSame(row, cost) ? null : { row, cost };
}

function isSame(row: LoggedCost, { nanoUsd, basis, cacheSavedNanoUsd, localSavedNanoUsd }: RecordedCost): boolean {
  return (
    row.nanoUsd === nanoUsd &&
    row.basis === basis &&
    row.cacheSavedNanoUsd === cacheSavedNanoUsd &&
    row.localSavedNanoUsd === localSavedNanoUsd
  );
}

/** What a row's cost is made of, by the price that it was computed by; empty where its provider stated it, or nobody knows. */
export function costLinesOf({ price, costBasis, usage, rawUsageJson }: Explained): CostLine[] {
  if (price === null || (costBasis !== 'computed' && costBasis !== 'estimated')) return [];
  const { estimated: _estimated, ...tokens } = usage;
  return costOf(price, readBillables({ ...unknownUsage, ...tokens }, rawUsageJson))?.lines ?? [];
}

interface Explained extends Pick<RequestDetail, 'price' | 'costBasis' | 'rawUsageJson'> {
  readonly usage: RecordedUsage;
}
