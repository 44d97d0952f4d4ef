/** What decisions were made from, and what led from one attempt to the next: kept with the request, and found by its id. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { migration0001 } from '../../../gateway/storage/migrations/0001-first-tables.ts';
import { migration0002 } from '../../../gateway/storage/migrations/0002-fidelity.ts';
import { prepareRequestQueries } from '../../../gateway/storage/request-queries.ts';
import { acknowledged, attempt, finish, finishRow, makeFolder, openForTest, startInLog, startRow } from './rows.ts';

test('a request says whether its decision can be made again, and what it was made from', async () => {
  const storage = openForTest(makeFolder());
  const started = await startInLog(storage.recorder, 7);
  await finish(storage.recorder, started, { decisionJson: '{"a":1}', rule: 'code' });
  await acknowledged((done) => storage.recorder.reject(startRow(8), finishRow(8, { state: 'rejected', attempts: [] }), done));
  expect(await storage.getRequest(formatRequestId(7))).toMatchObject({ decisionKept: true, rule: 'code', shadow: null });
  expect(await storage.getRequest(formatRequestId(8))).toMatchObject({ decisionKept: false, rule: null });
  const ids = [formatRequestId(7), formatRequestId(8), formatRequestId(9), 'none of ours'];
  expect(ids.map((id) => storage.getDecisionInputs(id))).toEqual(['{"a":1}', null, null, null]);
});

test('an attempt that went well at the first has no row of its own, and loses nothing by that', async () => {
  const storage = openForTest(makeFolder());
  const started = await startInLog(storage.recorder, 7);
  const lone = { ...attempt(1), key: 'env:KEY', headMs: 5.5 };
  await finish(storage.recorder, started, { attempts: [lone] });
  expect(await storage.getRequest(formatRequestId(7))).toMatchObject({ attemptList: [lone] });
  const waited = { ...lone, waitedMs: 40 };
  await acknowledged((done) => storage.recorder.reject(startRow(8), finishRow(8, { attempts: [waited] }), done));
  expect(await storage.getRequest(formatRequestId(8))).toMatchObject({ attemptList: [waited] });
});

test('attempts of an older log say what is known of them: who was asked next, and after which pause', () => {
  const database = new Database(':memory:');
  migrate(database, [migration0001, migration0002]);
  database.exec(`
    INSERT INTO requests (key, state, startedAtMs, dialect, requestedModel, stream, requestBytes, configVersion, attempts)
    VALUES (1, 'ok', 0, 'openai-chat', 'fast', 0, 9, 1, 3);
    INSERT INTO attempts (requestKey, number, provider, model, startedAtMs, durationMs, status) VALUES
      (1, 1, 'a', 'm', 1000, 20, 500), (1, 2, 'a', 'm', 1300, 30, 500), (1, 3, 'b', 'm', 1325, 5, 200);`);
  migrate(database);
  const { attemptList } = prepareRequestQueries(database).get(1) ?? {};
  expect(attemptList).toMatchObject([
    { cause: 'first', waitedMs: 0, key: null, headMs: null },
    { cause: 'retry', waitedMs: 280, key: null, headMs: null },
    { cause: 'next-target', waitedMs: 0, key: null, headMs: null },
  ]);
});
