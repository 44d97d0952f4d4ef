/** Migrations: from nothing to now, never backwards, never half. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate, NewerDatabaseError, newestVersion, versionOf } from '../../../gateway/storage/migrate.ts';
import { migration0001 } from '../../../gateway/storage/migrations/0001-first-tables.ts';
import { migration0002 } from '../../../gateway/storage/migrations/0002-fidelity.ts';
import { migration0003 } from '../../../gateway/storage/migrations/0003-decisions.ts';
import { migration0004 } from '../../../gateway/storage/migrations/0004-shadows.ts';
import { migration0005 } from '../../../gateway/storage/migrations/0005-money.ts';
import { DamagedDatabaseError } from '../../../gateway/storage/open-database.ts';
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { interruptShadows } from '../../../gateway/storage/shadow-rows.ts';
import { countLeftOvers } from '../../../gateway/storage/usage/count-left-overs.ts';
import { makeFolder, openForTest } from './rows.ts';

test('an empty database gets every table, all of them STRICT', () => {
  const database = new Database(':memory:');
  migrate(database);
  const tables = database
    .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all();
  expect(tables).toEqual(
    [
      'alertDeliveries',
      'alerts',
      'attempts',
      'clientKeys',
      'clients',
      'configVersions',
      'meters',
      'prices',
      'recoveryMark',
      'requests',
      'reservations',
      'secrets',
      'shadows',
      'tokenRatios',
      'usageHours',
      'usageMark',
      'vaultKey',
    ].map((name) => ({ name, strict: 1 })),
  );
  expect(versionOf(database)).toBe(newestVersion());
});

test('a database that is up to date is left alone', () => {
  const database = new Database(':memory:');
  migrate(database);
  database.prepare("INSERT INTO configVersions VALUES (1, 5, 'call', '{}')").run();
  migrate(database);
  expect(database.prepare('SELECT count(*) FROM configVersions').pluck().get()).toBe(1);
});

test('a step that fails leaves the database at the step before it', () => {
  const database = new Database(':memory:');
  const steps = [
    { version: 1, sql: 'CREATE TABLE one (a TEXT) STRICT;' },
    { version: 2, sql: 'CREATE TABLE two (a TEXT) STRICT; INSERT INTO nowhere VALUES (1);' },
  ];
  expect(() => migrate(database, steps)).toThrow(/nowhere/);
  expect(versionOf(database)).toBe(1);
  expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'two'").pluck().get()).toBe(0);
});

test('copies and attempts of before are told by what was kept of them', () => {
  const database = new Database(':memory:');
  migrate(database, [migration0001, migration0002, migration0003, migration0004, migration0005]);
  database.exec(`
    INSERT INTO requests (key, state, startedAtMs, dialect, requestedModel, stream, requestBytes, configVersion, attempts, usageWrite)
    SELECT value, 'ok', 5, 'd', 'm', 0, 1, 1, value, 0 FROM json_each('[1, 2, 3]');
    INSERT INTO attempts (requestKey, number, provider, model, startedAtMs, durationMs, errorKind)
    VALUES (2, 1, 'a', 'm', 5, 1, NULL), (2, 2, 'b', 'm', 5, 1, 'upstream-reset'),
      (3, 1, 'a', 'm', 5, 0, 'over-budget'), (3, 2, 'a', 'm', 5, 0, 'provider-limit'), (3, 3, 'b', 'm', 5, 1, NULL);
    INSERT INTO shadows (requestKey, startedAtMs, day, target, ruleName, costUsd, status, durationMs) VALUES
      (1, 5, 'd', 'copy/m', 'r', 0.25, 200, 1), (2, 5, 'd', 'copy/m', 'r', NULL, 200, 1), (3, 5, 'd', 'copy/m', 'r', 0.5, 500, 1),
      (4, 5, 'd', 'copy/m', 'r', 0.125, NULL, NULL);`);
  migrate(database);
  interruptShadows(database);
  countLeftOvers(database);
  const told = database
    .prepare('SELECT costNanoUsd, heldNanoUsd, costBasis, durationMs FROM shadows ORDER BY requestKey')
    .raw()
    .all();
  expect(told).toEqual([
    [250_000_000, 250_000_000, 'estimated', 1],
    [null, null, 'unknown', 1],
    [0, 500_000_000, 'none', 1],
    [125_000_000, 125_000_000, 'estimated', 0],
  ]);
  expect(database.prepare('SELECT attempts FROM requests ORDER BY key').pluck().all()).toEqual([1, 2, 1]);
  const sums =
    'SELECT sum(requests) AS requests, sum(copies) AS copies, sum(costNanoUsd) AS cost, sum(copiesUnpriced) AS unpriced FROM usageHours';
  expect(database.prepare(sums).get()).toEqual({ requests: 0, copies: 4, cost: 375_000_000, unpriced: 1 });
});

test.each([[[1, 1]], [[2, 1]], [[0]], [[1.5]]])('a list of steps numbered %j is refused', (versions) => {
  const steps = versions.map((version) => ({ version, sql: 'SELECT 1;' }));
  expect(() => migrate(new Database(':memory:'), steps)).toThrow(/must have a number above/);
});

test('a file from a newer program is refused and stays byte-identical', async () => {
  const dataDir = makeFolder();
  await openForTest(dataDir).close();
  const file = path.join(dataDir, 'gatehouse.db');
  const database = new Database(file);
  database.pragma('user_version = 999');
  database.close();
  const before = readFileSync(file);
  const opening = () => openStorage({ dataDir, now: Date.now });
  expect(opening).toThrow(NewerDatabaseError);
  expect(opening).toThrow(file);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test.each([
  ['is not a database', () => Buffer.from('this is a letter, not a database. '.repeat(200))],
  ['is empty', () => Buffer.alloc(0)],
  ['was cut in the middle', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ['was cut to its first page', (whole: Buffer) => whole.subarray(0, 4096)],
  [
    'has its schema overwritten',
    (whole: Buffer) => Buffer.concat([whole.subarray(0, 100), Buffer.alloc(3996, 0xaa), whole.subarray(4096)]),
  ],
])('a file that %s is refused by name, and is not replaced by an empty log', async (_, damage) => {
  const dataDir = makeFolder();
  await openForTest(dataDir).close();
  const file = path.join(dataDir, 'gatehouse.db');
  const damaged = damage(readFileSync(file));
  writeFileSync(file, damaged);
  const opening = () => openStorage({ dataDir, now: Date.now });
  expect(opening).toThrow(DamagedDatabaseError);
  expect(opening).toThrow(file);
  expect(readFileSync(file).equals(damaged)).toBe(true);
});

test('a journal whose database is gone is not replayed into a new one', () => {
  const dataDir = makeFolder();
  writeFileSync(path.join(dataDir, 'gatehouse.db-wal'), 'left over');
  expect(() => openStorage({ dataDir, now: Date.now })).toThrow(/is gone while its -wal file/);
});

test('a database that was being made when the program died is made anew', () => {
  const dataDir = makeFolder();
  writeFileSync(path.join(dataDir, 'gatehouse.db.new'), 'half');
  const storage = openForTest(dataDir);
  expect(storage.lastRequestKey).toBe(0);
});
