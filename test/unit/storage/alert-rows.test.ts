/** Alerts in the database: one row each, deliveries beside them, and questions that are answered from an index. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Alert } from '../../../gateway/contract/money/alert.ts';
import { dueSql, listSql, nextTrySql } from '../../../gateway/storage/alert-rows.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { finish, makeFolder, openForTest, startInLog } from './rows.ts';

const alertOf = (id: string, atMs: number): Alert => ({
  id,
  kind: 'budget-threshold',
  atMs,
  message: `m ${id}`,
  budget: { id: 'b', name: 'Team' },
  share: 0.5,
  seenAtMs: null,
});
const urls = ['https://a.example/', 'https://b.example/'];

test('an id that is there keeps nothing of a second alert, neither its words nor its deliveries', async () => {
  const { alerts } = openForTest(makeFolder());
  expect(await alerts.raise({ alert: alertOf('x', 100), passedOver: ['w'], urls: [] })).toBe(true);
  expect(await alerts.raise({ alert: { ...alertOf('x', 200), message: 'other' }, passedOver: ['v'], urls })).toBe(false);
  expect(await alerts.raise({ alert: alertOf('w', 300), passedOver: [], urls })).toBe(false);
  expect(await alerts.raise({ alert: alertOf('v', 400), passedOver: [], urls: [] })).toBe(true);
  expect(alerts.list(10)).toEqual([alertOf('v', 400), alertOf('x', 100)]);
  expect(alerts.due(1_000, 10)).toEqual([]);
});

test('seeing counts those that nobody had seen, and not those that were passed over', async () => {
  const { alerts } = openForTest(makeFolder());
  await alerts.raise({ alert: alertOf('x', 100), passedOver: ['w'], urls: [] });
  expect(await alerts.see(['x', 'w', 'nobody'], 500)).toBe(1);
  expect(await alerts.see(['x'], 600)).toBe(0);
  expect(alerts.list(1)).toEqual([{ ...alertOf('x', 100), seenAtMs: 500 }]);
});

test('a delivery is due from its next try on, and at once when the clock has gone back behind it', async () => {
  const { alerts } = openForTest(makeFolder());
  const dayMs = 86_400_000;
  await alerts.raise({ alert: alertOf('x', 10 * dayMs), passedOver: [], urls });
  const [url = ''] = urls;
  await alerts.noteTry({ alertId: 'x', url, tries: 1, triedAtMs: 10 * dayMs, nextTryAtMs: 10 * dayMs + 500, problem: 'p' });
  const dueAt = (nowMs: number) => alerts.due(nowMs, 10).map((one) => [one.url, one.tries]);
  expect(dueAt(10 * dayMs + 499)).toEqual([['https://b.example/', 0]]);
  expect(dueAt(10 * dayMs + 500)).toEqual([
    ['https://b.example/', 0],
    ['https://a.example/', 1],
  ]);
  expect(dueAt(dayMs)).toHaveLength(2);
  expect(alerts.nextTryAt()).toBe(10 * dayMs);
});

test('one address is hastened, what is over stays over', async () => {
  const { alerts } = openForTest(makeFolder());
  const [url = ''] = urls;
  for (const id of ['x', 'y']) await alerts.raise({ alert: alertOf(id, 1_000), passedOver: [], urls });
  await alerts.noteTry({ alertId: 'x', url, tries: 1, triedAtMs: 1, nextTryAtMs: null, problem: null });
  await alerts.hasten(url, 500);
  expect(alerts.due(500, 10).map((one) => [one.alert.id, one.url])).toEqual([['y', url]]);
});

test('the latest try to each address is the one that is told of, whichever alert it was for', async () => {
  const { alerts } = openForTest(makeFolder());
  const [url = ''] = urls;
  for (const id of ['x', 'y']) await alerts.raise({ alert: alertOf(id, 1), passedOver: [], urls });
  await alerts.noteTry({ alertId: 'x', url, tries: 3, triedAtMs: 20, nextTryAtMs: 30, problem: 'later' });
  await alerts.noteTry({ alertId: 'y', url, tries: 1, triedAtMs: 10, nextTryAtMs: null, problem: null });
  expect(alerts.lastTries()).toEqual([{ url, tries: 3, nextTryAtMs: 30, problem: 'later' }]);
});

test('what is old goes with its deliveries, and nothing else', async () => {
  const { alerts } = openForTest(makeFolder());
  await alerts.raise({ alert: alertOf('old', 100), passedOver: ['older'], urls });
  await alerts.raise({ alert: alertOf('new', 200), passedOver: [], urls: urls.slice(0, 1) });
  await alerts.forget(200);
  expect(alerts.list(10).map(({ id }) => id)).toEqual(['new']);
  expect(alerts.due(1_000, 10).map(({ alert }) => alert.id)).toEqual(['new']);
});

test('an hour costs what all its requests cost, those that no summary counts yet and those of before a restart', async () => {
  const dataDir = makeFolder();
  const hourMs = 3_600_000;
  const hour = Math.floor(1_700_000_000_000 / hourMs) * hourMs;
  const cost = (nanoUsd: number) => ({
    cost: { nanoUsd, basis: 'computed', price: null, cacheSavedNanoUsd: 0, localSavedNanoUsd: 0 } as const,
  });
  const first = openForTest(dataDir);
  await finish(first.recorder, await startInLog(first.recorder, 1, { startedAtMs: hour + 5, clientId: 'a' }), cost(3));
  await first.close();
  const { recorder, alerts } = openForTest(dataDir);
  await finish(recorder, await startInLog(recorder, 2, { startedAtMs: hour + 9, clientId: 'b' }), cost(4));
  await finish(recorder, await startInLog(recorder, 3, { startedAtMs: hour + hourMs, clientId: 'a' }), cost(0));
  await finish(recorder, await startInLog(recorder, 4, { startedAtMs: hour + 2 * hourMs, clientId: 'a' }), cost(9));
  expect(alerts.spendByHour(hour, hour + 2 * hourMs)).toEqual([{ hourStartsAtMs: hour, nanoUsd: 7 }]);
});

test.each([
  ['the newest alerts', listSql, [10], /SCAN alerts USING INDEX alertsByTime/],
  ['what is due', dueSql, [1, 2, 10], /(?:SEARCH|SCAN) alertDeliveries USING (?:COVERING )?INDEX alertDeliveriesToCome/],
  ['the next try', nextTrySql, [], /alertDeliveries USING (?:COVERING )?INDEX alertDeliveriesToCome/],
])('%s are found by an index, without sorting', (_what, sql, values, expected) => {
  const database = new Database(':memory:');
  migrate(database);
  const plan = database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('; ');
  expect(plan).toMatch(expected);
  expect(plan).not.toMatch(/TEMP B-TREE/);
});
