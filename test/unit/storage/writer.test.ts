/** When the writer commits, what it commits together, and who is told when. */
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { StartedRow } from '../../../gateway/contract/records.ts';
import { connectReadOnly } from '../../../gateway/storage/connect.ts';
import { acknowledged, finish, finishRow, openWriterForTest, rowsOf, start, startInLog, startRow } from './rows.ts';

/** From here on, timers only fire when the test says so. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** More turns of the event loop than the writer ever gathers for. */
async function someTurns(): Promise<void> {
  for (let count = 0; count < 6; count += 1) await turn();
}

const changesOf = (database: { prepare(sql: string): { pluck(): { get(): unknown } } }): number =>
  Number(database.prepare('SELECT total_changes()').pluck().get());

test('a start that is joined by its finish is written once, and both are acknowledged', async () => {
  const { writer, database } = openWriterForTest();
  await startInLog(writer, 1);
  const before = changesOf(database);
  const joined = start(writer, 2);
  const finished = finish(writer, joined.started, { responseBytes: 77 });
  expect(await Promise.all([joined.acknowledged, finished])).toEqual([null, null]);
  expect(changesOf(database) - before).toBe(1);
  expect(database.prepare('SELECT state, requestedModel, responseBytes FROM requests WHERE key = 2').raw().get()).toEqual([
    'ok',
    'fast',
    77,
  ]);
});

test("a stream's start is committed at the end of its turn, behind what was asked of that turn beside it", async () => {
  stopTimers();
  const { writer, database } = openWriterForTest();
  const { acknowledged: end } = start(writer, 1, { stream: true });
  await turn();
  expect(rowsOf(database)).toEqual({});
  await turn();
  expect(rowsOf(database)).toEqual({ 1: 'started' });
  expect(await end).toBeNull();
});

test('a start waits 2 to 4 ms for its finish, whenever the others came', async () => {
  stopTimers();
  const { writer, database } = openWriterForTest();
  await startInLog(writer, 1);
  const waiting = [2, 3, 4, 5, 6, 7, 8].map((key) => start(writer, key).acknowledged);
  await someTurns();
  expect(rowsOf(database)).toEqual({ 1: 'started' });
  vi.advanceTimersByTime(2);
  const late = start(writer, 9).acknowledged;
  expect(rowsOf(database)).toEqual({ 1: 'started' });
  vi.advanceTimersByTime(2);
  expect(Object.keys(rowsOf(database))).toHaveLength(8);
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => null));
  vi.advanceTimersByTime(2);
  expect(Object.keys(rowsOf(database))).toHaveLength(9);
  expect(await late).toBeNull();
});

test('on the clock too, a start beside many is in the log within a few milliseconds', async () => {
  const { writer } = openWriterForTest();
  for (let key = 1; key <= 20; key += 1) await startInLog(writer, key);
  const tookMs: number[] = [];
  for (let key = 21; key <= 40; key += 1) {
    const begun = performance.now();
    expect(await start(writer, key).acknowledged).toBeNull();
    tookMs.push(performance.now() - begun);
  }
  // The quickest one: how long the others took may be the machine's doing.
  expect(Math.min(...tookMs)).toBeLessThan(8);
});

test('what a few turns of a busy moment write shares a commit, and a stream of writes does not put it off', async () => {
  const { writer, database } = openWriterForTest();
  await startInLog(writer, 1);
  await startInLog(writer, 2);
  const rowsAfterTurn: number[] = [];
  for (let key = 10; key < 30; key += 1) {
    writer.reject(startRow(key), finishRow(key), () => undefined);
    await turn();
    rowsAfterTurn.push(Object.keys(rowsOf(database)).length - 2);
  }
  const firstCommit = rowsAfterTurn.findIndex((rows) => rows > 0);
  expect(firstCommit).toBeGreaterThan(0);
  expect(firstCommit).toBeLessThan(5);
  expect(new Set(rowsAfterTurn).size).toBeLessThan(12);
});

test('flush commits at once, also what a turn was planned for, and each is told once', async () => {
  stopTimers();
  const { writer, database } = openWriterForTest();
  await startInLog(writer, 1);
  const told: string[] = [];
  const waiting = writer.start(startRow(2), () => told.push('start 2'));
  writer.reject(startRow(3), finishRow(3), () => told.push('reject 3'));
  writer.flush();
  expect(rowsOf(database)).toEqual({ 1: 'started', 2: 'started', 3: 'ok' });
  expect(told.toSorted()).toEqual(['reject 3', 'start 2']);
  await someTurns();
  writer.finish(waiting, finishRow(2), () => told.push('finish 2'));
  await someTurns();
  expect(rowsOf(database)).toEqual({ 1: 'started', 2: 'ok', 3: 'ok' });
  expect(told.slice(2)).toEqual(['finish 2']);
});

test('an acknowledgement never comes before its commit: another connection sees the row', async () => {
  const { writer, file } = openWriterForTest();
  const other = connectReadOnly(file);
  const stateOf = other.prepare<[number], string>('SELECT state FROM requests WHERE key = ?').pluck();
  const seen: (string | undefined)[] = [];
  const ends: Promise<void>[] = [];
  for (let key = 1; key <= 30; key += 1) {
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.push(promise);
    const started = writer.start(startRow(key), () => seen.push(stateOf.get(key)));
    const end = (): void =>
      writer.finish(started, finishRow(key), () => {
        seen.push(stateOf.get(key));
        resolve();
      });
    setTimeout(end, key % 6);
  }
  await Promise.all(ends);
  other.close();
  expect(seen).toHaveLength(60);
  expect(seen).not.toContain(undefined);
  expect(seen.filter((state) => state === 'ok').length).toBeGreaterThanOrEqual(30);
});

