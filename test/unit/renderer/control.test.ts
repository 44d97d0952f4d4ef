/** Holds the window's way to the gateway to its promises: typed failures, resume after a gap, growing pauses, the token. */
import { describe, expect, test, vi } from 'vitest';
import type { GatewayEvent } from '../../../gateway/contract/events.ts';
import { type Connection, type Control, createControl } from '../../../renderer/control.ts';

interface Asked {
  readonly path: string;
  readonly signal: AbortSignal | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A body that a test writes to and ends. */
function eventBody() {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
  });
  return {
    response: () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } }),
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    end: () => controller?.close(),
    fail: () => controller?.error(new TypeError('network error')),
  };
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/** A control over scripted answers, with every pause it makes and everything its follower is told. */
function lab(answers: readonly Answer[], token: string | null = 'token-1') {
  const asked: Asked[] = [];
  const pauses: number[] = [];
  const connections: Connection[] = [];
  const events: GatewayEvent[] = [];
  let kept = token;
  let fresh = 0;
  const control: Control = createControl({
    fetch: async (path, init) => {
      const answer = answers[asked.length] ?? (() => new Promise<Response>(() => undefined));
      const one = { path, signal: init.signal ?? null, headers: Object.fromEntries(new Headers(init.headers)) };
      asked.push(one);
      return await answer(one);
    },
    readToken: () => kept,
    saveToken: (given) => {
      kept = given;
    },
    now: () => 1_000,
    pause: (milliseconds, signal) => {
      pauses.push(milliseconds);
      if (Number.isFinite(milliseconds)) return Promise.resolve();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  });
  const follow = () =>
    control.follow({
      onConnection: (connection) => connections.push(connection),
      onFresh: () => {
        fresh += 1;
      },
      onEvent: (event) => events.push(event),
    });
  return { control, follow, asked, pauses, connections, events, fresh: () => fresh };
}

const json =
  (value: unknown, status = 200) =>
  () =>
    new Response(JSON.stringify(value), { status });
const unreachable = () => Promise.reject(new TypeError('Failed to fetch'));
const changed = (version: number) => `data: ${JSON.stringify({ type: 'config-changed', version })}\n\n`;
const until = (holds: () => boolean) => expect.poll(holds).toBe(true);

describe('a call', () => {
  test('goes to its relative address with the token, and gives the value', async () => {
    const { control, asked } = lab([json({ ok: true, value: { version: 7 } })]);
    expect(await control.call('config.apply', { config: {} })).toEqual({ version: 7 });
    expect(asked).toEqual([
      {
        path: '/control/calls/config.apply',
        signal: null,
        headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
      },
    ]);
  });

  test('carries no authorization where the desktop shell adds it', async () => {
    const { control, asked } = lab([json({ ok: true, value: {} })], null);
    await control.call('status.get', {});
    expect(asked[0]?.headers).toEqual({ 'content-type': 'application/json' });
  });

  test('that is refused throws the kind, the sentence and the field', async () => {
    const error = { kind: 'invalid', message: 'The port is taken.', field: 'listen.port' };
    const { control } = lab([json({ ok: false, error }, 400)]);
    await expect(control.call('config.apply', { config: {} })).rejects.toMatchObject({ name: 'CallError', ...error });
  });

  test.each([
    ['nobody answers', unreachable],
    ['something else than JSON answers', () => new Response('<html>')],
  ])('is unavailable when %s', async (_what, answer) => {
    const { control } = lab([answer]);
    await expect(control.call('status.get', {})).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the event stream', () => {
  test('reads everything once when it opens, then hands over events however they are cut', async () => {
    const body = eventBody();
    const { follow, events, connections, fresh } = lab([body.response]);
    const stop = follow();
    body.write('retry: 1000\nid: 41\n\n: still here\n\nid: 42\nda');
    body.write(`${changed(3).slice(2)}id: 43\n${changed(4)}`);
    await until(() => events.length === 2);
    expect(events).toEqual([
      { type: 'config-changed', version: 3 },
      { type: 'config-changed', version: 4 },
    ]);
    expect(connections).toEqual([{ state: 'connecting' }, { state: 'open' }]);
    expect(fresh()).toBe(1);
    stop();
  });

  test('after a gap resumes behind the last event and reads nothing anew', async () => {
    const first = eventBody();
    const second = eventBody();
    const { follow, asked, events, fresh, connections } = lab([first.response, second.response]);
    const stop = follow();
    first.write(`id: 42\n${changed(3)}`);
    await until(() => events.length === 1);
    first.fail();
    await until(() => asked.length === 2);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '42']);
    second.write(`id: 43\n${changed(4)}`);
    await until(() => events.length === 2);
    expect(fresh()).toBe(1);
    expect(connections.map(({ state }) => state)).toEqual(['connecting', 'open', 'lost', 'open']);
    stop();
  });

  test('reads everything anew when the gateway says that events were missed', async () => {
    const body = eventBody();
    const { follow, fresh, events } = lab([body.response]);
    const stop = follow();
    body.write(`id: 99\ndata: ${JSON.stringify({ type: 'resync' })}\n\n`);
    await until(() => fresh() === 2);
    expect(events).toEqual([]);
    stop();
  });

  test('tries again in growing steps, says so with the first moment of the loss, and starts small after a success', async () => {
    const body = eventBody();
    const { follow, pauses, connections } = lab([...Array.from({ length: 6 }, () => unreachable), body.response, unreachable]);
    const stop = follow();
    await until(() => connections.some(({ state }) => state === 'open'));
    expect(pauses).toEqual([400, 800, 1_600, 3_200, 4_000, 4_000]);
    expect(connections[1]).toMatchObject({ state: 'lost', sinceMs: 1_000, reason: expect.stringContaining('does not answer') });
    body.end();
    await until(() => pauses.length >= 7);
    expect(pauses[6]).toBe(400);
    stop();
  });

  test('takes a stream without a heartbeat for dead, but not one that has them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const silent = eventBody();
      const answer: Answer = ({ signal }) => {
        signal?.addEventListener('abort', () => silent.fail());
        return silent.response();
      };
      const { follow, asked, connections } = lab([answer, eventBody().response]);
      const stop = follow();
      await vi.advanceTimersByTimeAsync(30_000);
      silent.write(': still here\n\n');
      await vi.advanceTimersByTimeAsync(30_000);
      expect(asked).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(15_000);
      expect(asked).toHaveLength(2);
      expect(connections.map(({ state }) => state)).toEqual(['connecting', 'open', 'lost', 'open']);
      stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test('with a refused token waits for another one, and connects with it at once', async () => {
    const body = eventBody();
    const refusal = json({ ok: false, error: { kind: 'unauthorized', message: 'no' } }, 401);
    const { control, follow, asked, pauses, connections } = lab([refusal, body.response], 'old');
    const stop = follow();
    await until(() => pauses.length === 1);
    expect([connections.at(-1), pauses]).toEqual([{ state: 'refused' }, [Number.POSITIVE_INFINITY]]);
    control.reconnect('new');
    await until(() => connections.at(-1)?.state === 'open');
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    stop();
  });

  test('shows the gateway’s own words when it does not take one window more', async () => {
    const message = 'Too many windows are watching already; close some of them.';
    const { follow, connections } = lab([json({ ok: false, error: { kind: 'unavailable', message } }, 503)]);
    const stop = follow();
    await until(() => connections.length === 2);
    expect(connections[1]).toMatchObject({ state: 'lost', reason: message });
    stop();
  });
});
