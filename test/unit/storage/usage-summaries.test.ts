/** Summaries beside the log: whatever happens, they add up to its rows. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestFinish } from '../../../gateway/contract/records.ts';
import {
  type CommitBatch,
  createFollowers,
  type Followers,
  type Operation,
  prepareCommitBatch,
} from '../../../gateway/storage/commit-batch.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { interruptLeftOvers } from '../../../gateway/storage/recovery-mark.ts';
import { interruptShadows } from '../../../gateway/storage/shadow-rows.ts';
import { prepareSpendSince, type SpendScope, spendSql } from '../../../gateway/storage/spend-since.ts';
import { claimSql, countLeftOvers, leftOversSql } from '../../../gateway/storage/usage/count-left-overs.ts';
import { fillLog } from '../../support/usage-log.ts';
import { sumsOfRows, sumsOfSummaries } from '../../support/usage-sums.ts';
import { attempt, finishRow, shadowEnd, shadowStart, startRow } from './rows.ts';

const hourMs = 3_600_000;
/** By this machine's clock, whatever its zone. */
const dayStartsAtMs = new Date(2026, 10, 20).getTime();

interface Log extends Followers {
  readonly database: Database.Database;
  readonly commit: CommitBatch;
}

/** As storage opens it: left-over rows are ended and counted first. */
function openLog(database: Database.Database): Log {
  interruptShadows(database);
  interruptLeftOvers(database);
  countLeftOvers(database);
  const followers = createFollowers(database);
  return { database, commit: prepareCommitBatch(database, followers), ...followers };
}

function newLog(): Log {
  const database = new Database(':memory:');
  migrate(database);
  return openLog(database);
}

const priced = (nanoUsd: number | null, basis: RequestFinish['cost']['basis'] = 'computed'): RequestFinish['cost'] => ({
  nanoUsd,
  basis,
  price: null,
  cacheSavedNanoUsd: 3,
  localSavedNanoUsd: 4,
});

const startOf = (key: number) =>
  startRow(key, { startedAtMs: dayStartsAtMs + key * 60_000, clientId: key % 3 === 0 ? null : 'c1' });
const whole = (key: number, change: Partial<RequestFinish> = {}): Operation => ({
  kind: 'request',
  start: startOf(key),
  finish: finishRow(key, { cost: priced(key * 1_000), ...change }),
});
const begun = (key: number): Operation => ({ kind: 'request', start: startOf(key), finish: null });
const ended = (key: number, change: Partial<RequestFinish> = {}): Operation => ({
  kind: 'request',
  start: null,
  finish: finishRow(key, { cost: priced(key * 1_000), ...change }),
});

const copyBegun = (requestKey: number): Operation => ({
  kind: 'settings',
  write: {
    type: 'begin-shadow',
    start: shadowStart(requestKey, { startedAtMs: dayStartsAtMs, heldNanoUsd: requestKey % 2 ? 7 : null }),
  },
});
const copyEnded = (requestKey: number, cost: RequestFinish['cost'] = priced(9)): Operation => ({
  kind: 'settings',
  write: { type: 'end-shadow', end: shadowEnd(requestKey, { cost }) },
});

const anyFinish = fc.record<Partial<RequestFinish>>({
  state: fc.constantFrom('ok', 'upstream_error', 'gateway_error', 'client_closed', 'rejected'),
  provider: fc.constantFrom('a', 'b', null),
  model: fc.constantFrom('m', 'n', null),
  task: fc.constantFrom('code', null),
  rule: fc.constantFrom('cheap', null),
  errorKind: fc.constantFrom('overloaded', null),
  firstTokenMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  cost: fc
    .tuple(fc.option(fc.nat()), fc.constantFrom('computed', 'estimated', 'stated'))
    .map(([nanoUsd, basis]) => priced(nanoUsd, nanoUsd === null ? 'unknown' : (basis as 'computed'))),
  attempts: fc.constantFrom(
    [attempt(1)],
    [{ ...attempt(1), provider: 'z', costUsd: 0.000_05 }, attempt(2)],
    [{ ...attempt(1), provider: 'z', costUsd: null }, { ...attempt(2), model: 'y', costUsd: 99 }, attempt(3)],
  ),
});

type Step = {
  readonly kind: 'start' | 'finish' | 'whole' | 'late' | 'copy' | 'copied' | 'write' | 'crash' | 'bad';
  readonly finish: Partial<RequestFinish>;
};

