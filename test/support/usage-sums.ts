/** The same sums twice: of the summaries, and of the log's rows. Money is of requests and copies. */
import type { Database } from 'better-sqlite3';

/** By what each row is: the provider's sums leave out the money, since attempts elsewhere have a part in that. */
export function sumsOfSummaries(database: Database): unknown {
  return { all: database.prepare(summariesSql).get(), byKind: database.prepare(summariesByKindSql).all() };
}

export function sumsOfRows(database: Database): unknown {
  return { all: database.prepare(rowsSql).get(), byKind: database.prepare(rowsByKindSql).all() };
}

const summariesSql = `
SELECT
  coalesce(sum(requests), 0) AS requests, coalesce(sum(errors), 0) AS errors, coalesce(sum(costNanoUsd), 0) AS cost,
  coalesce(sum(estimatedNanoUsd), 0) AS estimated, coalesce(sum(unpriced), 0) AS unpriced,
  coalesce(sum(cacheSavedNanoUsd), 0) AS cacheSaved, coalesce(sum(localSavedNanoUsd), 0) AS localSaved,
  coalesce(sum(inputTokens), 0) AS input, coalesce(sum(cachedInputTokens), 0) AS cached,
  coalesce(sum(cacheWriteTokens), 0) AS cacheWrite, coalesce(sum(outputTokens), 0) AS output,
  coalesce(sum(reasoningTokens), 0) AS reasoning,
  coalesce(sum(copies), 0) AS copies, coalesce(sum(copiesNanoUsd), 0) AS copiesCost, coalesce(sum(copiesUnpriced), 0) AS copiesUnpriced
FROM usageHours`;

const rowsSql = `
WITH overCopies AS (
  SELECT
    count(*) AS copies, coalesce(sum(costNanoUsd), 0) AS cost, coalesce(sum(costNanoUsd IS NULL), 0) AS unpriced,
    coalesce(sum(CASE WHEN costBasis = 'estimated' THEN costNanoUsd END), 0) AS estimated
  FROM shadows WHERE durationMs IS NOT NULL
)
SELECT
  count(*) AS requests, coalesce(sum(state NOT IN ('ok', 'client_closed')), 0) AS errors,
  coalesce(sum(costNanoUsd), 0) + (SELECT cost FROM overCopies) AS cost,
  coalesce(sum(CASE WHEN costBasis = 'estimated' THEN costNanoUsd END), 0) + (SELECT estimated FROM overCopies) AS estimated,
  coalesce(sum(costNanoUsd IS NULL), 0) AS unpriced,
  coalesce(sum(cacheSavedNanoUsd), 0) AS cacheSaved, coalesce(sum(localSavedNanoUsd), 0) AS localSaved,
  coalesce(sum(inputTokens), 0) AS input, coalesce(sum(cachedInputTokens), 0) AS cached,
  coalesce(sum(cacheWriteTokens), 0) AS cacheWrite, coalesce(sum(outputTokens), 0) AS output,
  coalesce(sum(reasoningTokens), 0) AS reasoning,
  (SELECT copies FROM overCopies) AS copies, (SELECT cost FROM overCopies) AS copiesCost,
  (SELECT unpriced FROM overCopies) AS copiesUnpriced
FROM requests WHERE state <> 'started'`;

const summariesByKindSql = `
SELECT clientId, provider, model, task, rule, sum(requests) AS requests, sum(errors) AS errors, sum(unpriced) AS unpriced, sum(inputTokens) AS input
FROM usageHours GROUP BY 1, 2, 3, 4, 5 HAVING sum(requests) > 0 ORDER BY 1, 2, 3, 4, 5`;

const rowsByKindSql = `
SELECT
  coalesce(clientId, '') AS clientId, coalesce(provider, '') AS provider, coalesce(model, '') AS model, coalesce(task, '') AS task,
  coalesce(ruleName, '') AS rule, count(*) AS requests, sum(state NOT IN ('ok', 'client_closed')) AS errors,
  sum(costNanoUsd IS NULL) AS unpriced, coalesce(sum(inputTokens), 0) AS input
FROM requests WHERE state <> 'started' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`;
