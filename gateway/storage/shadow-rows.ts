/** Shadows beside their requests: written when a copy begins and when it is over, with what it cost, counted by day and rule. */
import type { Database } from 'better-sqlite3';
import type { CostBasis } from '../contract/money/price.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import type { ShadowRecord } from '../contract/records.ts';
import type { ShadowEnd, ShadowStart, ShadowUse } from '../contract/shadows.ts';
import type { Ledger } from './ledger.ts';
import { type PriceRows, readPrice } from './price-rows.ts';
import type { CountedCopy } from './usage/aggregate.ts';
import type { UsageSummaries } from './usage-summaries.ts';

export interface ShadowWrites {
  begin(start: ShadowStart): void;
  /** Its cost is settled and counted in the same transaction. @returns whether there was one under way */
  end(end: ShadowEnd): boolean;
}

/** What hears of each copy, in its transaction. */
export interface ShadowFollowers {
  readonly prices: PriceRows;
  readonly ledger: Pick<Ledger, 'open' | 'settle'>;
  readonly summaries: Pick<UsageSummaries, 'nextWrite' | 'copied'>;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareShadowWrites(database: Database, { prices, ledger, summaries }: ShadowFollowers): ShadowWrites {
  const insert = database.prepare<[ShadowStart]>(insertSql);
  const update = database.prepare<[object], CopyRow>(updateSql);
  return {
    begin: (start) => void insert.run(start),
    end({ usage, cost, settlement, ...end }) {
      if (settlement) ledger.open(settlement.meters);
      const { estimated, ...tokens } = usage;
      const money = { costNanoUsd: cost.nanoUsd, costBasis: cost.basis, priceId: prices.idOf(cost.price) };
      const row = update.get({
        ...end,
        ...tokens,
        ...money,
        usageEstimated: estimated ? 1 : 0,
        reservedNanoUsd: settlement?.heldNanoUsd ?? null,
        mayBeOver: settlement?.mayClose === true ? 1 : 0,
        usageWrite: summaries.nextWrite,
      });
      if (row) summaries.copied(copyOf(row));
      // Beside its request's own: reservations are told apart by their keys.
      if (settlement) ledger.settle(-end.requestKey, settlement);
      return row !== undefined;
    },
  };
}

/** What of a copy's row is counted. */
export interface CopyRow {
  readonly startedAtMs: number;
  readonly target: string;
  readonly task: string | null;
  readonly rule: string;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
}

/** A target is split at its first slash. */
export function copyOf({ target, costNanoUsd: nanoUsd, costBasis: basis, ...row }: CopyRow): CountedCopy {
  const slash = target.indexOf('/');
  return { ...row, provider: target.slice(0, slash), model: target.slice(slash + 1), nanoUsd, basis };
}

interface ShadowRow extends Omit<ShadowRecord, 'usage' | 'costUsd' | 'price' | 'reservedUsd' | 'overBound'> {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly usageEstimated: number;
  readonly costNanoUsd: number | null;
  readonly priceJson: string | null;
  readonly reservedNanoUsd: number | null;
  readonly overBound: number;
}

/** A request's shadow; null when it has none, or one that is still under way. */
export function prepareShadowRead(database: Database): (requestKey: number) => ShadowRecord | null {
  const read = database.prepare<[number], ShadowRow>(readSql);
  const usdOf = (nanoUsd: number | null): number | null => (nanoUsd === null ? null : usdOfNano(nanoUsd));
  return (requestKey) => {
    const row = read.get(requestKey);
    if (!row) return null;
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated, ...others } = row;
    const { costNanoUsd, priceJson, reservedNanoUsd, overBound, ...rest } = others;
    const tokens = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens };
    return {
      ...rest,
      usage: { ...tokens, estimated: usageEstimated === 1 },
      costUsd: usdOf(costNanoUsd),
      price: readPrice(priceJson),
      reservedUsd: usdOf(reservedNanoUsd),
      overBound: overBound === 1,
    };
  };
}

/** What each rule has used of a day (`2026-11-20`), those under way included. */
export function prepareShadowUse(database: Database): (day: string) => ShadowUse[] {
  const read = database.prepare<[string], ShadowUse>(useSql);
  return (day) => read.all(day);
}

/**
 * Ends what the last process left under way: it was sent, may have been paid for, and counts as it was estimated. To be called while
 * its reservations are still there, whose estimate is the one that budgets are settled by.
 * @returns how many
 */
export function interruptShadows(database: Database): number {
  const words = 'The gateway ended before the copy was answered.';
  return database.prepare<[string]>(interruptSql).run(words).changes;
}

const insertSql = `
INSERT INTO shadows (requestKey, startedAtMs, day, target, ruleName, heldNanoUsd)
VALUES (:requestKey, :startedAtMs, :day, :target, :rule, :heldNanoUsd)`;

const updateSql = `
UPDATE shadows SET
  status = :status, durationMs = :durationMs, firstTokenMs = :firstTokenMs,
  inputTokens = :inputTokens, cachedInputTokens = :cachedInputTokens, cacheWriteTokens = :cacheWriteTokens,
  outputTokens = :outputTokens, reasoningTokens = :reasoningTokens, usageEstimated = :usageEstimated, rawUsageJson = :rawUsageJson,
  costNanoUsd = :costNanoUsd, costBasis = :costBasis, priceId = :priceId, reservedNanoUsd = :reservedNanoUsd,
  overBound = :mayBeOver AND coalesce(:costNanoUsd > :reservedNanoUsd, 0), usageWrite = :usageWrite,
  errorKind = :errorKind, errorMessage = :errorMessage, textLength = :textLength
WHERE requestKey = :requestKey AND durationMs IS NULL
RETURNING
  startedAtMs, target, ruleName AS rule, costNanoUsd, costBasis, (SELECT task FROM requests WHERE key = requestKey) AS task`;

const readSql = `
SELECT
  target, ruleName AS rule, status, durationMs, firstTokenMs, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens,
  reasoningTokens, usageEstimated, costNanoUsd, costBasis, priceJson, reservedNanoUsd, overBound, rawUsageJson,
  errorKind, errorMessage, textLength
FROM shadows LEFT JOIN prices ON prices.id = shadows.priceId
WHERE requestKey = ? AND durationMs IS NOT NULL`;

/** Answered from the index alone, and the search for what was left under way from its own: both plans are asserted by a test. */
export const useSql = `
SELECT ruleName AS rule, count(*) AS copies, CAST(total(coalesce(costNanoUsd, heldNanoUsd)) AS INTEGER) AS nanoUsd
FROM shadows WHERE day = ? GROUP BY ruleName`;

export const interruptSql = `
UPDATE shadows SET
  durationMs = 0, errorKind = 'interrupted', errorMessage = ?, reservedNanoUsd = cut.amount, costNanoUsd = cut.cost,
  costBasis = CASE WHEN cut.cost IS NULL THEN 'unknown' ELSE 'estimated' END, usageWrite = (SELECT written + 1 FROM usageMark)
FROM (
  SELECT
    one.requestKey AS requestKey, held.amountNanoUsd AS amount,
    CASE WHEN held.requestKey IS NULL THEN one.heldNanoUsd ELSE held.estimateNanoUsd END AS cost
  FROM shadows AS one LEFT JOIN reservations AS held ON held.requestKey = -one.requestKey
  WHERE one.durationMs IS NULL
) AS cut
WHERE shadows.requestKey = cut.requestKey`;
