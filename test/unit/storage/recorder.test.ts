/** The log's writing side: one row for each request, whole or not at all, in order. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { requestDetailSchema } from '../../../gateway/contract/records.ts';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import { connectReadOnly } from '../../../gateway/storage/connect.ts';
import { databaseFile } from '../../../gateway/storage/open-database.ts';
import { WriteFailedError } from '../../../gateway/storage/settle.ts';
import { clientRow } from '../../support/client-rows.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { acknowledged, attempt, finish, finishRow, makeFolder, openForTest, start, startInLog, startRow } from './rows.ts';

test('start and finish make one row that holds everything said of the request', async () => {
  const storage = openForTest(makeFolder());
  await storage.clients.create(clientRow('c1', { name: 'Laptop' }));
  const key = 7_000_000_000_000_123;
  const dropped = [{ field: 'top_k', words: 'it has no such field', count: 2 }];
  const fidelity = { from: 'anthropic-messages', to: 'openai-chat', kept: ['messages'], emulated: [], dropped };
  const price: Price = {
    rates: { inputPerMillionUsd: 0.25, outputPerMillionUsd: 2 },
    longContext: [],
    serviceTiers: { flex: 0.5 },
    source: 'catalog',
    version: 'genai-prices 0.1.8',
    url: null,
  };
  const ending = finishRow(key, {
    state: 'upstream_error',
    errorKind: 'upstream-failed',
    errorMessage: 'It "broke".',
    fidelityJson: JSON.stringify(fidelity),
    droppedFields: 1,
    rule: 'code to one model',
    decisionJson: '{"atMs":1}',
    cost: { nanoUsd: 12_500, basis: 'computed', price, cacheSavedNanoUsd: 2_000, localSavedNanoUsd: 3_000 },
    task: 'code',
    attempts: [
      { ...attempt(2), number: 1 },
      { ...attempt(2), cause: 'next-key', errorKind: 'upstream-failed', errorMessage: 'x' },
    ],
  });
  const started = await startInLog(storage.recorder, key, { clientId: 'c1', stream: true });
  expect(await finish(storage.recorder, started, ending)).toBeNull();
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
    droppedFields: 1,
    rule: 'code to one model',
    usage: ending.usage,
    costUsd: 0.0000125,
    costBasis: 'computed',
    errorKind: 'upstream-failed',
    errorMessage: 'It "broke".',
    attemptList: ending.attempts,
    rawUsageJson: '{"prompt_tokens":7}',
    requestBytes: 120,
    responseBytes: 456,
    configVersion: 3,
    fidelity,
    decisionKept: true,
    shadow: null,
    task: 'code',
    price,
    costLines: [],
    cacheSavedUsd: 0.000002,
    localSavedUsd: 0.000003,
    reservedUsd: null,
    overBound: false,
  });
  expect(storage.getDecisionInputs(detail.id)).toBe('{"atMs":1}');
  expect((await storage.listRequests({ limit: 10 })).items).toHaveLength(1);
});

test('a refused request is one row in its final state', async () => {
  const storage = openForTest(makeFolder());
  const ending = finishRow(5, {
    state: 'rejected',
    attempts: [],
    provider: null,
    model: null,
    status: 404,
    errorKind: 'unknown-model',
  });
  expect(await acknowledged((done) => storage.recorder.reject(startRow(5), ending, done))).toBeNull();
  const { items } = await storage.listRequests({ limit: 10 });
  expect(items).toMatchObject([{ state: 'rejected', attempts: 0, status: 404 }]);
});

test('one bad operation in a turn of good ones fails alone', async () => {
  const storage = openForTest(makeFolder());
  const { recorder } = storage;
  const first = await startInLog(recorder, 1);
  const results = await Promise.all([
    start(recorder, 2).acknowledged,
    start(recorder, 1).acknowledged,
    storage.clients.create(clientRow('c')).then(() => null),
    finish(recorder, 99),
    finish(recorder, first),
    start(recorder, 3, { startedAtMs: 1.5 }).acknowledged,
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
  const storage = openForTest(makeFolder());
  const { recorder } = storage;
  const started = await startInLog(recorder, 1);
  expect(await finish(recorder, started, { attempts: [attempt(1), attempt(1)] })).toBeInstanceOf(WriteFailedError);
  expect(await storage.getRequest(formatRequestId(1))).toMatchObject({ state: 'started', attempts: 0, attemptList: [] });
  expect(await finish(recorder, started)).toBeNull();
});

test('a row is finished once: a second finish is refused and changes nothing', async () => {
  const storage = openForTest(makeFolder());
  const { recorder } = storage;
  const started = await startInLog(recorder, 1);
  expect(await finish(recorder, started)).toBeNull();
  const second = await finish(recorder, started, { state: 'client_closed', attempts: [] });
  expect(second?.message).toMatch(/was finished before/);
  expect(await storage.getRequest(formatRequestId(1))).toMatchObject({ state: 'ok', attempts: 1 });
});

test('the halves of a request are acknowledged in their order, never before the call returns', async () => {
  const storage = openForTest(makeFolder());
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  const done = new Promise<void>((resolve) => {
    const first = storage.recorder.start(startRow(1), note('start 1'));
    const second = storage.recorder.start(startRow(2), note('start 2'));
    storage.recorder.finish(first, finishRow(1), note('finish 1'));
    storage.recorder.finish(second, finishRow(2), () => {
      order.push('finish 2');
      resolve();
    });
    order.push('returned');
  });
  await done;
  expect(order).toEqual(['returned', 'start 1', 'finish 1', 'start 2', 'finish 2']);
});

test('closing waits for every write that was handed over, and later ones fail', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  const writes = Array.from({ length: 500 }, (_, index) => start(storage.recorder, index + 1).acknowledged);
  const closing = storage.close();
  const late = start(storage.recorder, 1000);
  expect(await late.acknowledged).toMatchObject({ code: 'CLOSED' });
  expect(await finish(storage.recorder, late.started)).toMatchObject({ code: 'CLOSED' });
  await expect(storage.configVersions.save({ version: 1, documentJson: '{}', savedAtMs: 1, source: 'call' })).rejects.toThrow(
    /is stopping/,
  );
  await closing;
  expect(await Promise.all(writes)).toEqual(writes.map(() => null));
  expect(openForTest(dataDir).lastRequestKey).toBe(500);
});

test.each([
  ['that went well, with every digit', [{ ...attempt(1), startedAtMs: 1_799_999_999_999, durationMs: 0.1 + 0.2 }], 0],
  ['that failed', [{ ...attempt(1), status: 503, errorKind: 'upstream-failed', errorMessage: 'no "room"' }], 1],
  ['that failed without a status', [{ ...attempt(1), status: null, errorKind: 'upstream-unreachable', errorMessage: 'x' }], 1],
  ["with a status that is not the answer's", [{ ...attempt(1), status: 201 }], 1],
  ["of a provider that is not the answer's", [{ ...attempt(1), provider: 'lab' }], 1],
  ["of a model that is not the answer's", [{ ...attempt(1), model: 'other' }], 1],
  ['with a message and no kind', [{ ...attempt(1), errorMessage: 'odd' }], 1],
  ['with another number', [{ ...attempt(1), number: 2 }], 1],
])('a lone attempt %s is read back exactly', async (_, attempts, childRows) => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  const started = await startInLog(storage.recorder, 1);
  expect(await finish(storage.recorder, started, { attempts })).toBeNull();
  expect(await acknowledged((done) => storage.recorder.reject(startRow(2), finishRow(2, { attempts }), done))).toBeNull();
  for (const key of [1, 2]) {
    expect(await storage.getRequest(formatRequestId(key))).toMatchObject({ attempts: 1, attemptList: attempts });
  }
  expect(countAttemptRows(dataDir)).toBe(2 * childRows);
});

test('two attempts are two rows of their own, in their order', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  const attempts = [
    { ...attempt(2), number: 1, errorKind: 'upstream-failed', errorMessage: 'x' },
    { ...attempt(1), number: 2 },
  ];
  expect(await finish(storage.recorder, await startInLog(storage.recorder, 1), { attempts })).toBeNull();
  expect((await storage.getRequest(formatRequestId(1)))?.attemptList).toEqual(attempts);
  expect(countAttemptRows(dataDir)).toBe(2);
});

test('what was just handed over is seen by who asks now, also while it waits for more', async () => {
  const storage = openForTest(makeFolder());
  await startInLog(storage.recorder, 1);
  // Nothing that waits for a moment is written by itself from here on.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const second = start(storage.recorder, 2);
  expect(await storage.getRequest(formatRequestId(2))).toMatchObject({ state: 'started', attemptList: [] });
  const finished = finish(storage.recorder, second.started);
  expect(await storage.getRequest(formatRequestId(2))).toMatchObject({ state: 'ok', attemptList: [attempt(1)] });
  const third = start(storage.recorder, 3);
  expect((await storage.listRequests({ limit: 10 })).items.map(({ state }) => state)).toEqual(['started', 'ok', 'started']);
  expect(await Promise.all([second.acknowledged, finished, third.acknowledged])).toEqual([null, null, null]);
});

function countAttemptRows(dataDir: string): unknown {
  const database = connectReadOnly(databaseFile(dataDir));
  try {
    return database.prepare('SELECT count(*) FROM attempts').pluck().get();
  } finally {
    database.close();
  }
}
