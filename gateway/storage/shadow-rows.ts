/** Shadows beside their requests: written when a copy begins and when it is over, counted by day and rule. */
import type { Database } from 'better-sqlite3';
import type { ShadowRecord } from '../contract/records.ts';
import type { ShadowEnd, ShadowStart, ShadowUse } from '../contract/shadows.ts';

export interface ShadowWrites {
  begin(start: ShadowStart): void;
  /** @returns whether there was one under way */
  end(end: ShadowEnd): boolean;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareShadowWrites(database: Database): ShadowWrites {
  const insert = database.prepare<[ShadowStart]>(insertSql);
  const update = database.prepare(updateSql);
  return {
    begin: (start) => void insert.run(start),
    end({ usage, ...end }) {
      const { estimated, ...tokens } = usage;
      return update.run({ ...end, ...tokens, usageEstimated: estimated ? 1 : 0 }).changes > 0;
    },
  };
}

interface ShadowRow extends Omit<ShadowRecord, 'usage'> {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly usageEstimated: number;
}

/** A request's shadow; null when it has none, or one that is still under way. */
export function prepareShadowRead(database: Database): (requestKey: number) => ShadowRecord | null {
  const read = database.prepare<[number], ShadowRow>(readSql);
  return (requestKey) => {
    const row = read.get(requestKey);
    if (!row) return null;
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated, ...rest } = row;
    const tokens = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens };
    return { ...rest, usage: { ...tokens, estimated: usageEstimated === 1 } };
  };
}

/** What each rule has used of a day (`2026-11-20`), those under way included. */
export function prepareShadowUse(database: Database): (day: string) => ShadowUse[] {
  const read = database.prepare<[string], ShadowUse>(useSql);
  return (day) => read.all(day);
}

/** Ends what the last process left under way: it was sent, may have been paid for, and is counted. @returns how many */
export function interruptShadows(database: Database): number {
  const words = 'The gateway ended before the copy was answered.';
  return database.prepare<[string]>(interruptSql).run(words).changes;
}

const insertSql = `
INSERT INTO shadows (requestKey, startedAtMs, day, target, ruleName, costUsd)
VALUES (:requestKey, :startedAtMs, :day, :target, :rule, :costUsd)`;

const updateSql = `
UPDATE shadows SET
  status = :status, durationMs = :durationMs, firstTokenMs = :firstTokenMs, costUsd = :costUsd,
  inputTokens = :inputTokens, cachedInputTokens = :cachedInputTokens, cacheWriteTokens = :cacheWriteTokens,
  outputTokens = :outputTokens, reasoningTokens = :reasoningTokens, usageEstimated = :usageEstimated,
  errorKind = :errorKind, errorMessage = :errorMessage, textLength = :textLength
WHERE requestKey = :requestKey AND durationMs IS NULL`;

const readSql = `
SELECT
  target, ruleName AS rule, status, durationMs, firstTokenMs, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens,
  reasoningTokens, usageEstimated, errorKind, errorMessage, textLength
FROM shadows WHERE requestKey = ? AND durationMs IS NOT NULL`;

/** Answered from the index alone, and the search for what was left under way from its own: both plans are asserted by a test. */
export const useSql = `
SELECT ruleName AS rule, count(*) AS copies, total(costUsd) AS usd FROM shadows WHERE day = ? GROUP BY ruleName`;

export const interruptSql = `
UPDATE shadows SET durationMs = 0, errorKind = 'interrupted', errorMessage = ? WHERE durationMs IS NULL`;
