/** Costs that are computed anew: read in order, changed with their summaries, and nothing else. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Price } from '../../../gateway/contract/money/price.ts';
import type { LoggedCostsQuery } from '../../../gateway/contract/money/repricing.ts';
import type { RecordedCost } from '../../../gateway/contract/records.ts';
import { repriceRow } from '../../../gateway/money/reprice.ts';
import { createFollowers, prepareCommitBatch } from '../../../gateway/storage/commit-batch.ts';
import { loggedCostsSql, prepareCostQueries } from '../../../gateway/storage/logged-costs.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { sumsOfRows, sumsOfSummaries } from '../../support/usage-sums.ts';
import { attempt, finishRow, startRow } from './rows.ts';

const startMs = Date.UTC(2026, 10, 20);
const keyAt = (minute: number): number => (startMs + minute * 60_000) * 4096;
const everything: LoggedCostsQuery = {
  fromMs: startMs,
  toMs: startMs + 86_400_000,
  provider: null,
  model: null,
  afterKey: -1,
  limit: 3,
};

const price = (inputPerMillionUsd: number): Price => ({
  rates: { inputPerMillionUsd, outputPerMillionUsd: 2 },
  longContext: [],
  serviceTiers: {},
  source: 'config',
  version: 'config 2',
  url: null,
});

const cost = (nanoUsd: number | null, basis: RecordedCost['basis']): RecordedCost => ({
  nanoUsd,
  basis,
  price: price(1),
  cacheSavedNanoUsd: 5,
  localSavedNanoUsd: 0,
});

function newLog() {
  const database = new Database(':memory:');
  migrate(database);
  const followers = createFollowers(database);
  const commit = prepareCommitBatch(database, followers);
  const add = (minute: number, change: Parameters<typeof finishRow>[1]) =>
    commit([
      {
        kind: 'request',
        start: startRow(keyAt(minute), { startedAtMs: startMs + minute * 60_000 }),
        finish: finishRow(keyAt(minute), change),
      },
    ]);
  const readAll = (query: Partial<LoggedCostsQuery> = {}) => {
    const { loggedCosts: read } = prepareCostQueries(database);
    const rows = [];
    for (let afterKey: number | null = -1; afterKey !== null; ) {
      const page = read({ ...everything, ...query, afterKey });
      rows.push(...page.rows);
      afterKey = page.lastKey;
    }
    return rows;
  };
  return { database, commit, add, readAll, summaries: followers.summaries };
}

function filledLog() {
  const log = newLog();
  const failed = { ...attempt(1), provider: 'other', model: 'small', status: 503, costUsd: 0.001 };
  log.add(1, { cost: cost(9_000, 'computed') });
  log.add(2, { cost: cost(9_000, 'estimated') });
  log.add(3, { cost: cost(null, 'unknown') });
  log.add(4, { cost: cost(77, 'stated') });
  log.add(5, { cost: cost(1_009_000, 'estimated'), attempts: [failed, { ...attempt(2), costUsd: 0.000009 }] });
  log.add(6, { cost: cost(9_000, 'computed'), provider: 'else', model: 'where' });
  log.add(7, { cost: { ...cost(0, 'none'), price: null }, provider: null, model: null, attempts: [] });
  log.summaries.write();
  return log;
}

test('rows come oldest first, page by page, with what their earlier attempts cost; those that were sent to nobody do not', () => {
  const { readAll } = filledLog();
  const rows = readAll();
  expect(rows.map(({ key }) => key)).toEqual([1, 2, 3, 4, 5, 6].map(keyAt));
  expect(rows.map(({ nanoUsd, basis }) => [nanoUsd, basis])).toEqual([
    [9_000, 'computed'],
    [9_000, 'estimated'],
    [null, 'unknown'],
    [77, 'stated'],
    [1_009_000, 'estimated'],
    [9_000, 'computed'],
  ]);
  expect(rows[4]).toMatchObject({
    earlierNanoUsd: 1_000_000,
    lastAttempt: 2,
    usage: { inputTokens: 7, outputTokens: 9, estimated: false },
  });
  expect(rows[0]).toMatchObject({ earlierNanoUsd: 0, lastAttempt: null, rawUsageJson: '{"prompt_tokens":7}' });
  expect(readAll({ provider: 'else' }).map(({ model }) => model)).toEqual(['where']);
  expect(readAll({ fromMs: startMs + 5 * 60_000, toMs: startMs + 6 * 60_000 }).map(({ key }) => key)).toEqual([keyAt(5)]);
});

test('a model is found by its own name, and by its provider’s and its own', () => {
  const { readAll } = filledLog();
  const keysOf = (model: string) => readAll({ model }).map(({ key }) => key);
  expect([keysOf('where'), keysOf('else/where')]).toEqual([[keyAt(6)], [keyAt(6)]]);
  expect(keysOf('other/where')).toEqual([]);
});

test('the log is read from the first key of the range, not from its beginning', () => {
  const { database } = filledLog();
  const [step] = database
    .prepare<[LoggedCostsQuery], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${loggedCostsSql}`)
    .all(everything);
  expect(step?.detail).toBe('SEARCH requests USING INTEGER PRIMARY KEY (rowid>?)');
});

test('new costs change the rows, their summaries and the last attempt together, and the price that they name', () => {
  const { database, commit, readAll, summaries } = filledLog();
  const changes = readAll({ provider: 'openai' }).flatMap(
    (row) => repriceRow(row, { price: price(10), comparedPrice: null }) ?? [],
  );
  expect(changes).toHaveLength(4);
  expect(commit([{ kind: 'reprice', changes }])).toEqual([{ changed: true }]);
  summaries.write();
  const anew = 7 * 10_000 + 9 * 2_000;
  expect(readAll().map(({ nanoUsd, basis }) => [nanoUsd, basis])).toEqual([
    [anew, 'computed'],
    [anew, 'estimated'],
    [anew, 'computed'],
    [77, 'stated'],
    [1_000_000 + anew, 'estimated'],
    [9_000, 'computed'],
  ]);
  expect(sumsOfSummaries(database)).toEqual(sumsOfRows(database));
  const attempts = database
    .prepare('SELECT number, costNanoUsd FROM attempts WHERE requestKey = ? ORDER BY number')
    .all(keyAt(5));
  expect(attempts).toEqual([
    { number: 1, costNanoUsd: 1_000_000 },
    { number: 2, costNanoUsd: anew },
  ]);
  const named =
    'SELECT DISTINCT priceJson FROM requests JOIN prices ON prices.id = priceId WHERE provider = ? AND costBasis <> ?';
  expect(database.prepare(named).pluck().all('openai', 'stated')).toEqual([JSON.stringify(price(10))]);
});

test('doing it twice changes nothing more, and a row that is not as it was read stays as it is', () => {
  const { database, commit, readAll } = filledLog();
  const changes = readAll().flatMap((row) => repriceRow(row, { price: price(10), comparedPrice: null }) ?? []);
  commit([{ kind: 'reprice', changes }]);
  expect(commit([{ kind: 'reprice', changes }])).toEqual([{ changed: false }]);
  expect(sumsOfSummaries(database)).toEqual(sumsOfRows(database));
  expect(readAll().flatMap((row) => repriceRow(row, { price: price(10), comparedPrice: null }) ?? [])).toEqual([]);
});

test('a row that the summaries do not hold yet is not changed: its difference would be counted against nothing', () => {
  const { commit, add, readAll } = filledLog();
  add(8, { cost: cost(9_000, 'computed') });
  const changes = readAll({ fromMs: startMs + 8 * 60_000 }).flatMap(
    (row) => repriceRow(row, { price: price(10), comparedPrice: null }) ?? [],
  );
  expect(changes).toHaveLength(1);
  expect(commit([{ kind: 'reprice', changes }])).toEqual([{ changed: false }]);
});

test('a price that nobody knows any more leaves a row the cost that it has', () => {
  const { readAll } = filledLog();
  expect(readAll().flatMap((row) => repriceRow(row, { price: null, comparedPrice: null }) ?? [])).toEqual([]);
});

test('the models of a time are those of its summaries', () => {
  const { database } = filledLog();
  const { usedModels: used } = prepareCostQueries(database);
  expect(used(startMs - 86_400_000)).toEqual([
    { provider: 'else', model: 'where' },
    { provider: 'openai', model: 'gpt-5-mini' },
    { provider: 'other', model: 'small' },
  ]);
  expect(used(startMs + 86_400_000)).toEqual([]);
});
