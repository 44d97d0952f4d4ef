/** What becomes of a request whose client goes away, falls silent or reads slowly: nothing is asked in vain, nothing is lost. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { chunks, type FaultLab, messages, soundStream, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { exchangeRaw, rawRequest } from '../support/raw-http.ts';
import { type RawStream, rawPost } from '../support/raw-stream.ts';
import { type Answer, json, sse, stream } from '../support/upstream-answers.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
let lab: FaultLab;

beforeAll(async () => {
  lab = await startFaultLab({ timeouts: { connectMs: 1_000, firstByteMs: 3_000, idleMs: 3_000, totalMs: 300_000 } });
});

beforeEach(() => lab.upstream.use(soundStream()));

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

/** Two ways to be gone: in order, as a program that ends, or by a reset, as one that drops its connection. */
const waysToLeave = {
  FIN: (raw: RawStream) => void raw.socket.destroy(),
  RST: (raw: RawStream) => void raw.socket.resetAndDestroy(),
} as const;
const ways = ['FIN', 'RST'] as const;
/** Well above what is measured, well below what a person would pay for. */
const abortedWithinMs = 250;

const newestRow = async (): Promise<RequestDetail> => {
  const { items } = await lab.gateway.call('requests.list', { limit: 1 });
  return await lab.finalRow(items[0]?.id ?? '');
};

describe.each(ways)('F-30 a client that leaves by %s', (way) => {
  const leave = waysToLeave[way];

  test.each([true, false])('before the upstream has answered (stream: %s): the upstream is let go', async (isStream) => {
    lab.upstream.next([{ end: 'stall' }]);
    const received = lab.upstream.received(lab.upstream.requests.length + 1);
    const raw = lab.openRaw({ stream: isStream });
    const { connectionClosedAtMs } = await received;
    await delay(30);
    const leftAtMs = performance.now();
    leave(raw);
    expect((await connectionClosedAtMs) - leftAtMs).toBeLessThan(abortedWithinMs);
    const row = await newestRow();
    expect(row).toMatchObject({ state: 'client_closed', status: null, attempts: 1, errorKind: 'client-gone' });
    expect(row.attemptList).toMatchObject([{ number: 1, status: null, errorKind: 'client-gone' }]);
  });

  test('in the middle of a stream: the words it had are counted, and marked as a guess', async () => {
    lab.upstream.next(sse(chunks(['One ', 'two ', 'three ']).slice(0, -1), { gapMs: 5, end: 'stall' }));
    const received = lab.upstream.received(lab.upstream.requests.length + 1);
    const raw = lab.openRaw();
    await raw.until('three');
    const leftAtMs = performance.now();
    leave(raw);
    expect((await (await received).connectionClosedAtMs) - leftAtMs).toBeLessThan(abortedWithinMs);
    const row = await lab.finalRow(raw.requestId);
    expect(row).toMatchObject({ state: 'client_closed', status: 200, errorKind: 'client-gone', usage: { estimated: true } });
    expect(row.usage.outputTokens).toBeGreaterThanOrEqual(3);
    expect(row.usage.outputTokens).toBeLessThanOrEqual(12);
    expect(row.usage.inputTokens).toBeGreaterThan(5);
  });

  test('after the last word and before the terminator: what the provider counted is kept', async () => {
    const usage = { ...chunks([])[0], choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } };
    lab.upstream.next(sse([...chunks(['All.']), usage], { end: 'stall' }));
    const raw = lab.openRaw();
    await raw.until('"finish_reason":"stop"');
    await delay(20);
    leave(raw);
    const row = await lab.finalRow(raw.requestId);
    expect(row).toMatchObject({ state: 'client_closed', usage: { inputTokens: 9, outputTokens: 2, estimated: false } });
  });

  test('F-34 while a pause before another attempt runs: nobody is asked again', async () => {
    const busy = json({ error: { message: 'Busy.' } }, { status: 503, headers: { 'retry-after': '1' } });
    lab.upstream.next(busy);
    const before = lab.upstream.requests.length;
    const raw = lab.openRaw();
    await lab.upstream.received(before + 1);
    await delay(50);
    leave(raw);
    await delay(1_300);
    expect(lab.upstream.requests.length - before).toBe(1);
    const row = await newestRow();
    expect(row).toMatchObject({ state: 'client_closed', attempts: 1, errorKind: 'client-gone' });
    expect(row.attemptList).toMatchObject([{ status: 503, errorKind: 'upstream-overloaded' }]);
  });
});

describe('F-32 a client that only closes its sending side', () => {
  test.each([true, false])('gets its whole answer (stream: %s)', async (isStream) => {
    const answer: Answer = isStream
      ? sse([...chunks(['Still ', 'here?']), '[DONE]'], { gapMs: 60 })
      : json(wholeAnswer('Still here?'));
    lab.upstream.next([{ waitMs: 200 }, ...answer]);
    const raw = lab.openRaw({ stream: isStream, halfClose: true });
    expect(await raw.ended).toBe('closed');
    expect(raw.status).toBe(200);
    expect(raw.text).toContain('here?');
    expect(raw.text.trimEnd()).toMatch(isStream ? /data: \[DONE\]\n\n\r\n0$/ : /\}$/);
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'ok', attempts: 1 });
  });

  test('is let go when nothing asks for its connection any more', async () => {
    const text = rawRequest(['GET /health HTTP/1.1', `Host: 127.0.0.1:${lab.gateway.port}`]);
    const answer = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect({ port: lab.gateway.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.setTimeout(3_000, () => reject(new Error('the connection is still open')));
      socket.setEncoding('utf8').on('data', (piece: string) => {
        received += piece;
      });
      socket.on('end', () => resolve(received)).on('error', reject);
      socket.end(text);
    });
    expect(answer).toContain('healthy');
  });
});

