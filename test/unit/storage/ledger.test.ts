/** The ledger: nothing is granted beyond a limit, nothing stays reserved, and what was spent is counted once. */
import type { Database } from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { MeterLimit, Reservation, ReservationOutcome } from '../../../gateway/contract/money/ledger.ts';
import type { RecordedCost, RequestFinish, StartedRow } from '../../../gateway/contract/records.ts';
import type { Writer } from '../../../gateway/storage/writer.ts';
import { acknowledged, finishRow, makeFolder, openForTest, openWriterForTest, startInLog, startRow } from './rows.ts';

const day = { period: 'day 2026-11-20', startsAtMs: 1_600_000_000_000, endsAtMs: 1_800_000_000_000 };
const meter = (scope: string, limitNanoUsd: number | null = 1_000): MeterLimit => ({ scope, ...day, limitNanoUsd });
const paid = (nanoUsd: number | null): RecordedCost => ({
  nanoUsd,
  basis: nanoUsd === null ? 'unknown' : 'computed',
  price: null,
  cacheSavedNanoUsd: 0,
  localSavedNanoUsd: 0,
});

function reserve(writer: Writer, started: StartedRow, change: Partial<Reservation> = {}): Promise<ReservationOutcome> {
  const reservation = {
    requestKey: started.start.key,
    provider: 'openai',
    model: 'gpt-5',
    amounts: [100],
    estimateNanoUsd: 40,
    meters: [meter('all')],
    ...change,
  };
  return new Promise((resolve, reject) => {
    writer.reserve(started, reservation, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
  });
}

function settle(writer: Writer, started: StartedRow, nanoUsd: number | null, meters = [meter('all')]): Promise<Error | null> {
  const change: Partial<RequestFinish> = {
    cost: paid(nanoUsd),
    settlement: { costNanoUsd: nanoUsd, heldNanoUsd: 100, mayClose: true, meters },
  };
  return acknowledged((done) => writer.finish(started, finishRow(started.start.key, change), done));
}

const begin = (writer: Writer, key: number) => startInLog(writer, key);
const meters = (database: Database) =>
  database.prepare('SELECT scope, settledNanoUsd AS settled, reservedNanoUsd AS reserved FROM meters ORDER BY scope').all();
const held = (database: Database) => database.prepare('SELECT count(*) FROM reservations').pluck().get();

test("money is held before the attempt and let go with its cost, in the row's own transaction", async () => {
  const { writer, database } = openWriterForTest();
  const started = await begin(writer, 1);
  expect(await reserve(writer, started)).toEqual({ held: 0 });
  expect(meters(database)).toEqual([{ scope: 'all', settled: 0, reserved: 100 }]);
  expect(await settle(writer, started, 30)).toBeNull();
  expect(meters(database)).toEqual([{ scope: 'all', settled: 30, reserved: 0 }]);
  expect(held(database)).toBe(0);
  const row = database.prepare('SELECT costNanoUsd, reservedNanoUsd, overBound FROM requests').get();
  expect(row).toEqual({ costNanoUsd: 30, reservedNanoUsd: 100, overBound: 0 });
});

test('the sum of a meter stays at what is counted exactly, however much is settled', async () => {
  const { writer, database } = openWriterForTest();
  const most = Number.MAX_SAFE_INTEGER;
  for (const key of [1, 2]) {
    const started = await begin(writer, key);
    await reserve(writer, started, { meters: [meter('all', null)] });
    expect(await settle(writer, started, most, [meter('all', null)])).toBeNull();
  }
  expect(meters(database)).toEqual([{ scope: 'all', settled: most, reserved: 0 }]);
});

test('the highest amount that fits is held, and where none does nothing is, at no meter', async () => {
  const { writer, database } = openWriterForTest();
  const [first, second] = [await begin(writer, 1), await begin(writer, 2)];
  const both = [meter('all', null), meter('client:a', 150)];
  expect(await reserve(writer, first, { amounts: [200, 120, 10], meters: both })).toEqual({ held: 1 });
  const outcome = await reserve(writer, second, { amounts: [90, 31], meters: both });
  expect(outcome).toEqual({ refusal: { meter: both[1], settledNanoUsd: 0, reservedNanoUsd: 120, closed: null } });
  expect(meters(database)).toEqual([
    { scope: 'all', settled: 0, reserved: 120 },
    { scope: 'client:a', settled: 0, reserved: 120 },
  ]);
  expect(await settle(writer, second, 0, [])).toBeNull();
  expect(await settle(writer, first, 150, both)).toBeNull();
  expect(held(database)).toBe(0);
});

test('a failed attempt lets go of what it held and counts what it may have cost; the next holds its own', async () => {
  const { writer, database } = openWriterForTest();
  const started = await begin(writer, 1);
  await reserve(writer, started, { meters: [meter('provider:a'), meter('all')] });
  writer.release(1, 25, false);
  expect(await reserve(writer, started, { amounts: [300], meters: [meter('provider:b'), meter('all')] })).toEqual({ held: 0 });
  expect(meters(database)).toEqual([
    { scope: 'all', settled: 25, reserved: 300 },
    { scope: 'provider:a', settled: 25, reserved: 0 },
    { scope: 'provider:b', settled: 0, reserved: 300 },
  ]);
  await settle(writer, started, 60, [meter('provider:b'), meter('all')]);
  expect(meters(database)).toEqual([
    { scope: 'all', settled: 85, reserved: 0 },
    { scope: 'provider:a', settled: 25, reserved: 0 },
    { scope: 'provider:b', settled: 60, reserved: 0 },
  ]);
});

test('who leaves while the reservation is on its way leaves nothing reserved', async () => {
  const { writer, database } = openWriterForTest();
  const started = await begin(writer, 1);
  const answered = reserve(writer, started);
  const ended = settle(writer, started, 0);
  expect([await answered, await ended]).toEqual([{ held: 0 }, null]);
  expect(meters(database)).toEqual([{ scope: 'all', settled: 0, reserved: 0 }]);
  expect(held(database)).toBe(0);
});

test('a provider that bills more than was held is written down as it is, flagged, and closes the budget until a person opens it', async () => {
  const { writer, database } = openWriterForTest();
  const started = await begin(writer, 1);
  const both = [meter('all'), meter('client:a', null)];
  await reserve(writer, started, { meters: both });
  await settle(writer, started, 101, both);
  expect(database.prepare('SELECT costNanoUsd, overBound FROM requests').get()).toEqual({ costNanoUsd: 101, overBound: 1 });
  const next = await begin(writer, 2);
  expect(await reserve(writer, next, { amounts: [1], meters: both })).toMatchObject({
    refusal: { settledNanoUsd: 101, closed: expect.stringContaining('a provider billed') },
  });
  expect(await writer.apply({ kind: 'reopen', meter: both[0] ?? meter('all') })).toBe(true);
  expect(await writer.apply({ kind: 'reopen', meter: both[0] ?? meter('all') })).toBe(false);
  expect(await reserve(writer, next, { amounts: [1], meters: both })).toEqual({ held: 0 });
});

test('a cost that nobody knows is counted as such and adds nothing', async () => {
  const { writer, database } = openWriterForTest();
  const started = await begin(writer, 1);
  await settle(writer, started, null);
  expect(database.prepare('SELECT settledNanoUsd, unpriced FROM meters').get()).toEqual({ settledNanoUsd: 0, unpriced: 1 });
});

test('a budget that is made in its period begins with what its scope has spent since the period began, and counts nothing twice', async () => {
  const { writer, database } = openWriterForTest();
  for (const [key, provider, cost] of [
    [1, 'openai', 70],
    [2, 'other', 7],
  ] as const) {
    const started = await begin(writer, key);
    const change = { provider, cost: paid(cost) };
    await acknowledged((done) => writer.finish(started, finishRow(key, change), done));
  }
  // All in one batch: an ending without the budget, and one with it.
  const [third, fourth] = [await begin(writer, 3), await begin(writer, 4)];
  await Promise.all([
    acknowledged((done) => writer.finish(third, finishRow(3, { cost: paid(5) }), done)),
    settle(writer, fourth, 11, [meter('provider:openai')]),
  ]);
  expect(meters(database)).toEqual([{ scope: 'provider:openai', settled: 86, reserved: 0 }]);
});

test('what a dead process left reserved is settled as it was estimated, and the row says so', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  const writer = storage.recorder as Writer;
  const held1 = await begin(writer, 1);
  await reserve(writer, held1, { meters: [meter('all'), meter('client:a', null)] });
  const failed = await begin(writer, 2);
  await reserve(writer, failed);
  writer.release(2, 15, false);
  await begin(writer, 3);
  await storage.close();
  const again = openForTest(dataDir);
  const { items } = await again.listRequests({ limit: 10 });
  expect(items.map(({ state, costUsd, costBasis }) => [state, costUsd, costBasis])).toEqual([
    ['interrupted', null, 'unknown'],
    ['interrupted', 15e-9, 'estimated'],
    ['interrupted', 40e-9, 'estimated'],
  ]);
  expect(again.ledger.standing(meter('all'))).toMatchObject({ settledNanoUsd: 55, reservedNanoUsd: 0 });
  expect(again.ledger.standing(meter('client:a'))).toMatchObject({ settledNanoUsd: 40, reservedNanoUsd: 0 });
});

