/** What becomes of requests that end while the log cannot be written, and what is told of it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  acknowledged,
  finish,
  finishRow,
  type OpenWriter,
  openWriterForTest,
  rowsOf,
  start,
  startInLog,
  startRow,
} from './rows.ts';

/** From now on every write fails as on a disk that became read-only, or none does. */
const refuseWrites = (database: Database, refuse = true): unknown => database.pragma(`query_only = ${refuse ? 'ON' : 'OFF'}`);

const rowOf = (database: Database, key: number): unknown => database.prepare('SELECT * FROM requests WHERE key = ?').get(key);

const reject = ({ writer }: OpenWriter, key: number): Promise<Error | null> =>
  acknowledged((done) => writer.reject(startRow(key), finishRow(key, { state: 'rejected', status: 404 }), done));

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('It did not come to that within 5 s.');
    await pause(5);
  }
}

const told = { message: 'The request log cannot be written: attempt to write a readonly database (SQLITE_READONLY).' };

test('a finish that could not be written follows the next commit that succeeds, with its usage and what its client was told', async () => {
  const open = openWriterForTest();
  const { writer, database, outages } = open;
  const [whole, stream] = [await startInLog(writer, 1), await startInLog(writer, 2, { stream: true })];
  const left = await startInLog(writer, 3);
  refuseWrites(database);
  const ends = [finish(writer, whole), finish(writer, stream), finish(writer, left, { state: 'client_closed', status: null })];
  for (const end of await Promise.all(ends)) expect(end).toMatchObject({ code: 'SQLITE_READONLY' });
  expect(writer.outage()).toMatchObject({ ...told, sinceAtMs: 1_700_000_000_000 });
  refuseWrites(database, false);
  expect(rowsOf(database)).toEqual({ 1: 'started', 2: 'started', 3: 'started' });
  expect(await reject(open, 4)).toBeNull();
  expect(rowsOf(database)).toEqual({ 1: 'gateway_error', 2: 'gateway_error', 3: 'client_closed', 4: 'rejected' });
  const refused = { errorKind: 'ledger-unavailable', inputTokens: 7, outputTokens: 9, rawUsageJson: '{"prompt_tokens":7}' };
  expect(rowOf(database, 1)).toMatchObject({ ...refused, status: 503 });
  expect(rowOf(database, 2)).toMatchObject({ ...refused, status: 200 });
  expect(rowOf(database, 3)).toMatchObject({ errorKind: null, outputTokens: 9 });
  expect(writer.outage()).toBeNull();
  expect(outages).toMatchObject([told, null]);
});

test('what is kept is tried again by itself, and an outage is told once however many writes fail', async () => {
  const { writer, database, outages } = openWriterForTest();
  const rows = [await startInLog(writer, 1), await startInLog(writer, 2), await startInLog(writer, 3)];
  refuseWrites(database);
  for (const row of rows) {
    expect(await finish(writer, row)).toBeInstanceOf(Error);
    await pause(300);
  }
  expect(outages).toMatchObject([told]);
  refuseWrites(database, false);
  await until(() => writer.outage() === null);
  expect(rowsOf(database)).toEqual({ 1: 'gateway_error', 2: 'gateway_error', 3: 'gateway_error' });
  expect(outages).toHaveLength(2);
});

test('a request whose start was lost is in the log as one row, however its finish comes', async () => {
  const open = openWriterForTest();
  const { writer, database } = open;
  refuseWrites(database);
  const [early, together, late] = [start(writer, 1), start(writer, 2), start(writer, 3)];
  const joined = finish(writer, together.started, { state: 'gateway_error', status: 503 });
  writer.flush();
  for (const { acknowledged: end } of [early, together, late]) expect(await end).toBeInstanceOf(Error);
  expect(await joined).toBeInstanceOf(Error);
  expect(await finish(writer, early.started, { state: 'gateway_error', status: 503 })).toBeInstanceOf(Error);
  refuseWrites(database, false);
  expect(await finish(writer, late.started, { state: 'client_closed' })).toBeNull();
  expect(rowsOf(database)).toEqual({ 1: 'gateway_error', 2: 'gateway_error', 3: 'client_closed' });
  expect(rowOf(database, 1)).toMatchObject({ requestedModel: 'fast', requestBytes: 120, status: 503 });
});

test('an owner who ends a request anew replaces what was kept of it', async () => {
  const { writer, database } = openWriterForTest();
  const row = await startInLog(writer, 1);
  refuseWrites(database);
  expect(await finish(writer, row, { state: 'upstream_error' })).toBeInstanceOf(Error);
  refuseWrites(database, false);
  expect(await finish(writer, row, { state: 'ok' })).toBeNull();
  expect(rowsOf(database)).toEqual({ 1: 'ok' });
  await until(() => writer.outage() === null);
});

test('an outage that only a setting met ends when the log can be written, although nobody writes', async () => {
  const { writer, database, outages } = openWriterForTest();
  refuseWrites(database);
  const saved = writer.write({ type: 'touch-clients', seen: [['nobody', 1]] });
  await expect(saved).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
  await pause(600);
  expect(outages).toMatchObject([told]);
  refuseWrites(database, false);
  await until(() => writer.outage() === null);
  expect(outages).toMatchObject([told, null]);
});

test('a row that is refused for what it says is neither an outage nor tried again', async () => {
  const open = openWriterForTest();
  const row = await startInLog(open.writer, 1);
  expect(
    await finish(open.writer, row, { rawUsageJson: 1.5 as unknown as string, durationMs: 'x' as unknown as number }),
  ).toMatchObject({
    code: 'SQLITE_CONSTRAINT_DATATYPE',
  });
  expect(await start(open.writer, 1).acknowledged).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
  expect(await reject(open, 2)).toBeNull();
  expect(open.outages).toEqual([]);
  expect(rowsOf(open.database)).toEqual({ 1: 'started', 2: 'rejected' });
});

test('ten thousand ends are kept and no more, and all of them are written without holding up the others', async () => {
  const open = openWriterForTest();
  const { writer, database, outages } = open;
  refuseWrites(database);
  for (let key = 1; key <= 10_050; key += 1) writer.reject(startRow(key), finishRow(key, { state: 'rejected' }), () => undefined);
  writer.flush();
  refuseWrites(database, false);
  expect(await reject(open, 20_000)).toBeNull();
  expect(Object.keys(rowsOf(database)).length).toBeLessThan(1_000);
  await until(() => writer.outage() === null);
  const rows = rowsOf(database);
  expect(Object.keys(rows)).toHaveLength(10_001);
  expect(rows[10_000]).toBe('rejected');
  expect(outages).toHaveLength(2);
});

test('closing writes what is kept', async () => {
  const { writer, database } = openWriterForTest();
  const row = await startInLog(writer, 1);
  refuseWrites(database);
  expect(await finish(writer, row)).toBeInstanceOf(Error);
  refuseWrites(database, false);
  await writer.close();
  expect(rowsOf(database)).toEqual({ 1: 'gateway_error' });
});
