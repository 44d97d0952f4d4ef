/** What a scope spent in a stretch of time, from the rows of the log: with what a budget begins that is made in its period. */
import type { Database } from 'better-sqlite3';

export interface Spent {
  readonly nanoUsd: number;
  /** Requests whose cost nobody knows. */
  readonly unpriced: number;
}

/** @param scope as a meter names it; moments are milliseconds since 1970, the end not included */
export type SpendSince = (scope: string, startsAtMs: number, endsAtMs: number) => Spent;

export function prepareSpendSince(database: Database): SpendSince {
  const read = database.prepare<[{ kind: string; of: string; startsAtMs: number; endsAtMs: number }], Spent>(spentSql);
  return (scope, startsAtMs, endsAtMs) => {
    const at = scope.indexOf(':');
    const kind = at === -1 ? scope : scope.slice(0, at);
    const of = at === -1 ? '' : scope.slice(at + 1);
    return read.get({ kind, of, startsAtMs, endsAtMs }) ?? { nanoUsd: 0, unpriced: 0 };
  };
}

const spentSql = `
SELECT coalesce(sum(costNanoUsd), 0) AS nanoUsd, coalesce(sum(costBasis = 'unknown' AND state <> 'started'), 0) AS unpriced
FROM requests
WHERE startedAtMs >= :startsAtMs AND startedAtMs < :endsAtMs
  AND (:kind = 'all' OR (:kind = 'provider' AND provider = :of) OR (:kind = 'model' AND provider || '/' || model = :of)
    OR (:kind = 'rule' AND ruleName = :of) OR (:kind = 'client' AND clientId = :of))`;
