/** Copies of requests that went to another target after the answer: beside the log, never in its rows. */

/**
 * A row is made before its copy is sent, and has no duration until it is over. `day` is the calendar day on the machine's wall
 * when it began: limits by the day are counted by it, whatever clocks do later.
 */
export const migration0004 = {
  version: 4,
  sql: `
CREATE TABLE shadows (
  requestKey INTEGER PRIMARY KEY,
  startedAtMs INTEGER NOT NULL,
  day TEXT NOT NULL,
  target TEXT NOT NULL,
  ruleName TEXT NOT NULL,
  costUsd REAL,
  status INTEGER,
  durationMs REAL,
  firstTokenMs REAL,
  inputTokens INTEGER,
  cachedInputTokens INTEGER,
  cacheWriteTokens INTEGER,
  outputTokens INTEGER,
  reasoningTokens INTEGER,
  usageEstimated INTEGER NOT NULL DEFAULT 0,
  errorKind TEXT,
  errorMessage TEXT,
  textLength INTEGER
) STRICT;
CREATE INDEX shadowsByDay ON shadows (day, ruleName, costUsd);
CREATE INDEX shadowsUnderWay ON shadows (requestKey) WHERE durationMs IS NULL;
`,
} as const;
