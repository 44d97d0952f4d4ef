/** Writes what rows cost by other prices, with their summaries, in the caller's transaction. */
import type { Database } from 'better-sqlite3';
import type { CostChange } from '../contract/money/repricing.ts';
import type { PriceRows } from './price-rows.ts';
import type { CostDelta, UsageSummaries } from './usage-summaries.ts';

/** @returns how many rows were changed; one that is not as it was read, or not in the summaries yet, stays as it is */
export type ChangeCosts = (changes: readonly CostChange[]) => number;

/** Prepares the statements, once for the connection that writes. Meters of budgets stay: what they counted was spent then. */
export function prepareCostChanges(
  database: Database,
  summaries: Pick<UsageSummaries, 'applyCostDelta'>,
  prices: PriceRows,
): ChangeCosts {
  const update = database.prepare(updateSql);
  const updateAttempt = database.prepare(updateAttemptSql);
  return (changes) => {
    let changed = 0;
    for (const { row, cost } of changes) {
      const priceId = prices.idOf(cost.price);
      const { nanoUsd, basis, cacheSavedNanoUsd, localSavedNanoUsd } = cost;
      const was = [row.key, row.nanoUsd, row.basis];
      if (update.run(nanoUsd, basis, priceId, cacheSavedNanoUsd, localSavedNanoUsd, ...was).changes !== 1) continue;
      if (row.lastAttempt !== null && nanoUsd !== null)
        updateAttempt.run(nanoUsd - (row.earlierNanoUsd ?? 0), row.key, row.lastAttempt);
      summaries.applyCostDelta(row, deltaOf({ row, cost }));
      changed += 1;
    }
    return changed;
  };
}

function deltaOf({ row, cost }: CostChange): CostDelta {
  const estimated = ({ nanoUsd, basis }: Pick<CostChange['cost'], 'nanoUsd' | 'basis'>): number =>
    basis === 'estimated' ? (nanoUsd ?? 0) : 0;
  return {
    costNanoUsd: (cost.nanoUsd ?? 0) - (row.nanoUsd ?? 0),
    estimatedNanoUsd: estimated(cost) - estimated(row),
    unpriced: Number(cost.nanoUsd === null) - Number(row.nanoUsd === null),
    cacheSavedNanoUsd: cost.cacheSavedNanoUsd - row.cacheSavedNanoUsd,
    localSavedNanoUsd: cost.localSavedNanoUsd - row.localSavedNanoUsd,
  };
}

const updateSql = `
UPDATE requests SET costNanoUsd = ?, costBasis = ?, priceId = ?, cacheSavedNanoUsd = ?, localSavedNanoUsd = ?
WHERE key = ? AND costNanoUsd IS ? AND costBasis = ? AND usageWrite <= (SELECT written FROM usageMark)`;

const updateAttemptSql = 'UPDATE attempts SET costNanoUsd = ? WHERE requestKey = ? AND number = ?';