/** Reads nothing until told to; remembers how much came and how it ended. */
function openSlowReader(body: unknown) {
  const socket = connect({ port: lab.gateway.port, host: '127.0.0.1' });
  let bytes = 0;
  let tail = '';
  socket.on('data', (piece: Buffer) => {
    bytes += piece.length;
    tail = (tail + piece.toString('latin1')).slice(-200);
  });
  // It has the answer's first bytes, and reads no more until it is told to.
  const begun = new Promise<void>((resolve) =>
    socket.once('data', () => {
      socket.pause();
      resolve();
    }),
  );
  socket.write(rawPost(lab.gateway.port, body, { key: lab.gateway.clientKey }));
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    begun,
    ended,
    seen: () => ({ bytes, tail }),
  };
}

const mebibyte = 1024 * 1024;
const events = (count: number) => chunks(Array.from({ length: count }, () => 'x'.repeat(mebibyte)));

describe('F-33 a client that reads slowly', () => {
  test('costs a bounded amount of memory, stops the upstream, and still gets all of it', async () => {
    lab.upstream.next(sse([...events(48), '[DONE]']));
    const received = lab.upstream.received(lab.upstream.requests.length + 1);
    const before = lab.residentMiB();
    const reader = openSlowReader({ model: 'lab/m', messages, stream: true });
    await received;
    await delay(4_000);
    expect(lab.residentMiB() - before).toBeLessThan(32);
    reader.socket.resume();
    while (!reader.seen().tail.includes('[DONE]')) await delay(20);
    expect(reader.seen().bytes).toBeGreaterThan(48 * mebibyte);
    reader.socket.destroy();
    await lab.idle();
    expect(await newestRow()).toMatchObject({ state: 'ok', usage: { estimated: true } });
  });

  test('is told when the upstream breaks off meanwhile, after all that came before', async () => {
    const { promise: isReading, resolve: breakOff } = Promise.withResolvers<void>();
    lab.upstream.next([...sse(events(4)).slice(0, -1), { waitFor: isReading }, { end: 'reset' }]);
    const reader = openSlowReader({ model: 'lab/m', messages, stream: true });
    await reader.begun;
    breakOff();
    await delay(500);
    reader.socket.resume();
    await reader.ended;
    expect(reader.seen().tail).toMatch(/data: \{"error":.*\}\n\n\r\n$/);
    expect(await newestRow()).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated' });
  });

  const fullTest = isFull ? test : () => undefined;
  fullTest('is given up after a minute in which it reads nothing, whatever it is waiting for', async () => {
    lab.upstream.next(sse([...events(48), '[DONE]']), json(wholeAnswer('x'.repeat(24 * mebibyte))));
    const streamed = openSlowReader({ model: 'lab/m', messages, stream: true });
    await lab.upstream.received(lab.upstream.requests.length + 1);
    const whole = openSlowReader({ model: 'lab/m', messages });
    await delay(75_000);
    streamed.socket.resume();
    whole.socket.resume();
    await Promise.all([streamed.ended, whole.ended]);
    expect(streamed.seen().bytes).toBeLessThan(48 * mebibyte);
    expect(whole.seen().bytes).toBeLessThan(24 * mebibyte);
    const { items } = await lab.gateway.call('requests.list', { limit: 2 });
    expect(items.map((row) => [row.stream, row.state, row.errorKind])).toEqual([
      [false, 'ok', null],
      [true, 'client_closed', 'client-slow'],
    ]);
  });
});

test('R1 a client that leaves while the model lists are being fetched has its row', async () => {
  lab.spare.use((request) => (request.target.endsWith('/models') ? [{ end: 'stall' }] : soundStream()));
  const { document } = await lab.gateway.call('config.get', {});
  const providers = Array.isArray(document.providers) ? document.providers : [];
  const listing = { id: 'listing', kind: 'openai-compatible', baseUrl: `${lab.spare.origin}/listing/v1` };
  await lab.gateway.call('config.apply', { config: { ...document, providers: [...providers, listing] } });
  const raw = lab.openRaw({ model: 'known-to-nobody-yet' });
  await delay(100);
  expect((await lab.gateway.call('status.get', {})).inFlight).toBe(1);
  raw.leave();
  await lab.idle();
  expect(await newestRow()).toMatchObject({ state: 'client_closed', requestedModel: 'known-to-nobody-yet', attempts: 0 });
});

test('F-36 a body that is too large is refused before it is sent, and nothing hangs', async () => {
  const answer = await exchangeRaw(
    lab.gateway.port,
    rawRequest([
      'POST /v1/chat/completions HTTP/1.1',
      `Host: 127.0.0.1:${lab.gateway.port}`,
      `Authorization: Bearer ${lab.gateway.clientKey}`,
      'Content-Type: application/json',
      'Expect: 100-continue',
      `Content-Length: ${512 * mebibyte}`,
    ]),
  );
  expect(answer.status).toBe(413);
});

test('nothing is left behind: no request, no connection to an upstream beyond the idle ones', async () => {
  await lab.idle();
  await delay(200);
  expect(lab.upstream.openConnections).toBeLessThanOrEqual(10);
  lab.upstream.next(stream(['data: [DONE]\n\n']));
  expect((await lab.watch()).error).toBeNull();
});
