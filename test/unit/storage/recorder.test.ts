/** The log's writing side: one row for each request, whole or not at all, in order. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { requestDetailSchema } from '../../../gateway/contract/records.ts';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import { databaseFile, openDatabase } from '../../../gateway/storage/open-database.ts';
import { openWriter, startWriterThread, WriteFailedError } from '../../../gateway/storage/writer.ts';
import { acknowledged, attempt, finishRow, makeFolder, openForTest, startRow } from './rows.ts';

test('start and finish make one row that holds everything said of the request', async () => {
  const storage = await openForTest(makeFolder());
  await storage.clients.create({
    id: 'c1',
    name: 'Laptop',
    hash: 'aa',
    prefix: 'llmgw_Ab',
    createdAtMs: 1,
    revokedAtMs: null,
    lastSeenAtMs: null,
  });
  const key = 7_000_000_000_000_123;
  const finish = finishRow(key, {
    state: 'upstream_error',
    errorKind: 'upstream-failed',
    errorMessage: 'It "broke".',
    attempts: [
      { ...attempt(2), number: 1 },
      { ...attempt(2), errorKind: 'upstream-failed', errorMessage: 'x' },
    ],
  });
  expect(await acknowledged((done) => storage.recorder.start(startRow(key, { clientId: 'c1', stream: true }), done))).toBeNull();
  expect(await acknowledged((done) => storage.recorder.finish(finish, done))).toBeNull();
  const detail = requestDetailSchema.parse(await storage.getRequest(formatRequestId(key)));
  expect(detail).toEqual({
    id: formatRequestId(key),
    state: 'upstream_error',
    startedAtMs: 1_700_000_000_000,
    durationMs: 12.5,
    firstTokenMs: 3.25,
    clientId: 'c1',
    clientName: 'Laptop',
    dialect: 'openai-chat',
    requestedModel: 'fast',
    provider: 'openai',
    model: 'gpt-5-mini',
    stream: true,
    status: 200,
    attempts: 2,
    usage: finish.usage,
    costUsd: null,
    errorKind: 'upstream-failed',
    errorMessage: 'It "broke".',
    attemptList: finish.attempts,
    rawUsageJson: '{"prompt_tokens":7}',
    requestBytes: 120,
    responseBytes: 456,
    configVersion: 3,
  });
  expect((await storage.listRequests({ limit: 10 })).items).toHaveLength(1);
});

test('a refused request is one row in its final state', async () => {
  const storage = await openForTest(makeFolder());
  const finish = finishRow(5, {
    state: 'rejected',
    attempts: [],
    provider: null,
    model: null,
    status: 404,
    errorKind: 'unknown-model',
  });
  expect(await acknowledged((done) => storage.recorder.reject(startRow(5), finish, done))).toBeNull();
  const { items } = await storage.listRequests({ limit: 10 });
  expect(items).toMatchObject([{ state: 'rejected', attempts: 0, status: 404 }]);
});

test('one bad operation in a turn of good ones fails alone', async () => {
  const storage = await openForTest(makeFolder());
  const { recorder } = storage;
  await acknowledged((done) => recorder.start(startRow(1), done));
  const results = await Promise.all([
    acknowledged((done) => recorder.start(startRow(2), done)),
    acknowledged((done) => recorder.start(startRow(1), done)),
    storage.clients
      .create({ id: 'c', name: 'n', hash: 'h', prefix: 'p', createdAtMs: 1, revokedAtMs: null, lastSeenAtMs: null })
      .then(() => null),
    acknowledged((done) => recorder.finish(finishRow(99), done)),
    acknowledged((done) => recorder.finish(finishRow(1), done)),
    acknowledged((done) => recorder.start(startRow(3, { startedAtMs: 1.5 }), done)),
    acknowledged((done) => recorder.reject(startRow(4), finishRow(4, { state: 'rejected' }), done)),
    storage.clients.revoke('c'),
    storage.clients.revoke('nobody'),
  ]);
  expect(results.map((result) => (result instanceof WriteFailedError ? result.code : result))).toEqual([
    null,
    'SQLITE_CONSTRAINT_PRIMARYKEY',
    null,
    '',
    null,
    'SQLITE_CONSTRAINT_DATATYPE',
    null,
    true,
    false,
  ]);
  const { items } = await storage.listRequests({ limit: 10 });
  expect(items.map(({ id, state }) => [id, state])).toEqual([
    [formatRequestId(4), 'rejected'],
    [formatRequestId(2), 'started'],
    [formatRequestId(1), 'ok'],
  ]);
});

test('a finish whose attempts are refused leaves the row as it was', async () => {
  const storage = await openForTest(makeFolder());
  const { recorder } = storage;
  await acknowledged((done) => recorder.start(startRow(1), done));
  const twice = finishRow(1, { attempts: [attempt(1), attempt(1)] });
  expect(await acknowledged((done) => recorder.finish(twice, done))).toBeInstanceOf(WriteFailedError);
  expect(await storage.getRequest(formatRequestId(1))).toMatchObject({ state: 'started', attempts: 0, attemptList: [] });
  expect(await acknowledged((done) => recorder.finish(finishRow(1), done))).toBeNull();
});

test('a row is finished once: a second finish is refused and changes nothing', async () => {
  const storage = await openForTest(makeFolder());
  const { recorder } = storage;
  await acknowledged((done) => recorder.start(startRow(1), done));
  await acknowledged((done) => recorder.finish(finishRow(1), done));
  const second = await acknowledged((done) => recorder.finish(finishRow(1, { state: 'client_closed', attempts: [] }), done));
  expect(second?.message).toMatch(/was finished before/);
  expect(await storage.getRequest(formatRequestId(1))).toMatchObject({ state: 'ok', attempts: 1 });
});

test('writes are acknowledged in the order they were handed over, never before the call returns', async () => {
  const storage = await openForTest(makeFolder());
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  const done = new Promise<void>((resolve) => {
    storage.recorder.start(startRow(1), note('start 1'));
    storage.recorder.start(startRow(2), note('start 2'));
    storage.recorder.finish(finishRow(1), () => {
      order.push('finish 1');
      resolve();
    });
    order.push('returned');
  });
  await done;
  expect(order).toEqual(['returned', 'start 1', 'start 2', 'finish 1']);
});

test('closing waits for every write that was handed over, and later ones fail', async () => {
  const dataDir = makeFolder();
  const storage = await openForTest(dataDir);
  const writes = Array.from({ length: 500 }, (_, index) =>
    acknowledged((done) => storage.recorder.start(startRow(index + 1), done)),
  );
  const closing = storage.close();
  const late = await acknowledged((done) => storage.recorder.start(startRow(1000), done));
  expect(late).toMatchObject({ code: 'CLOSED' });
  await expect(storage.configVersions.save({ version: 1, documentJson: '{}', savedAtMs: 1, source: 'call' })).rejects.toThrow(
    /is stopping/,
  );
  await closing;
  expect(await Promise.all(writes)).toEqual(writes.map(() => null));
  expect((await openForTest(dataDir)).lastRequestKey).toBe(500);
});

test('a writer thread that ends fails everything waiting and everything after, and says so once', async () => {
  const dataDir = makeFolder();
  const file = databaseFile(dataDir);
  openDatabase(dataDir).close();
  const thread = startWriterThread(file);
  const lost: Error[] = [];
  const writer = await openWriter(thread, (error) => lost.push(error));
  const waiting = [
    acknowledged((done) => writer.start(startRow(1), done)),
    acknowledged((done) => writer.start(startRow(2), done)),
  ];
  const rare = writer.write({ type: 'delete-secret', name: 'x' }).catch((error: unknown) => error);
  await thread.terminate();
  for (const result of [...(await Promise.all(waiting)), await rare]) expect(result).toMatchObject({ code: 'WRITER_LOST' });
  expect(await acknowledged((done) => writer.finish(finishRow(1), done))).toMatchObject({ code: 'WRITER_LOST' });
  expect(lost).toHaveLength(1);
  await writer.close();
});

test('a thread that cannot open its database is an error at the start, not a silence', async () => {
  const thread = startWriterThread('/nowhere/at/all.db');
  await expect(openWriter(thread)).rejects.toThrow(/directory does not exist/);
});

test('while another process holds the write lock, waiting writes fail within seconds and the next ones work', async () => {
  const dataDir = makeFolder();
  const storage = await openForTest(dataDir);
  const other = new Database(databaseFile(dataDir));
  other.exec('BEGIN IMMEDIATE');
  const begun = performance.now();
  const results = await Promise.all([1, 2, 3].map((key) => acknowledged((done) => storage.recorder.start(startRow(key), done))));
  expect(performance.now() - begun).toBeLessThan(4_000);
  expect(results.map((error) => (error instanceof WriteFailedError ? error.code : error))).toEqual(Array(3).fill('SQLITE_BUSY'));
  other.exec('ROLLBACK');
  other.close();
  expect(await acknowledged((done) => storage.recorder.start(startRow(4), done))).toBeNull();
});
