/** A log of many requests over many days, written by SQLite itself: a million in some ten seconds. */
import type { Database } from 'better-sqlite3';

export interface LogSize {
  readonly rows: number;
  readonly days: number;
  /** Milliseconds since 1970 at which the last of them began. */
  readonly untilMs: number;
}

/**
 * Fills an empty log whose summaries know nothing of it yet: eight clients, each with three models of one of four providers and a
 * task of its own, sixteen hours a day. One in 25 has failed, one in 50 has a second attempt that cost something, one in 40 no known price.
 */
export function fillLog(database: Database, { rows, days, untilMs }: LogSize): void {
  const fill = database.transaction(() => {
    database.prepare(requestsSql).run({ rows, days, untilMs });
    database.prepare(attemptsSql).run();
    database.prepare('UPDATE usageMark SET fromKey = 0').run();
  });
  fill.immediate();
}

const requestsSql = `
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :rows),
placed AS (SELECT n, :days * (:rows - 1.0 - n) / :rows AS daysAgo FROM numbers),
drawn AS (
  SELECT
    n,
    :untilMs - CAST(86400000 * (floor(daysAgo) + 2.0 / 3 * (daysAgo - floor(daysAgo))) AS INTEGER) AS atMs,
    (n * 7919 + n / 13) % 1009 AS a,
    (n * 104729 + n / 7) % 997 AS b,
    (n * 1299709 + n / 3) % 991 AS c
  FROM placed
)
INSERT INTO requests (
  key, state, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion, attempts,
  durationMs, firstTokenMs, provider, model, status, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens,
  costNanoUsd, costBasis, cacheSavedNanoUsd, localSavedNanoUsd, usageWrite, task, ruleName, responseBytes, errorKind, errorMessage,
  loneAttemptStartedAtMs, loneAttemptDurationMs, rawUsageJson, decisionJson
)
SELECT
  atMs * 4096 + n % 4096,
  CASE WHEN a % 25 <> 0 THEN 'ok' WHEN a % 3 = 0 THEN 'upstream_error' WHEN a % 3 = 1 THEN 'rejected' ELSE 'client_closed' END,
  atMs, printf('client-%d', c % 8), 'openai-chat', 'fast', b % 2, 400 + b, 1, CASE WHEN c % 50 = 0 THEN 2 ELSE 1 END,
  40.0 + a * b % 9000, CASE WHEN a % 25 <> 0 THEN 20.0 + a % 700 END,
  CASE WHEN a % 25 = 0 AND a % 3 = 1 THEN NULL ELSE printf('provider-%d', c % 4) END,
  CASE WHEN a % 25 = 0 AND a % 3 = 1 THEN NULL ELSE printf('model-%d', c % 4 + 4 * (b % 3)) END,
  CASE WHEN a % 25 <> 0 THEN 200 ELSE 502 END, 100 + a * 3, a, b % 40, 20 + b, b % 19,
  CASE WHEN c % 40 = 0 THEN NULL ELSE a * 31337 + b * 7 + n % 977 END,
  CASE WHEN c % 40 = 0 THEN 'unknown' WHEN b % 5 = 0 THEN 'estimated' ELSE 'computed' END,
  a * 11, b * 13, (SELECT written + 1 FROM usageMark),
  CASE WHEN c % 8 < 3 THEN NULL ELSE printf('task-%d', c % 8 % 3) END, CASE WHEN c % 8 < 6 THEN NULL ELSE 'cheap first' END, 900,
  CASE WHEN a % 25 <> 0 THEN NULL WHEN a % 3 = 0 THEN 'overloaded' WHEN a % 3 = 1 THEN 'unknown-model' ELSE 'client-gone' END, NULL,
  atMs + 1, 39.0, '{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}',
  '{"features":{"inputTokens":120,"hasImages":false},"targets":["provider-1/model-1","provider-2/model-2"],"seed":12345}'
FROM drawn`;

/** The first of two attempts was another provider's, and a third of the cost may be its. */
const attemptsSql = `
INSERT INTO attempts (requestKey, number, provider, model, startedAtMs, durationMs, status, costNanoUsd)
SELECT key, 1, 'provider-0', 'model-0', startedAtMs, 5.0, 500, costNanoUsd / 3 FROM requests WHERE attempts = 2
UNION ALL
SELECT key, 2, coalesce(provider, 'provider-1'), coalesce(model, 'model-1'), startedAtMs, 5.0, status, costNanoUsd FROM requests WHERE attempts = 2`;
