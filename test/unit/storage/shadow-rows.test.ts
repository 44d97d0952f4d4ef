/** Shadows in the log: beside their request and never in it, counted by day and rule, told of when a crash cut them off. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { interruptShadows, interruptSql, useSql } from '../../../gateway/storage/shadow-rows.ts';
import { type Operation, createFollowers, prepareCommitBatch } from '../../../gateway/storage/commit-batch.ts';
import { interruptLeftOvers } from '../../../gateway/storage/recovery-mark.ts';
import { countLeftOvers, leftCopiesSql } from '../../../gateway/storage/usage/count-left-overs.ts';
import {
  finish,
  finishRow,
  makeFolder,
  openForTest,
  shadowEnd as over,
  shadowStart as begun,
  startInLog,
  startRow,
} from './rows.ts';

test('a request tells of its shadow when that is over, and its own figures stay as they were', async () => {
  const { recorder, shadows, getRequest } = openForTest(makeFolder());
  await finish(recorder, await startInLog(recorder, 7));
  const before = await getRequest(formatRequestId(7));
  await shadows.begin(begun(7));
  expect(await getRequest(formatRequestId(7))).toEqual(before);
  await shadows.end(over(7));
  const { requestKey: _, cost: __, settlement: ___, ...told } = over(7);
  const money = { costUsd: 1.25e-7, costBasis: 'computed', price: null, reservedUsd: null, overBound: false };
  expect(await getRequest(formatRequestId(7))).toEqual({
    ...before,
    shadow: { target: 'copy/m', rule: 'mirror', ...money, ...told },
  });
});

test("a day's copies and dollars are told for each rule, those under way included", async () => {
  const { shadows } = openForTest(makeFolder());
  expect(shadows.usedOn('2026-01-05')).toEqual([]);
  await shadows.begin(begun(1));
  await shadows.begin(begun(2));
  await shadows.end(over(2));
  await shadows.begin(begun(3, { rule: 'other', heldNanoUsd: null }));
  await shadows.begin(begun(4, { day: '2026-01-06' }));
  expect(shadows.usedOn('2026-01-05')).toEqual([
    { rule: 'mirror', copies: 2, nanoUsd: 375 },
    { rule: 'other', copies: 1, nanoUsd: 0 },
  ]);
  expect(shadows.usedOn('2026-01-06')).toEqual([{ rule: 'mirror', copies: 1, nanoUsd: 250 }]);
});

test('what is handed over and not yet committed is counted', () => {
  const { shadows } = openForTest(makeFolder());
  void shadows.begin(begun(1));
  expect(shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, nanoUsd: 250 }]);
});

test('a shadow that the last process left under way is interrupted at the next start, and still counted', async () => {
  const dataDir = makeFolder();
  const first = openForTest(dataDir);
  await finish(first.recorder, await startInLog(first.recorder, 7));
  await first.shadows.begin(begun(7));
  await first.close();
  const next = openForTest(dataDir);
  const { shadow } = (await next.getRequest(formatRequestId(7))) ?? {};
  expect(shadow).toMatchObject({ errorKind: 'interrupted', durationMs: 0, status: null, usage: { outputTokens: null } });
  expect(next.shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, nanoUsd: 250 }]);
});

test('a request has one shadow: a second is refused, and harms neither the first nor what is written with it', async () => {
  const { shadows, vaultKey } = openForTest(makeFolder());
  await shadows.begin(begun(7));
  const beside = vaultKey.save({ keyId: 'k', keptIn: 'here', checkValue: new Uint8Array([1]) });
  await expect(shadows.begin(begun(7, { target: 'other/m' }))).rejects.toThrow(/could not be written/);
  expect(await beside).toBe(true);
  expect(shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, nanoUsd: 250 }]);
});

const meter = { scope: 'provider:copy', period: 'day 2026-01-05', startsAtMs: 0, endsAtMs: 2e12 };

/** A database as storage opens it, with one request and its copy, for which money is held. */
function withHeldCopy() {
  const database = new Database(':memory:');
  migrate(database);
  const { summaries, ...followers } = createFollowers(database);
  const commit = prepareCommitBatch(database, { ...followers, summaries });
  const reservation = { requestKey: -7, provider: 'copy', model: 'm', amounts: [400], estimateNanoUsd: 90 };
  const operations: readonly Operation[] = [
    { kind: 'request', start: startRow(7), finish: finishRow(7) },
    { kind: 'reserve', reservation: { ...reservation, meters: [{ ...meter, limitNanoUsd: 1_000 }] }, outcome: null },
    { kind: 'settings', write: { type: 'begin-shadow', start: begun(7) } },
  ];
  expect(commit(operations).every((result) => !('error' in result))).toBe(true);
  const ask = (sql: 'meters' | 'shadows' | 'usage' | 'held') => database.prepare(asked[sql]).get();
  return { database, summaries, commit, ask };
}

