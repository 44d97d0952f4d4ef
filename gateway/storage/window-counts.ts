/** What the log has of the windows that are open now, by client and by provider: where rate limits go on after a start. */
import type { Database } from 'better-sqlite3';

/** The open windows: each from its first moment up to, and without, its end. Milliseconds since 1970. */
export interface OpenWindows {
  readonly minuteStartsAtMs: number;
  readonly minuteEndsAtMs: number;
  readonly hourStartsAtMs: number;
  readonly hourEndsAtMs: number;
  readonly dayStartsAtMs: number;
  readonly dayEndsAtMs: number;
}

export interface WindowCount {
  readonly minuteRequests: number;
  readonly minuteTokens: number;
  readonly minuteExpensive: number;
  readonly hourRequests: number;
  readonly hourTokens: number;
  readonly hourExpensive: number;
  readonly dayRequests: number;
  readonly dayTokens: number;
  readonly dayExpensive: number;
}

/** Calls of one client, or sent to one provider; `aboveNanoUsd` makes a call an expensive one by what it cost. */
export interface WindowQuestion extends OpenWindows {
  readonly id: string;
  readonly aboveNanoUsd: number;
}

export interface WindowCounts {
  ofClient(question: WindowQuestion): WindowCount;
  ofProvider(question: WindowQuestion): WindowCount;
}

/** Prepares both questions. Each reads the keys from the earliest of the windows on. */
export function prepareWindowCounts(database: Database): WindowCounts {
  const clients = database.prepare<[Bound], WindowCount>(clientSql);
  const providers = database.prepare<[Bound], WindowCount>(providerSql);
  return {
    ofClient: (question) => clients.get(bound(question)) ?? nothing,
    ofProvider: (question) => providers.get(bound(question)) ?? nothing,
  };
}

interface Bound extends WindowQuestion {
  readonly fromKey: number;
}

/** A key is made a moment before its row says when it began. */
const slackMs = 1_000;
const keysPerMs = 4_096;

function bound(question: WindowQuestion): Bound {
  const earliest = Math.min(question.minuteStartsAtMs, question.hourStartsAtMs, question.dayStartsAtMs);
  return { ...question, fromKey: Math.max(0, earliest - slackMs) * keysPerMs };
}

const nothing: WindowCount = {
  minuteRequests: 0,
  minuteTokens: 0,
  minuteExpensive: 0,
  hourRequests: 0,
  hourTokens: 0,
  hourExpensive: 0,
  dayRequests: 0,
  dayTokens: 0,
  dayExpensive: 0,
};

/** Requests that were sent to somebody, or were about to be when the last process ended, or that the gateway answered; of a bound or a cost the greater decides. */
const clientSql = `
WITH calls AS (
  SELECT
    startedAtMs AS atMs, coalesce(inputTokens, 0) + coalesce(outputTokens, 0) AS tokens,
    max(coalesce(costNanoUsd, 0), coalesce(reservedNanoUsd, 0)) > :aboveNanoUsd AS isExpensive
  FROM requests
  WHERE key >= :fromKey AND clientId = :id AND (provider IS NOT NULL OR state IN ('ok', 'started', 'interrupted'))
)
SELECT
  count(*) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs) AS minuteRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs), 0) AS minuteTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs), 0) AS minuteExpensive,
  count(*) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs) AS hourRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs), 0) AS hourTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs), 0) AS hourExpensive,
  count(*) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs) AS dayRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs), 0) AS dayTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs), 0) AS dayExpensive
FROM calls`;

/** A lone good attempt has no row of its own; of several the last has the tokens. What was passed over was not sent. */
const providerSql = `
WITH calls AS (
  SELECT
    loneAttemptStartedAtMs AS atMs, coalesce(inputTokens, 0) + coalesce(outputTokens, 0) AS tokens,
    max(coalesce(costNanoUsd, 0), coalesce(reservedNanoUsd, 0)) > :aboveNanoUsd AS isExpensive
  FROM requests
  WHERE key >= :fromKey AND provider = :id AND loneAttemptStartedAtMs IS NOT NULL
  UNION ALL
  SELECT
    attempts.startedAtMs,
    CASE WHEN attempts.number = (
      SELECT max(number) FROM attempts AS own
      WHERE own.requestKey = requests.key AND coalesce(own.errorKind, '') NOT IN ('provider-limit', 'over-budget')
    ) THEN coalesce(inputTokens, 0) + coalesce(outputTokens, 0) ELSE 0 END,
    coalesce(attempts.costNanoUsd, 0) > :aboveNanoUsd
  FROM attempts JOIN requests ON requests.key = attempts.requestKey
  WHERE attempts.requestKey >= :fromKey AND attempts.provider = :id AND coalesce(attempts.errorKind, '') NOT IN ('provider-limit', 'over-budget')
)
SELECT
  count(*) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs) AS minuteRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs), 0) AS minuteTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :minuteStartsAtMs AND atMs < :minuteEndsAtMs), 0) AS minuteExpensive,
  count(*) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs) AS hourRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs), 0) AS hourTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :hourStartsAtMs AND atMs < :hourEndsAtMs), 0) AS hourExpensive,
  count(*) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs) AS dayRequests,
  coalesce(sum(tokens) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs), 0) AS dayTokens,
  coalesce(sum(isExpensive) FILTER (WHERE atMs >= :dayStartsAtMs AND atMs < :dayEndsAtMs), 0) AS dayExpensive
FROM calls`;
