/** Why a request went where it did: the rule, what its decision was made from, and what led from one attempt to the next. */

/**
 * Older attempts: whether a second one asked another key is not known, so that it counts as a retry; its pause follows from the
 * times that are. `decisionJson` stands last, where lists do not read as far, and in the row because a row of its own was measured
 * to cost half as much again.
 */
export const migration0003 = {
  version: 3,
  sql: `
ALTER TABLE requests ADD COLUMN ruleName TEXT;
ALTER TABLE requests ADD COLUMN loneAttemptKeyReference TEXT;
ALTER TABLE requests ADD COLUMN loneAttemptHeadMs REAL;
ALTER TABLE requests ADD COLUMN decisionJson TEXT;

ALTER TABLE attempts ADD COLUMN cause TEXT NOT NULL DEFAULT 'first';
ALTER TABLE attempts ADD COLUMN keyReference TEXT;
ALTER TABLE attempts ADD COLUMN waitedMs REAL NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN headMs REAL;
UPDATE attempts SET
  cause = CASE WHEN before.provider = attempts.provider AND before.model = attempts.model THEN 'retry' ELSE 'next-target' END,
  waitedMs = max(0.0, attempts.startedAtMs - before.startedAtMs - before.durationMs)
FROM attempts AS before
WHERE before.requestKey = attempts.requestKey AND before.number = attempts.number - 1;

ALTER TABLE clients ADD COLUMN sensitivity TEXT NOT NULL DEFAULT 'normal' CHECK (sensitivity IN ('normal', 'private', 'secret'));
`,
} as const;
