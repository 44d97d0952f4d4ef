/** Commits a batch as one transaction; when an operation fails, as one transaction each, so that none undoes another. */
import type { Database } from 'better-sqlite3';
import { createRecoveryMark, type RecoveryMark } from './recovery-mark.ts';
import { type Batch, endOfOperation, operationKind, prepareRequestWrites } from './request-writes.ts';
import { prepareSettingsWrites, type SettingsWrite } from './settings-writes.ts';

/** What is to be told of one operation beyond "it is committed". `index` counts the batch's operations from 0. */
export type Report =
  | { readonly index: number; readonly changed: boolean }
  | { readonly index: number; readonly failure: WriteFailure };

/** Why an operation is not in the database. `code` is SQLite's, or empty. */
export interface WriteFailure {
  readonly message: string;
  readonly code: string;
}

/** Never throws: when it returns, every operation is committed but those reported as failed. */
export type CommitBatch = (batch: Batch) => readonly Report[];

/** Prepares everything a writing connection needs. The connection must be the only one that writes. */
export function prepareCommitBatch(database: Database): CommitBatch {
  const mark = createRecoveryMark(database);
  const apply = prepareApply(database, mark);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');

  /** Commits the operations from `from` to `to`, or throws and leaves nothing of them. */
  const commitRange = (batch: Batch, from: number, to: number, firstIndex: number): Report[] => {
    const reports: Report[] = [];
    begin.run();
    try {
      mark.begin();
      for (let offset = from, index = firstIndex; offset < to; index += 1) {
        apply(batch, offset, index, reports);
        offset = endOfOperation(batch, offset);
      }
      commit.run();
    } catch (error) {
      mark.rolledBack();
      // Some failures (a full disk) have already undone the transaction.
      if (database.inTransaction) rollback.run();
      throw error;
    }
    mark.committed();
    return reports;
  };

  return (batch) => {
    try {
      return commitRange(batch, 0, batch.length, 0);
    } catch (error) {
      const failure = describeFailure(error);
      // A lock that another process holds would be waited for once more by each operation.
      const isLockedOut = failure.code.startsWith('SQLITE_BUSY');
      return oneByOne(batch, (from, to, index) => (isLockedOut ? [{ index, failure }] : commitRange(batch, from, to, index)));
    }
  };
}

/** Calls `commit` for each operation and turns what it throws into that operation's report. */
function oneByOne(batch: Batch, commit: (from: number, to: number, index: number) => readonly Report[]): Report[] {
  const reports: Report[] = [];
  for (let from = 0, index = 0; from < batch.length; index += 1) {
    const to = endOfOperation(batch, from);
    try {
      reports.push(...commit(from, to, index));
    } catch (error) {
      reports.push({ index, failure: describeFailure(error) });
    }
    from = to;
  }
  return reports;
}

/** Does the operation at `offset`; what it answers, if anything, goes to `reports`. */
type Apply = (batch: Batch, offset: number, index: number, reports: Report[]) => void;

function prepareApply(database: Database, mark: RecoveryMark): Apply {
  const requests = prepareRequestWrites(database, mark);
  const applySettings = prepareSettingsWrites(database);
  return (batch, offset, index, reports) => {
    switch (batch[offset]) {
      case operationKind.start:
        return requests.start(batch, offset + 1);
      case operationKind.finish:
        return requests.finish(batch, offset + 1);
      case operationKind.reject:
        return requests.reject(batch, offset + 1);
      default:
        reports.push({ index, changed: applySettings(settingsAt(batch, offset + 1)) });
    }
  };
}

function settingsAt(batch: Batch, offset: number): SettingsWrite {
  const write = batch[offset];
  if (typeof write !== 'object' || write === null) throw new Error('The batch is out of step.');
  return write;
}

function describeFailure(error: unknown): WriteFailure {
  if (!(error instanceof Error)) return { message: String(error), code: '' };
  return { message: error.message, code: 'code' in error ? String(error.code) : '' };
}
