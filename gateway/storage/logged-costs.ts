/** Reads what rows cost, and from which usage, so that it can be computed anew; and which models were used. */
import type { Database } from 'better-sqlite3';
import type { LoggedCost, LoggedCostsPage, LoggedCostsQuery } from '../contract/money/repricing.ts';
import type { RecordedUsage } from '../contract/records.ts';
import { leastKeyAt } from '../contract/request-id.ts';

export interface UsedModel {
  readonly provider: string;
  readonly model: string;
}

/** As SQLite has it: the usage in columns, the attempts in a text. */
interface CostRow extends Omit<LoggedCost, 'usage' | 'earlierNanoUsd' | 'lastAttempt'>, Omit<RecordedUsage, 'estimated'> {
  readonly usageEstimated: number;
  readonly attemptsJson: string | null;
}

export interface CostQueries {
  /** What rows cost, oldest first. A page may be shorter than its limit. */
  loggedCosts(query: LoggedCostsQuery): LoggedCostsPage;
  /** Models that were asked since a moment (milliseconds since 1970), by the summaries. */
  usedModels(sinceMs: number): UsedModel[];
}

/** Prepares the questions, once for each connection. */
export function prepareCostQueries(database: Database): CostQueries {
  const costs = database.prepare<[LoggedCostsQuery], CostRow>(loggedCostsSql);
  const used = database.prepare<[number], UsedModel>(usedModelsSql);
  return {
    loggedCosts(query) {
      const { fromMs, afterKey, limit } = query;
      const rows = costs.all({ ...query, afterKey: Math.max(afterKey, leastKeyAt(fromMs) - 1) });
      return { rows: rows.map(costOfRow), lastKey: rows.length < limit ? null : (rows.at(-1)?.key ?? null) };
    },
    usedModels: (sinceMs) => used.all(sinceMs),
  };
}

type Attempt = readonly [number: number, provider: string, model: string, costNanoUsd: number | null];

function costOfRow({ attemptsJson, usageEstimated, ...row }: CostRow): LoggedCost {
  const attempts: readonly Attempt[] = attemptsJson === null ? [] : JSON.parse(attemptsJson);
  const last = attempts.findLast(([, provider, model]) => provider === row.provider && model === row.model);
  const earlier = attempts.filter((attempt) => attempt !== last).map(([, , , costNanoUsd]) => costNanoUsd);
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, ...rest } = row;
  const usage = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens };
  return {
    ...rest,
    usage: { ...usage, estimated: usageEstimated === 1 },
    earlierNanoUsd: earlier.includes(null) ? null : earlier.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    lastAttempt: last?.[0] ?? null,
  };
}

/** From the primary key on, which never lies before its row's moment: its plan is asserted by a test. */
export const loggedCostsSql = `
SELECT
  key, startedAtMs, clientId, provider, model, task, ruleName AS rule,
  inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated, rawUsageJson,
  costNanoUsd AS nanoUsd, costBasis AS basis, cacheSavedNanoUsd, localSavedNanoUsd,
  CASE WHEN loneAttemptStartedAtMs IS NULL THEN (
    SELECT json_group_array(json_array(number, provider, model, costNanoUsd)) FROM (
      SELECT number, provider, model, costNanoUsd FROM attempts WHERE requestKey = requests.key ORDER BY number
    )
  ) END AS attemptsJson
FROM requests
WHERE key > :afterKey AND startedAtMs >= :fromMs AND startedAtMs < :toMs
  AND state <> 'started' AND provider IS NOT NULL AND model IS NOT NULL AND costBasis <> 'none'
  AND (:provider IS NULL OR provider = :provider)
  AND (:model IS NULL OR model = :model OR provider || '/' || model = :model)
ORDER BY key
LIMIT :limit`;

export const usedModelsSql = `
SELECT DISTINCT provider, model FROM usageHours WHERE hourStartsAtMs >= ? AND provider <> '' AND model <> '' ORDER BY provider, model`;