const asked = {
  meters: 'SELECT settledNanoUsd, reservedNanoUsd, unpriced, closed IS NOT NULL AS isClosed FROM meters',
  shadows: 'SELECT costNanoUsd, costBasis, reservedNanoUsd, overBound FROM shadows',
  usage:
    "SELECT clientId, task, rule, requests, copies, costNanoUsd, copiesNanoUsd, copiesUnpriced FROM usageHours WHERE provider = 'copy'",
  held: 'SELECT count(*) AS held FROM reservations',
} as const;

const settled = (costNanoUsd: number | null, mayClose = true): Operation => ({
  kind: 'settings',
  write: {
    type: 'end-shadow',
    end: over(7, {
      cost: { ...over(7).cost, nanoUsd: costNanoUsd, basis: costNanoUsd === null ? 'unknown' : 'computed' },
      settlement: { costNanoUsd, heldNanoUsd: 400, mayClose, meters: [meter] },
    }),
  },
});

test('a copy counts in the log, the summaries and the budget by one figure, and for no key', () => {
  const { commit, summaries, ask } = withHeldCopy();
  commit([settled(125)]);
  summaries.write();
  expect(ask('shadows')).toEqual({ costNanoUsd: 125, costBasis: 'computed', reservedNanoUsd: 400, overBound: 0 });
  expect(ask('meters')).toEqual({ settledNanoUsd: 125, reservedNanoUsd: 0, unpriced: 0, isClosed: 0 });
  const figures = { requests: 0, copies: 1, costNanoUsd: 125, copiesNanoUsd: 125, copiesUnpriced: 0 };
  expect(ask('usage')).toEqual({ clientId: '', task: '', rule: 'mirror', ...figures });
  expect(ask('held')).toEqual({ held: 0 });
});

test.each([
  { mayClose: true, isClosed: 1, what: 'by its bill is flagged, and closes the budget' },
  { mayClose: false, isClosed: 0, what: 'by our own count closes nothing' },
])('a copy above what was held $what', ({ mayClose, isClosed }) => {
  const { commit, ask } = withHeldCopy();
  commit([settled(500, mayClose)]);
  expect(ask('shadows')).toEqual({ costNanoUsd: 500, costBasis: 'computed', reservedNanoUsd: 400, overBound: isClosed });
  expect(ask('meters')).toEqual({ settledNanoUsd: 500, reservedNanoUsd: 0, unpriced: 0, isClosed });
});

test('a copy without a known cost is counted as one, and never as nothing', () => {
  const { commit, summaries, ask } = withHeldCopy();
  commit([settled(null)]);
  summaries.write();
  expect(ask('meters')).toMatchObject({ settledNanoUsd: 0, reservedNanoUsd: 0, unpriced: 1 });
  expect(ask('usage')).toMatchObject({ copies: 1, costNanoUsd: 0, copiesUnpriced: 1 });
});

test('a copy that a crash cut off costs in the log, the summaries and the budget what was estimated, once', () => {
  const { database, ask } = withHeldCopy();
  for (let start = 0; start < 3; start += 1) {
    interruptShadows(database);
    interruptLeftOvers(database);
    countLeftOvers(database);
    expect(ask('shadows')).toEqual({ costNanoUsd: 90, costBasis: 'estimated', reservedNanoUsd: 400, overBound: 0 });
    expect(ask('meters')).toMatchObject({ settledNanoUsd: 90, reservedNanoUsd: 0 });
    expect(ask('usage')).toMatchObject({ copies: 1, costNanoUsd: 90, copiesNanoUsd: 90 });
    expect(ask('held')).toEqual({ held: 0 });
  }
});

test('a meter that is opened later begins with what copies have cost', () => {
  const { commit, database } = withHeldCopy();
  commit([settled(125)]);
  const later = { scope: 'all', period: 'day 2026-01-05', startsAtMs: 0, endsAtMs: 2e12, limitNanoUsd: 1_000 };
  const reservation = { requestKey: 8, provider: 'a', model: 'm', amounts: [1], estimateNanoUsd: 1, meters: [later] };
  commit([{ kind: 'reserve', reservation, outcome: null }]);
  const requestNanoUsd = database.prepare('SELECT costNanoUsd FROM requests WHERE key = 7').pluck().get() as number | null;
  expect(database.prepare("SELECT settledNanoUsd FROM meters WHERE scope = 'all'").pluck().get()).toBe(
    125 + (requestNanoUsd ?? 0),
  );
});

test.each([
  [
    "a day's use is read from its index alone",
    useSql,
    ['2026-01-05'],
    /^SEARCH shadows USING COVERING INDEX shadowsByDay \(day=\?\)$/,
  ],
  [
    'what no summary has yet is found without reading the others',
    leftCopiesSql,
    [],
    /SEARCH shadows USING INDEX shadowsByUsageWrite/,
  ],
  ['what was left under way is found without reading the others', interruptSql, ['x'], /USING (COVERING )?INDEX shadowsUnderWay/],
])('%s', (_, sql, bound, plan) => {
  const database = new Database(':memory:');
  migrate(database);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound);
  expect(steps.map((step) => (step as { detail: string }).detail).join('\n')).toMatch(plan);
});
