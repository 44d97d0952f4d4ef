/** Old rows go; what they add up to stays. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { forgetRequestsSql, prepareForgetRequests } from '../../../gateway/storage/forget-requests.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { databaseFile, openDatabase } from '../../../gateway/storage/open-database.ts';
import { countLeftOvers } from '../../../gateway/storage/usage/count-left-overs.ts';
import { prepareUsageQueries } from '../../../gateway/storage/usage/usage-queries.ts';
import { fillLog } from '../../support/usage-log.ts';
import { finish, makeFolder, openForTest, shadowEnd, shadowStart, start, startInLog } from './rows.ts';

const dayMs = 86_400_000;
const untilMs = new Date(2026, 10, 20).getTime();
const everything = {
  intervals: [{ startMs: 0, endMs: untilMs + dayMs }],
  groupBy: 'model',
  filter: { provider: null, model: null, clientId: null, task: null, rule: null },
  mostFigures: 1_000,
} as const;

test('answers about usage are the same after the rows are gone, some at a time and none too many', async () => {
  const dataDir = makeFolder();
  const database = openDatabase(dataDir);
  fillLog(database, { rows: 6_000, days: 30, untilMs });
  countLeftOvers(database);
  const { usage } = prepareUsageQueries(database);
  const before = usage(everything);
  const count = (table: 'requests' | 'attempts') =>
    table === 'requests'
      ? database.prepare<[], number>('SELECT count(*) FROM requests').pluck().get()
      : database.prepare<[], number>('SELECT count(*) FROM attempts').pluck().get();
  const storage = openForTest(dataDir);
  expect(await storage.forgetRequests(untilMs - 20 * dayMs, 500)).toBe(true);
  expect(count('requests')).toBe(5_500);
  let batches = 1;
  while (await storage.forgetRequests(untilMs - 20 * dayMs, 500)) batches += 1;
  expect(batches).toBe(4);
  expect(database.prepare('SELECT min(startedAtMs) FROM requests').pluck().get()).toBeGreaterThanOrEqual(untilMs - 20 * dayMs);
  expect(database.prepare('SELECT count(*) FROM attempts WHERE requestKey < (SELECT min(key) FROM requests)').pluck().get()).toBe(
    0,
  );
  expect(count('attempts')).toBeGreaterThan(0);
  expect(usage(everything)).toEqual(before);
  database.close();
});

test('a request that runs stays, as does one whose copy runs; and one that just ended is counted before it goes', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  const change = { startedAtMs: untilMs };
  await startInLog(storage.recorder, 1, change);
  const { started } = start(storage.recorder, 2, change);
  const ended = finish(storage.recorder, started);
  storage.recorder.flush();
  await ended;
  await storage.shadows.begin(shadowStart(2));
  expect(await storage.forgetRequests(untilMs, 10)).toBe(false);
  await storage.shadows.end(shadowEnd(2));
  expect(await storage.forgetRequests(untilMs, 10)).toBe(true);
  expect(await storage.forgetRequests(untilMs, 10)).toBe(false);
  const log = new Database(databaseFile(dataDir), { readonly: true });
  expect(log.prepare('SELECT key, state FROM requests').raw().all()).toEqual([[1, 'started']]);
  expect(log.prepare('SELECT sum(requests) FROM usageHours').pluck().get()).toBe(1);
  expect(log.prepare('SELECT sum(copiesNanoUsd) FROM usageHours').pluck().get()).toBe(125);
  expect(log.prepare('SELECT count(*) FROM shadows').pluck().get()).toBe(0);
  log.close();
});

test('the oldest are found from the log’s beginning, through its key', () => {
  const database = new Database(':memory:');
  migrate(database);
  expect(prepareForgetRequests(database)(untilMs, 5)).toBe(false);
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${forgetRequestsSql}`)
    .all(1, 1)
    .map((step) => (step as { detail: string }).detail);
  expect(plan).toContain('SEARCH requests USING INTEGER PRIMARY KEY (rowid<?)');
  expect(plan.join('\n')).not.toMatch(/SCAN requests|TEMP B-TREE/);
});
