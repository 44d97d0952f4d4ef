/** Computes anew what rows of the log cost, page by page, and tells what that changes for each model. */
import type { CallInput, CallOutput } from './contract/calls.ts';
import { usdOfNano } from './contract/money/nano-usd.ts';
import type { CostChange, LoggedCost } from './contract/money/repricing.ts';
import { type PricesOfNow, repriceRow } from './money/reprice.ts';
import type { CostStorage } from './storage/cost-storage.ts';

export interface RepriceSources {
  readonly costs: CostStorage;
  /** By the config of now, at the row's own moment. */
  pricesOf(row: LoggedCost): PricesOfNow;
}

/** Each is the work of about a millisecond; requests are served between them. */
const rowsPerPage = 500;
const rowsPerWrite = 100;

interface Tally {
  readonly provider: string;
  readonly model: string;
  requests: number;
  beforeNanoUsd: number;
  afterNanoUsd: number;
  unpricedBefore: number;
  unpricedAfter: number;
}

/** @throws ReadFailedError, WriteFailedError: what was written until then stays written */
export async function repriceLog(
  { fromMs, toMs, provider, model, apply }: CallInput<'prices.reprice'>,
  { costs, pricesOf }: RepriceSources,
): Promise<CallOutput<'prices.reprice'>> {
  const query = { fromMs, toMs, provider: provider ?? null, model: model ?? null, limit: rowsPerPage };
  const tallies = new Map<string, Tally>();
  let changed = 0;
  for (let afterKey: number | null = -1; afterKey !== null; ) {
    const page = await costs.list({ ...query, afterKey });
    const changes: CostChange[] = [];
    for (const row of page.rows) {
      const change = repriceRow(row, pricesOf(row));
      if (change) changes.push(change);
      count(tallies, row, change);
    }
    changed += changes.length;
    for (let at = 0; apply && at < changes.length; at += rowsPerWrite) await costs.change(changes.slice(at, at + rowsPerWrite));
    afterKey = page.lastKey;
  }
  return told([...tallies.values()], changed);
}

function count(tallies: Map<string, Tally>, { provider, model, nanoUsd }: LoggedCost, change: CostChange | null): void {
  const name = `${provider}/${model}`;
  const none = { provider, model, requests: 0, beforeNanoUsd: 0, afterNanoUsd: 0, unpricedBefore: 0, unpricedAfter: 0 };
  const tally = tallies.get(name) ?? none;
  const after = change ? change.cost.nanoUsd : nanoUsd;
  tally.requests += 1;
  tally.beforeNanoUsd += nanoUsd ?? 0;
  tally.afterNanoUsd += after ?? 0;
  tally.unpricedBefore += nanoUsd === null ? 1 : 0;
  tally.unpricedAfter += after === null ? 1 : 0;
  tallies.set(name, tally);
}

/** The models whose cost changes most come first. */
function told(tallies: readonly Tally[], changed: number): CallOutput<'prices.reprice'> {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const change = ({ beforeNanoUsd, afterNanoUsd }: Tally): number => Math.abs(afterNanoUsd - beforeNanoUsd);
  return {
    requests: sum(({ requests }) => requests),
    changed,
    beforeUsd: usdOfNano(sum(({ beforeNanoUsd }) => beforeNanoUsd)),
    afterUsd: usdOfNano(sum(({ afterNanoUsd }) => afterNanoUsd)),
    models: tallies
      .toSorted((one, other) => change(other) - change(one) || other.requests - one.requests)
      .map(({ beforeNanoUsd, afterNanoUsd, ...rest }) => ({
        ...rest,
        beforeUsd: usdOfNano(beforeNanoUsd),
        afterUsd: usdOfNano(afterNanoUsd),
      })),
  };
}
