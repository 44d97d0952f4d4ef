/** Committing a batch: full disks, and the mark from which left-over rows are searched. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  type CommitBatch,
  createFollowers,
  type Operation,
  prepareCommitBatch,
  type Result,
} from '../../../gateway/storage/commit-batch.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { interruptLeftOvers, interruptSql } from '../../../gateway/storage/recovery-mark.ts';
import { finishRow, makeFolder, startRow } from './rows.ts';

function openMemory(): { database: Database.Database; commit: CommitBatch } {
  const database = new Database(':memory:');
  migrate(database);
  return { database, commit: prepareCommitBatch(database, createFollowers(database)) };
}

const starts = (...keys: number[]): Operation[] => keys.map((key) => ({ kind: 'request', start: startRow(key), finish: null }));
const finishes = (...keys: number[]): Operation[] =>
  keys.map((key) => ({ kind: 'request', start: null, finish: finishRow(key) }));
const wholes = (...keys: number[]): Operation[] =>
  keys.map((key) => ({ kind: 'request', start: startRow(key), finish: finishRow(key) }));

const failures = (results: readonly Result[]): number[] => results.flatMap((result, index) => ('error' in result ? [index] : []));
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const markOf = (database: Database.Database): unknown => database.prepare('SELECT fromKey FROM recoveryMark').pluck().get();

test('on a full disk each write fails by itself, and writing goes on when there is room again', () => {
  const { database, commit } = openMemory();
  database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
  const keys = range(1, 400);
  const results = commit(starts(...keys));
  expect(results).toHaveLength(keys.length);
  const failed = new Set(failures(results).map((index) => keys[index]));
  const kept = new Set(database.prepare<[], number>('SELECT key FROM requests').pluck().all());
  expect(failed.size).toBeGreaterThan(0);
  expect(keys.every((key) => kept.has(key) !== failed.has(key))).toBe(true);
  database.pragma('max_page_count = 100000');
  expect(commit(starts(1000))).toEqual([{ changed: true }]);
});

test('the search for left-over rows begins behind what is finished, and never behind an open row', () => {
  const { database, commit } = openMemory();
  commit(starts(10));
  for (let from = 100; from < 20_000; from += 100) {
    commit(starts(...range(from, 100)));
    commit(finishes(...range(from, 100)));
  }
  expect(Number(markOf(database))).toBeLessThanOrEqual(10);
  commit(finishes(10));
  for (let from = 20_000; from < 24_000; from += 100) {
    commit(starts(...range(from, 100)));
    commit(finishes(...range(from, 100)));
  }
  expect(Number(markOf(database))).toBeGreaterThan(19_000);
  expect(interruptLeftOvers(database)).toBe(0);
});

test('rows that are written whole move the search on like those that are started', () => {
  const { database, commit } = openMemory();
  for (let from = 100; from < 9_000; from += 100) commit(wholes(...range(from, 100)));
  expect(Number(markOf(database))).toBeGreaterThan(5_000);
  commit(starts(20_000));
  expect(interruptLeftOvers(database)).toBe(1);
});

test('a row that starts late with an old key is found, also after a batch was undone', () => {
  const { database, commit } = openMemory();
  for (let from = 1000; from < 9000; from += 100) {
    commit(starts(...range(from, 100)));
    commit(finishes(...range(from, 100)));
  }
  expect(Number(markOf(database))).toBeGreaterThan(5000);
  // The second start is refused, so the whole batch is undone and repeated one by one.
  expect(failures(commit(starts(5, 1000, 6)))).toEqual([1]);
  expect(markOf(database)).toBe(5);
  expect(interruptLeftOvers(database)).toBe(2);
  expect(database.prepare("SELECT key, state FROM requests WHERE key < 10 AND errorKind = 'interrupted'").all()).toEqual([
    { key: 5, state: 'interrupted' },
    { key: 6, state: 'interrupted' },
  ]);
});

test('a finish whose commit fails is reported, and its row is still searched for', () => {
  const { database, commit } = openMemory();
  commit(starts(1));
  database.exec(`
    CREATE TABLE doubt (id TEXT REFERENCES clients (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER refuseCommit AFTER UPDATE OF state ON requests BEGIN INSERT INTO doubt VALUES ('nobody'); END;`);
  expect(commit(finishes(1))).toMatchObject([{ error: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } }]);
  database.exec('DROP TRIGGER refuseCommit');
  for (let from = 100; from < 5000; from += 100) {
    commit(starts(...range(from, 100)));
    commit(finishes(...range(from, 100)));
  }
  expect(interruptLeftOvers(database)).toBe(1);
});

test('the search for left-over rows goes through the primary key from the mark on', () => {
  const { database } = openMemory();
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${interruptSql}`)
    .all('a', 'b')
    .map((step) => (step as { detail: string }).detail);
  expect(plan[0]).toBe('SEARCH requests USING INTEGER PRIMARY KEY (rowid>?)');
});

test('when another takes the lock among writes that are repeated one by one, the rest is not tried', () => {
  const file = `${makeFolder()}/log.db`;
  const database = new Database(file, { timeout: 0 });
  const other = new Database(file, { timeout: 0 });
  database.pragma('journal_mode = WAL');
  migrate(database);
  const commit = prepareCommitBatch(database, createFollowers(database));
  const batch = [...starts(1, 1, 2), ...finishes(2)];
  // The first try takes the whole array; the second goes through it one by one.
  batch[Symbol.iterator] = function* () {
    yield* batch.slice(0, 2);
    other.exec('BEGIN IMMEDIATE');
    yield* batch.slice(2);
    return undefined;
  };
  const results = commit(batch);
  expect([results.length, failures(results)]).toEqual([2, [1]]);
  expect(commit(starts(3))).toEqual([]);
  other.exec('ROLLBACK');
  expect(commit([...starts(2), ...finishes(2)])).toEqual([{ changed: true }, { changed: true }]);
  expect(database.prepare('SELECT key, state FROM requests').raw().all()).toEqual([
    [1, 'started'],
    [2, 'ok'],
  ]);
  other.close();
  database.close();
});
