/** Commits a batch as one transaction; when an operation fails, as one transaction each, so that none undoes another. */
import type { Database } from 'better-sqlite3';
import type { Meter } from '../contract/money/ledger.ts';
import type { CostChange } from '../contract/money/repricing.ts';
import type { RequestFinish, RequestStart } from '../contract/records.ts';
import { Ledger, type ReserveOperation } from './ledger.ts';
import { type ChangeCosts, prepareCostChanges } from './cost-changes.ts';
import { createRecoveryMark, type RecoveryMark } from './recovery-mark.ts';
import { preparePriceRows } from './price-rows.ts';
import { prepareRequestWrites, type RequestWrites } from './request-writes.ts';
import { prepareSpendSince } from './spend-since.ts';
import { createUsageSummaries, type UsageSummaries } from './usage-summaries.ts';
import { type ApplySettingsWrite, prepareSettingsWrites, type SettingsWrite } from './settings-writes.ts';

/** What is to be written. A request whose `start` is null has its first half in the log already. */
export type Operation =
  | { readonly kind: 'request'; readonly start: RequestStart | null; readonly finish: RequestFinish | null }
  | { readonly kind: 'settings'; readonly write: SettingsWrite }
  | ReserveOperation
  | { readonly kind: 'release'; readonly requestKey: number; readonly costNanoUsd: number; readonly isLast: boolean }
  | { readonly kind: 'reprice'; readonly changes: readonly CostChange[] }
  | { readonly kind: 'budgets-changed' }
  | { readonly kind: 'reopen'; readonly meter: Pick<Meter, 'scope' | 'period'> };

/** How an operation ended: committed (`changed` tells whether a settings write had any effect), or not in the database. */
export type Result = { readonly changed: boolean } | { readonly error: Error };

/**
 * @returns how each operation ended, in their order; the last ones have no result when another connection holds the lock:
 * nothing was done for them
 */
export type CommitBatch = (batch: readonly Operation[]) => readonly Result[];

/** What follows the log as it is written. Of one connection, which must be the only one that writes. */
export interface Followers {
  readonly mark: RecoveryMark;
  readonly summaries: UsageSummaries;
}

export function createFollowers(database: Database): Followers {
  const mark = createRecoveryMark(database);
  return { mark, summaries: createUsageSummaries(database, mark) };
}

const done: Result = { changed: true };

/** Prepares everything a writing connection needs. The connection must be the only one that writes. */
export function prepareCommitBatch(database: Database, { mark, summaries }: Followers): CommitBatch {
  const prices = preparePriceRows(database);
  const requests = prepareRequestWrites(database, { mark, summaries, prices });
  const ledger = new Ledger(database, prepareSpendSince(database, summaries));
  const parts = {
    requests,
    ledger,
    applySettings: prepareSettingsWrites(database, { ledger, prices, summaries }),
    changeCosts: prepareCostChanges(database, summaries, prices),
  };
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');

  /** Commits all of them, or throws and leaves nothing of them. */
  const commitTogether = (batch: readonly Operation[]): Result[] => {
    begin.run();
    try {
      mark.begin();
      const results = batch.map((operation) => apply(operation, parts));
      commit.run();
      mark.committed();
      summaries.committed();
      return results;
    } catch (error) {
      mark.rolledBack();
      prices.rolledBack();
      ledger.rolledBack();
      summaries.rolledBack();
      // Some failures (a full disk) have already undone the transaction.
      if (database.inTransaction) rollback.run();
      throw error;
    }
  };

  return (batch) => {
    try {
      return commitTogether(batch);
    } catch (error) {
      if (isLockedOut(error)) return [];
      return batch.length === 1 ? [{ error: asError(error) }] : commitOneByOne(batch, commitTogether);
    }
  };
}

/** Ends early when the lock is lost between two of them: a finish is never tried before its start. */
function commitOneByOne(batch: readonly Operation[], commitTogether: (batch: readonly Operation[]) => Result[]): Result[] {
  const results: Result[] = [];
  for (const operation of batch) {
    try {
      results.push(...commitTogether([operation]));
    } catch (error) {
      if (isLockedOut(error)) break;
      results.push({ error: asError(error) });
    }
  }
  return results;
}

interface Parts {
  readonly requests: RequestWrites;
  readonly ledger: Ledger;
  readonly applySettings: ApplySettingsWrite;
  readonly changeCosts: ChangeCosts;
}

function apply(operation: Operation, parts: Parts): Result {
  switch (operation.kind) {
    case 'request':
      applyRequest(operation, parts);
      return done;
    case 'settings':
      return { changed: parts.applySettings(operation.write) };
    case 'reserve':
      parts.ledger.reserve(operation);
      return done;
    case 'release':
      parts.ledger.release(operation.requestKey, operation.costNanoUsd, operation.isLast);
      return done;
    case 'reprice':
      return { changed: parts.changeCosts(operation.changes) > 0 };
    case 'budgets-changed':
      parts.ledger.budgetsChanged();
      return done;
    case 'reopen':
      return { changed: parts.ledger.reopen(operation.meter) };
  }
}

function applyRequest({ start, finish }: Extract<Operation, { kind: 'request' }>, { requests, ledger }: Parts): void {
  const settlement = finish?.settlement ?? null;
  if (settlement) ledger.open(settlement.meters);
  if (start && finish) requests.whole(start, finish);
  else if (start) requests.start(start);
  else if (finish) requests.finish(finish);
  if (settlement && finish) ledger.settle(finish.key, settlement);
}

function isLockedOut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