test('an acknowledgement may hand over more, flush and close, and nothing is lost, doubled or told before its call returned', async () => {
  const { writer, database } = openWriterForTest();
  const told: string[] = [];
  const second = Promise.withResolvers<void>();
  const started = writer.start(startRow(1), () => {
    told.push('start 1');
    writer.finish(started, finishRow(1), () => told.push('finish 1'));
    writer.reject(startRow(2), finishRow(2), () => {
      told.push('reject 2');
      writer.start(startRow(3), () => told.push('start 3'));
      void writer.close().then(second.resolve);
      told.push('closing');
    });
    told.push('handed over');
    writer.flush();
    told.push('flushed');
  });
  writer.reject(startRow(4), finishRow(4), () => told.push('reject 4'));
  await second.promise;
  await turn();
  expect(told).toEqual(['reject 4', 'start 1', 'handed over', 'finish 1', 'reject 2', 'closing', 'flushed', 'start 3']);
  expect(rowsOf(database)).toEqual({ 1: 'ok', 2: 'ok', 3: 'started', 4: 'ok' });
});

test('one who throws when told keeps nobody else waiting, and the error surfaces', async () => {
  const { writer } = openWriterForTest();
  await startInLog(writer, 1);
  const told: string[] = [];
  const surfaced: (() => void)[] = [];
  const fail = (name: string) => () => {
    told.push(name);
    throw new Error(`from ${name}`);
  };
  writer.finish(writer.start(startRow(2), fail('start')), finishRow(2), fail('finish'));
  writer.reject(startRow(3), finishRow(3), () => told.push('reject'));
  const nextTick = vi.spyOn(process, 'nextTick').mockImplementation((callback) => surfaced.push(callback as () => void));
  try {
    writer.flush();
  } finally {
    nextTick.mockRestore();
  }
  expect(told).toEqual(['start', 'finish', 'reject']);
  expect(surfaced).toHaveLength(2);
  for (const surface of surfaced) expect(surface).toThrow(/^from (start|finish)$/);
});

test('requests that failed or were finished twice do not count as under way: the next lone finish is committed at once', async () => {
  const { writer, database } = openWriterForTest();
  const first = await startInLog(writer, 1);
  const refused = [1, 1, 1].map((key) => start(writer, key));
  writer.flush();
  for (const { acknowledged: end } of refused) expect(await end).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
  expect(await Promise.all([finish(writer, first), finish(writer, first)])).toEqual([null, expect.any(Error)]);
  // Its owner may finish a start that failed, or leave it.
  for (const { started } of refused.slice(1)) expect(await finish(writer, started)).toBeInstanceOf(Error);
  stopTimers();
  for (const key of [2, 3]) {
    const end = finish(writer, start(writer, key).started);
    await Promise.resolve();
    expect(rowsOf(database)[key]).toBe('ok');
    expect(await end).toBeNull();
  }
});

test('a checkpoint is due once in a thousand transactions', async () => {
  const { writer, checkpointsDue } = openWriterForTest();
  for (let key = 1; key <= 2_500; key += 1) {
    writer.reject(startRow(key), finishRow(key), () => undefined);
    writer.flush();
    if (key === 999) expect(checkpointsDue()).toBe(0);
  }
  expect(checkpointsDue()).toBe(2);
});

test('whatever is handed over in whatever order is told once, and the log holds exactly what was told', async () => {
  const names = ['start', 'start', 'finish', 'reject', 'settings', 'keyTwice', 'flush', 'turn', 'moment'] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 60 }), async (steps) => {
      const { writer, database } = openWriterForTest();
      const expected: Record<number, string> = {};
      const ends: Promise<unknown>[] = [];
      const open: StartedRow[] = [];
      let key = 0;
      const step = {
        start() {
          key += 1;
          const { started, acknowledged: end } = start(writer, key);
          open.push(started);
          ends.push(end);
          expected[key] = 'started';
        },
        finish() {
          const started = open.splice(open.length >> 1, 1)[0];
          if (!started) return;
          ends.push(finish(writer, started));
          expected[started.start.key] = 'ok';
        },
        reject() {
          key += 1;
          const row = finishRow(key, { state: 'rejected' });
          ends.push(acknowledged((done) => writer.reject(startRow(row.key), row, done)));
          expected[key] = 'rejected';
        },
        settings: () => ends.push(writer.write({ type: 'delete-secret', name: 'none' }).then((changed) => changed || null)),
        keyTwice() {
          writer.flush();
          if (key > 0) ends.push(start(writer, key).acknowledged.then((error) => (error ? null : 'a key was taken twice')));
        },
        flush: () => writer.flush(),
        turn: () => turn(),
        moment: () => pause(3),
      };
      for (const name of steps) await step[name]();
      await writer.close();
      expect(await Promise.all(ends)).toEqual(ends.map(() => null));
      expect(rowsOf(database)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
