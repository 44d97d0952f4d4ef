/** What copies cost, as exactly as what requests do, in the summaries too; and attempts that were sent, without those left out. */

/**
 * A copy's `heldNanoUsd` is what it may cost by its estimate, where its rule limits dollars: it counts until its cost is known. Its
 * `usageWrite` is the write of the summaries that counts it, as a request's is; null while it is under way. Copies of before that have
 * ended are counted at the next start, by the estimate that was kept of them, or as ones without a price. `costNanoUsd` and
 * `estimatedNanoUsd` of a summary hold copies, of which `copiesNanoUsd` tells alone; all else in it is of requests.
 */
export const migration0006 = {
  version: 6,
  sql: `
DROP INDEX shadowsByDay;
ALTER TABLE shadows ADD COLUMN heldNanoUsd INTEGER CHECK (heldNanoUsd >= 0);
ALTER TABLE shadows ADD COLUMN costNanoUsd INTEGER CHECK (costNanoUsd >= 0);
ALTER TABLE shadows ADD COLUMN costBasis TEXT NOT NULL DEFAULT 'unknown'
  CHECK (costBasis IN ('stated', 'computed', 'estimated', 'free', 'unknown', 'none'));
ALTER TABLE shadows ADD COLUMN priceId INTEGER;
ALTER TABLE shadows ADD COLUMN reservedNanoUsd INTEGER;
ALTER TABLE shadows ADD COLUMN overBound INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shadows ADD COLUMN rawUsageJson TEXT;
ALTER TABLE shadows ADD COLUMN usageWrite INTEGER;
UPDATE shadows SET heldNanoUsd = CAST(round(min(max(costUsd, 0), 9000000) * 1e9) AS INTEGER);
UPDATE shadows SET
  costNanoUsd = CASE WHEN status >= 300 THEN 0 ELSE heldNanoUsd END,
  costBasis = CASE WHEN status >= 300 THEN 'none' WHEN heldNanoUsd IS NULL THEN 'unknown' ELSE 'estimated' END,
  usageWrite = (SELECT written + 1 FROM usageMark)
WHERE durationMs IS NOT NULL;
ALTER TABLE shadows DROP COLUMN costUsd;
CREATE INDEX shadowsByDay ON shadows (day, ruleName, costNanoUsd, heldNanoUsd);
CREATE INDEX shadowsByUsageWrite ON shadows (usageWrite);

ALTER TABLE usageHours ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usageHours ADD COLUMN copiesNanoUsd INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usageHours ADD COLUMN copiesUnpriced INTEGER NOT NULL DEFAULT 0;

UPDATE requests SET attempts = (
  SELECT count(*) FROM attempts WHERE requestKey = requests.key AND coalesce(errorKind, '') NOT IN ('over-budget', 'provider-limit')
)
WHERE key IN (SELECT requestKey FROM attempts WHERE errorKind IN ('over-budget', 'provider-limit'));
`,
} as const;
