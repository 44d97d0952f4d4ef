/** How soon an upstream is let go once its client is gone: what a provider writes after that is paid for and read by nobody. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chunks, eventually, type FaultLab, startFaultLab } from '../../support/fault-lab.ts';
import { type HeapAfterCollection, heapMark } from '../../support/tell-heap.ts';
import { type Answer, sse } from '../../support/upstream-answers.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
let lab: FaultLab;

/** A word each 20 ms, for 20 s: far longer than any client here stays. */
const talkative: Answer = sse(chunks(Array.from({ length: 1_000 }, (_, index) => `word${index} `)), { gapMs: 20 });
/** One word, then nothing: here no write of ours can meet the client's reset by chance. */
const silent: Answer = sse(chunks(['word ']).slice(0, -1), { end: 'stall' });

beforeAll(async () => {
  const timeouts = { connectMs: 1_000, firstByteMs: 20_000, idleMs: 20_000, totalMs: 60_000 };
  const preload = join(import.meta.dirname, '..', '..', 'support', 'tell-heap.ts');
  lab = await startFaultLab({ timeouts }, { environment: { NODE_OPTIONS: `--expose-gc --import=${preload}` } });
});

beforeEach(() => lab.upstream.use(talkative));

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

interface Round {
  /** Milliseconds from a client's leaving to the end of its upstream connection, sorted. */
  readonly delaysMs: readonly number[];
  readonly requestIds: readonly string[];
}

/** Opens so many streams, lets all of them flow, then lets all clients go at once; both moments are of this process's clock. */
async function leaveTogether(count: number): Promise<Round> {
  const first = lab.upstream.requests.length;
  const streams = Array.from({ length: count }, () => lab.openRaw());
  await Promise.all(streams.map((raw) => raw.until('"content":"word')));
  await delay(150);
  const leftAtMs = performance.now();
  for (const [index, raw] of streams.entries()) {
    if (index % 2 === 0) raw.socket.destroy();
    else raw.socket.resetAndDestroy();
  }
  const closed = lab.upstream.requests.slice(first).map((request) => request.connectionClosedAtMs);
  const delaysMs = (await Promise.all(closed)).map((closedAtMs) => closedAtMs - leftAtMs);
  return { delaysMs: delaysMs.toSorted((one, other) => one - other), requestIds: streams.map((raw) => raw.requestId) };
}

/** The value that 99 of 100 do not exceed. */
const p99 = (sorted: readonly number[]): number => sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;

async function expectCounted(requestIds: readonly string[]): Promise<void> {
  for (const id of requestIds) {
    const row = await lab.finalRow(id);
    expect(row).toMatchObject({
      state: 'client_closed',
      status: 200,
      attempts: 1,
      errorKind: 'client-gone',
      usage: { estimated: true },
    });
    expect(row.usage.outputTokens).toBeGreaterThan(0);
    expect(row.durationMs).toBeLessThan(15_000);
  }
}

const sizes = [
  { count: 1, rounds: 20, boundMs: 100 },
  { count: 50, rounds: 4, boundMs: 100 },
  ...(isFull ? [{ count: 200, rounds: 4, boundMs: 250 }] : []),
];

describe.each([
  ['that flow', talkative],
  ['that are silent', silent],
] as const)('F-30 with streams %s', (_, answer) => {
  test.each(sizes)('$count at once: 99 of 100 upstreams are let go within $boundMs ms', async ({ count, rounds, boundMs }) => {
    lab.upstream.use(answer);
    const delaysMs: number[] = [];
    const requestIds: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const seen = await leaveTogether(count);
      delaysMs.push(...seen.delaysMs);
      requestIds.push(...seen.requestIds);
    }
    expect(delaysMs).toHaveLength(count * rounds);
    expect(p99(delaysMs.toSorted((one, other) => one - other))).toBeLessThanOrEqual(boundMs);
    await expectCounted(requestIds);
  });
});

/** What the gateway still holds once everything that can be dropped was. */
async function heldByGateway(): Promise<HeapAfterCollection> {
  const before = lab.gateway.stderr.length;
  process.kill(lab.gateway.processId, 'SIGUSR2');
  return await eventually(() => {
    const line = lab.gateway.stderr
      .slice(before)
      .split('\n')
      .find((one, index, all) => one.startsWith(heapMark) && index < all.length - 1);
    return line ? (JSON.parse(line.slice(heapMark.length)) as HeapAfterCollection) : null;
  }, 'the gateway tells its heap');
}

test('nothing is left of clients that are gone: no request, no connection, no memory', async () => {
  for (let round = 0; round < 2; round += 1) await leaveTogether(50);
  await lab.idle();
  const before = await heldByGateway();
  for (let round = 0; round < (isFull ? 40 : 8); round += 1) await leaveTogether(50);
  await lab.idle();
  await eventually(() => (lab.upstream.openConnections === 0 ? true : null), 'every upstream connection is closed');
  const after = await heldByGateway();
  // A kibibyte kept of each request of the full run would show.
  expect(after.usedMiB - before.usedMiB).toBeLessThan(2);
  expect(after.connections).toBeLessThanOrEqual(before.connections);
});