test('hundreds of requests at the edge of a budget are never granted more than it has, whatever they come to', async () => {
  const { writer, database } = openWriterForTest();
  const limit = 10_000;
  database.exec('CREATE TEMP TABLE broken (scope TEXT)');
  database.exec(`
    CREATE TEMP TRIGGER watchGrants AFTER UPDATE OF reservedNanoUsd ON meters
    WHEN new.reservedNanoUsd > old.reservedNanoUsd AND new.settledNanoUsd + new.reservedNanoUsd > ${limit}
    BEGIN INSERT INTO broken VALUES (new.scope); END`);
  const run = async (key: number): Promise<boolean> => {
    const { started } = { started: writer.start(startRow(key, { stream: key % 2 === 0 }), () => undefined) };
    const scopes = [meter('all', limit), meter(`client:${key % 3}`, 6_000)];
    const asked = { amounts: [200 + (key % 7) * 30, 90], meters: scopes };
    let outcome = await reserve(writer, started, asked);
    if ('held' in outcome && key % 5 === 0) {
      writer.release(key, key % 10 === 0 ? 50 : 0, false);
      outcome = await reserve(writer, started, { ...asked, amounts: [310] });
    }
    const bound = 'held' in outcome ? (key % 5 === 0 ? 310 : (asked.amounts[outcome.held] ?? 0)) : 0;
    await settle(writer, started, Math.floor(bound * ((key % 4) / 3)), 'held' in outcome ? scopes : []);
    return 'held' in outcome;
  };
  const granted = (await Promise.all(Array.from({ length: 400 }, (_, key) => run(key + 1)))).filter(Boolean).length;
  expect(granted).toBeGreaterThan(20);
  expect(granted).toBeLessThan(400);
  expect(database.prepare('SELECT count(*) FROM broken').pluck().get()).toBe(0);
  expect(held(database)).toBe(0);
  const [all] = meters(database) as { settled: number; reserved: number }[];
  expect(all?.reserved).toBe(0);
  expect(all?.settled).toBeLessThanOrEqual(limit);
});
