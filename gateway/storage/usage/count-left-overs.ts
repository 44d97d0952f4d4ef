/** Counts, before anything new is written, the rows that a crash kept out of the summaries. */
import type { Database } from 'better-sqlite3';
import { createHourOf } from '../../contract/money/local-hour.ts';
import type { FinalState } from '../../contract/records.ts';
import type { CostBasis } from '../../contract/money/price.ts';
import { usdOfNano } from '../../contract/money/nano-usd.ts';
import { type CountedFinish, UsageAggregate } from './aggregate.ts';
import { type CopyRow, copyOf } from '../shadow-rows.ts';
import { type AddCell, prepareAddCell } from './summary-rows.ts';

/** So many rows are added up before their sums are written: it bounds the memory for the first start over an older log. */
const rowsAtOnce = 20_000;

interface LeftRow {
  readonly key: number;
  readonly startedAtMs: number;
  readonly clientId: string | null;
  readonly stream: number;
  readonly state: FinalState;
  readonly durationMs: number | null;
  readonly firstTokenMs: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly task: string | null;
  readonly rule: string | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
  readonly errorKind: string | null;
  readonly attemptsJson: string | null;
}

/**
 * To be called when nothing is left `started`, and no copy under way. All of it is one transaction: about 4 µs a row.
 * @returns how many rows were counted, copies aside
 */
export function countLeftOvers(database: Database): number {
  const claim = database.prepare(claimSql);
  const read = database.prepare<[number, number], LeftRow>(leftOversSql);
  const settle = database.prepare(settleSql);
  const addCell = prepareAddCell(database);
  const hourOf = createHourOf();
  const count = database.transaction((): number => {
    claim.run();
    let counted = 0;
    for (let afterKey = -1; ; ) {
      const rows = read.all(afterKey, rowsAtOnce);
      const aggregate = new UsageAggregate(hourOf);
      for (const row of rows) aggregate.add(startOf(row), finishOf(row));
      for (const cell of aggregate.cells) addCell(cell);
      counted += rows.length;
      const last = rows.at(-1);
      if (!last || rows.length < rowsAtOnce) break;
      afterKey = last.key;
    }
    countCopies(database, new UsageAggregate(hourOf), addCell);
    settle.run();
    return counted;
  });
  return count.immediate();
}

/** They are few, and their requests may have gone. */
function countCopies(database: Database, aggregate: UsageAggregate, addCell: AddCell): void {
  for (const row of database.prepare<[], CopyRow>(leftCopiesSql).iterate()) aggregate.addCopy(copyOf(row));
  for (const cell of aggregate.cells) addCell(cell);
}

function startOf({ startedAtMs, clientId, stream }: LeftRow): { startedAtMs: number; clientId: string | null; stream: boolean } {
  return { startedAtMs, clientId, stream: stream === 1 };
}

function finishOf(row: LeftRow): CountedFinish {
  const { costNanoUsd: nanoUsd, costBasis: basis, cacheSavedNanoUsd, localSavedNanoUsd, attemptsJson } = row;
  const attempts: [string, string, number][] = attemptsJson === null ? [] : JSON.parse(attemptsJson);
  return {
    ...row,
    usage: row,
    cost: { nanoUsd, basis, cacheSavedNanoUsd, localSavedNanoUsd },
    attempts: attempts.map(([provider, model, costNanoUsd]) => ({ provider, model, costUsd: usdOfNano(costNanoUsd) })),
  };
}

/** Rows that were ended by this start itself. Its plan, like the next one's, is asserted by a test: from the mark on. */
export const claimSql = `
UPDATE requests SET usageWrite = (SELECT written + 1 FROM usageMark)
WHERE key >= (SELECT fromKey FROM usageMark) AND usageWrite IS NULL AND state <> 'started'`;

export const leftOversSql = `
SELECT
  key, startedAtMs, clientId, stream, state, durationMs, firstTokenMs, provider, model, task, ruleName AS rule,
  inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens,
  costNanoUsd, costBasis, cacheSavedNanoUsd, localSavedNanoUsd, errorKind,
  CASE WHEN attempts > 1 THEN (
    SELECT json_group_array(json_array(provider, model, costNanoUsd)) FROM (
      SELECT provider, model, costNanoUsd FROM attempts WHERE requestKey = requests.key AND costNanoUsd > 0 ORDER BY number
    )
  ) END AS attemptsJson
FROM requests
WHERE key >= (SELECT fromKey FROM usageMark) AND key > ? AND usageWrite > (SELECT written FROM usageMark)
ORDER BY key
LIMIT ?`;

/** Copies end behind their requests, whose keys the mark may have left behind: they have an index of their own. */
export const leftCopiesSql = `
SELECT
  shadows.startedAtMs AS startedAtMs, target, shadows.ruleName AS rule, shadows.costNanoUsd AS costNanoUsd,
  shadows.costBasis AS costBasis, task
FROM shadows LEFT JOIN requests ON key = requestKey
WHERE shadows.usageWrite > (SELECT written FROM usageMark)`;

const settleSql = 'UPDATE usageMark SET written = written + 1, fromKey = (SELECT coalesce(max(key), 0) FROM requests)';
