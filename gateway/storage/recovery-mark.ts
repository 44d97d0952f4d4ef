/**
 * Where the search for rows left `started` by a crash begins: a lower bound of their keys, kept in the database.
 * It costs one small update for about a thousand requests; an index over the open rows would cost two writes for each.
 */
import type { Database } from 'better-sqlite3';
import type { RequestStart } from '../contract/records.ts';
import { settleLeftOvers } from './ledger.ts';

/** How many rows are inserted before the mark is moved up. */
const rowsPerMove = 1024;

export interface RecoveryMark {
  /** To be called first in a transaction: moves the mark up when it is time. */
  begin(): void;
  /** A row was inserted as `started`. */
  started(row: RequestStart): void;
  /** A row was inserted in its final state. */
  insertedWhole(key: number): void;
  /** A row has reached its final state. */
  finished(key: number): void;
  /** The first half of a row that is open; undefined where there is none. */
  openRow(key: number): RequestStart | undefined;
  /** Beneath every open row, and most likely beneath what is yet to come. */
  lowest(): number;
  committed(): void;
  rolledBack(): void;
}

/** Follows which rows are open, as far as they are committed. Of one connection, which must be the only writer. */
export function createRecoveryMark(database: Database): RecoveryMark {
  const load = database.prepare<[], number>('SELECT fromKey FROM recoveryMark').pluck();
  const save = database.prepare<[number]>('UPDATE recoveryMark SET fromKey = ?');
  const open = new Map<number, RequestStart>();
  const startedNow: number[] = [];
  const finishedNow: number[] = [];
  let mark = load.get() ?? 0;
  let greatest = mark;
  let greatestAtLastMove = mark;
  let rows = 0;
  let isStale = false;

  const moveTo = (key: number): void => {
    save.run(key);
    mark = key;
  };

  return {
    begin() {
      if (isStale) mark = load.get() ?? 0;
      isStale = false;
      if (rows < rowsPerMove) return;
      rows = 0;
      const least = leastOf(open, greatestAtLastMove);
      greatestAtLastMove = greatest;
      if (least !== mark) moveTo(least);
    },
    started(row) {
      if (row.key < mark) moveTo(row.key);
      open.set(row.key, row);
      startedNow.push(row.key);
    },
    insertedWhole(key) {
      // Not undone with its transaction: it only says how far the keys have come.
      if (key > greatest) greatest = key;
      rows += 1;
    },
    finished(key) {
      finishedNow.push(key);
    },
    openRow: (key) => open.get(key),
    // One move behind, so that requests that start a little out of order do not pull it back each time.
    lowest: () => leastOf(open, greatestAtLastMove),
    committed() {
      for (const key of startedNow) if (key > greatest) greatest = key;
      for (const key of finishedNow) open.delete(key);
      rows += startedNow.length;
      startedNow.length = 0;
      finishedNow.length = 0;
    },
    rolledBack() {
      for (const key of startedNow) open.delete(key);
      startedNow.length = 0;
      finishedNow.length = 0;
      isStale = true;
    },
  };
}

function leastOf(open: ReadonlyMap<number, unknown>, key: number): number {
  let least = key;
  for (const one of open.keys()) if (one < least) least = one;
  return least;
}

/** Ends every row that a crash left `started`. Returns how many. */
export function interruptLeftOvers(database: Database): number {
  const interrupt = database.prepare(interruptSql);
  const settle = database.prepare('UPDATE recoveryMark SET fromKey = (SELECT coalesce(max(key), 0) FROM requests)');
  const reconcile = database.transaction(() => {
    settleLeftOvers(database);
    const { changes } = interrupt.run('interrupted', 'Gatehouse stopped while this request was running.');
    settle.run();
    return changes;
  });
  return reconcile.immediate();
}

/** Its plan is asserted by a test: from the mark on, never the whole log. */
export const interruptSql =
  "UPDATE requests SET state = 'interrupted', errorKind = ?, errorMessage = ? " +
  "WHERE key >= (SELECT fromKey FROM recoveryMark) AND state = 'started'";
