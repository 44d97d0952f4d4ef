/** Rows of the log whose cost is computed anew: what is read of them, and what of them changes. */
import type { RecordedCost, RecordedUsage } from '../records.ts';
import type { CostBasis } from './price.ts';

/** A row that has ended and was sent to somebody. Nano-dollars. */
export interface LoggedCost {
  readonly key: number;
  readonly startedAtMs: number;
  readonly clientId: string | null;
  readonly provider: string;
  readonly model: string;
  readonly task: string | null;
  readonly rule: string | null;
  readonly usage: RecordedUsage;
  readonly rawUsageJson: string | null;
  readonly nanoUsd: number | null;
  readonly basis: CostBasis;
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
  /** What its attempts before the last cost, which stays; null where nobody knows. */
  readonly earlierNanoUsd: number | null;
  /** The number of its last attempt, where attempts have rows of their own. */
  readonly lastAttempt: number | null;
}

export interface CostChange {
  readonly row: LoggedCost;
  /** Of all its attempts. */
  readonly cost: RecordedCost;
}

/** Which rows, oldest first; null for any. */
export interface LoggedCostsQuery {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly provider: string | null;
  /** By its own name, or as `provider/model`. */
  readonly model: string | null;
  /** The last key seen; -1 for the first page. */
  readonly afterKey: number;
  readonly limit: number;
}

export interface LoggedCostsPage {
  readonly rows: readonly LoggedCost[];
  /** The key to go on from; null on the last page. */
  readonly lastKey: number | null;
}