test('sums of summaries are sums of rows after any order of starts, ends, writes, failures and crashes', () => {
  const kinds = ['start', 'finish', 'whole', 'late', 'copy', 'copied', 'write', 'crash', 'bad'] as const;
  const step = fc.record<Step>({ kind: fc.constantFrom(...kinds), finish: anyFinish });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let log = newLog();
      let open: number[] = [];
      let copies: number[] = [];
      steps.forEach(({ kind, finish }, index) => {
        const key = 1_000 + index;
        if (kind === 'start') open.push(key);
        if (kind === 'start') log.commit([begun(key)]);
        if (kind === 'finish') log.commit(open.splice(0, 1).map((one) => ended(one, finish)));
        if (kind === 'whole') log.commit([whole(key, finish), whole(key + 500, finish)]);
        if (kind === 'copy') log.commit([whole(key, finish), copyBegun(key)]);
        if (kind === 'copy') copies.push(key);
        if (kind === 'copied') log.commit(copies.splice(0, 1).map((one) => copyEnded(one, finish.cost)));
        if (kind === 'late') log.commit([whole(900 - index, finish)]);
        if (kind === 'bad') log.commit([whole(key, finish), begun(key)]);
        if (kind === 'write') expect(log.summaries.write()).toBe(true);
        if (kind !== 'crash') return;
        log = openLog(log.database);
        open = [];
        copies = [];
      });
      log.summaries.close();
      expect(sumsOfSummaries(log.database)).toEqual(sumsOfRows(log.database));
      openLog(log.database);
      expect(sumsOfSummaries(log.database)).toEqual(sumsOfRows(log.database));
    }),
    { numRuns: 150 },
  );
});

test('what an attempt elsewhere cost is told of its provider, and the sum stays the row’s', () => {
  const { database, commit, summaries } = newLog();
  const elsewhere = { ...attempt(1), provider: 'dear', model: 'big', costUsd: 0.25, errorKind: 'overloaded', status: 500 };
  commit([whole(1, { cost: priced(300_000_000, 'estimated'), attempts: [elsewhere, { ...attempt(2), costUsd: 0.05 }] })]);
  summaries.write();
  const rows = database
    .prepare('SELECT provider, model, requests, errors, costNanoUsd, estimatedNanoUsd FROM usageHours')
    .raw()
    .all();
  expect(rows).toEqual([
    ['dear', 'big', 0, 0, 250_000_000, 250_000_000],
    ['openai', 'gpt-5-mini', 1, 0, 50_000_000, 50_000_000],
  ]);
});

test('a client that left is counted by its kind and is no error; a refusal is one of nobody', () => {
  const { database, commit, summaries } = newLog();
  commit([
    whole(1, { state: 'client_closed', errorKind: null }),
    whole(2, { state: 'rejected', errorKind: 'over-budget', provider: null, model: null, attempts: [] }),
    whole(4, { state: 'upstream_error', errorKind: 'overloaded' }),
  ]);
  summaries.write();
  const rows = database
    .prepare('SELECT provider, requests, errors, errorKindsJson FROM usageHours ORDER BY provider')
    .raw()
    .all();
  expect(rows).toEqual([
    ['', 1, 1, '{"over-budget":1}'],
    ['openai', 2, 1, '{"client-gone":1,"overloaded":1}'],
  ]);
});

test('they are written by themselves after two thousand requests, or a hundred kinds of them', async () => {
  const { database, commit } = newLog();
  const written = () => database.prepare('SELECT coalesce(sum(requests), 0) FROM usageHours').pluck().get();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const same = { startedAtMs: dayStartsAtMs };
  const one = (key: number, model: string): Operation => ({
    kind: 'request',
    start: startRow(key, same),
    finish: finishRow(key, { model, cost: priced(1) }),
  });
  for (let key = 1; key < 2_000; key += 1) commit([one(key, 'm')]);
  await turn();
  expect(written()).toBe(0);
  commit([one(2_000, 'm')]);
  await turn();
  expect(written()).toBe(2_000);
  for (let key = 3_000; key < 3_100; key += 1) commit([one(key, `m${key}`)]);
  await turn();
  expect(written()).toBe(2_100);
});

test('a write that fails takes no row of the log with it, and the next one brings everything', () => {
  const { database, commit, summaries } = newLog();
  commit([whole(1)]);
  database.exec("CREATE TRIGGER refuse BEFORE INSERT ON usageHours BEGIN SELECT raise(ABORT, 'no'); END;");
  expect(summaries.write()).toBe(false);
  expect(commit([whole(2)])).toEqual([{ changed: true }]);
  database.exec('DROP TRIGGER refuse');
  expect(summaries.write()).toBe(true);
  expect(sumsOfSummaries(database)).toEqual(sumsOfRows(database));
});

test('amounts beyond what can be counted are held there, and the counting goes on', () => {
  const { database, commit, summaries } = newLog();
  const most = Number.MAX_SAFE_INTEGER;
  const usage = { ...finishRow(1).usage, inputTokens: most };
  for (let key = 1; key < 2_002; key += 1) commit([whole(key, { cost: priced(most), usage, provider: 'lab' })]);
  expect(summaries.write()).toBe(true);
  commit([whole(1, { cost: priced(most), usage }), whole(3_000, { cost: priced(most), usage, provider: 'lab' })]);
  expect(summaries.write()).toBe(true);
  expect(database.prepare('SELECT max(costNanoUsd), max(inputTokens) FROM usageHours').raw().get()).toEqual([most, most]);
});

test('the cost of a counted row changes with its summary, also where its hour has no row any more', () => {
  const { database, commit, summaries } = newLog();
  commit([whole(1), whole(2, { cost: priced(null, 'unknown') })]);
  summaries.write();
  const row = {
    startedAtMs: startOf(2).startedAtMs,
    clientId: 'c1',
    provider: 'openai',
    model: 'gpt-5-mini',
    task: null,
    rule: null,
  };
  const delta = { costNanoUsd: 70, estimatedNanoUsd: 0, unpriced: -1, cacheSavedNanoUsd: 5, localSavedNanoUsd: -4 };
  database.transaction(() => {
    database
      .prepare(
        "UPDATE requests SET costNanoUsd = 70, costBasis = 'computed', cacheSavedNanoUsd = 8, localSavedNanoUsd = 0 WHERE key = 2",
      )
      .run();
    summaries.applyCostDelta(row, delta);
  })();
  expect(sumsOfSummaries(database)).toEqual(sumsOfRows(database));
  summaries.applyCostDelta({ ...row, clientId: null, provider: null }, delta);
  expect(database.prepare("SELECT costNanoUsd, requests FROM usageHours WHERE provider = ''").raw().get()).toEqual([70, 0]);
});

test('spending is told to the last request: written, not written yet, and of the transaction under way', () => {
  const { database, commit, summaries } = newLog();
  const spendSince = prepareSpendSince(database, summaries);
  commit([whole(1), whole(70, { rule: 'cheap' })]);
  summaries.write();
  commit([whole(2), whole(71, { cost: priced(null, 'unknown') }), whole(130, { provider: 'lab', model: 'a/b' })]);
  const of = (kind: SpendScope['kind'], name: string | null, from = 0, hours = 24) =>
    Object.values(spendSince({ kind, of: name }, dayStartsAtMs + from * hourMs, dayStartsAtMs + hours * hourMs));
  expect(of('all', null)).toEqual([203_000, 1]);
  expect(of('all', null, 1)).toEqual([200_000, 1]);
  expect(of('all', null, 0, 1)).toEqual([3_000, 0]);
  expect(of('provider', 'lab')).toEqual([130_000, 0]);
  expect(of('model', 'lab/a/b')).toEqual([130_000, 0]);
  expect(of('model', 'lab/a')).toEqual([0, 0]);
  expect(of('rule', 'cheap')).toEqual([70_000, 0]);
  expect(of('client', 'c1')).toEqual([203_000, 1]);
  summaries.inserted(500);
  summaries.finished(startOf(500), finishRow(500, { cost: priced(9) }));
  expect(of('all', null)).toEqual([203_009, 1]);
  summaries.rolledBack();
  expect(of('all', null)).toEqual([203_000, 1]);
});

test('a hundred thousand rows that no summary knows are counted at a start, within seconds', () => {
  const database = new Database(':memory:');
  migrate(database);
  fillLog(database, { rows: 100_000, days: 90, untilMs: dayStartsAtMs });
  const begun = process.threadCpuUsage();
  expect(countLeftOvers(database)).toBe(100_000);
  // Measured 0.8 s here; of this thread alone, whatever else the machine does.
  expect(process.threadCpuUsage(begun).user).toBeLessThan(3_000_000);
  expect(countLeftOvers(database)).toBe(0);
  expect(sumsOfSummaries(database)).toEqual(sumsOfRows(database));
});

test.each([
  ['rows that this start ended', claimSql, [], 'SEARCH requests USING INTEGER PRIMARY KEY (rowid>?)'],
  ['rows to be counted', leftOversSql, [0, 1], 'SEARCH requests USING INTEGER PRIMARY KEY (rowid>?)'],
  [
    'spending',
    spendSql,
    [{ startMs: 0, endMs: 1, provider: null, model: null, rule: null, clientId: null }],
    'SEARCH usageHours USING PRIMARY KEY (hourStartsAtMs>? AND hourStartsAtMs<?)',
  ],
])('%s are found through the key, from the mark on', (_, sql, bound, search) => {
  const { database } = newLog();
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...bound)
    .map((step) => (step as { detail: string }).detail);
  expect(plan).toContain(search);
  expect(plan.join('\n')).not.toMatch(/SCAN (requests|usageHours)|TEMP B-TREE/);
});
