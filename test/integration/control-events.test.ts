/** Listens to the event stream as a window does: live, after a gap, too slowly, and while the gateway stops. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { controlToken, type FakeControl, openFakeControl, sampleRequest } from '../support/fake-control.ts';

const opened: FakeControl[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { listener } of opened.splice(0)) await listener.close();
});

async function open(changes: Parameters<typeof openFakeControl>[0] = {}): Promise<FakeControl> {
  const control = await openFakeControl(changes);
  opened.push(control);
  return control;
}

/** Opens an event stream by hand, so that a test decides when it is read. */
async function listen(control: FakeControl, headers: readonly string[] = [], query = '') {
  const { port } = control.listener;
  const socket = connect({ port, host: '127.0.0.1' });
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => {});
  const lines = [
    `GET /control/events${query} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${controlToken}`,
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await until(() => text.includes('retry:') || text.includes('"ok":false'));
  return {
    socket,
    text: () => text,
    isClosed: () => closed,
    ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
    types: () => [...text.matchAll(/"type":"([a-z-]+)"/g)].map(([, type]) => type),
  };
}

async function until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen');
    await delay(5);
  }
}

const publishVersion = (control: FakeControl, version: number) => control.bus.publish({ type: 'config-changed', version });

test('a new window is told where it stands and how soon to come back, then gets each event once and in order', async () => {
  const control = await open();
  publishVersion(control, 1);
  const before = control.bus.lastId;
  const window = await listen(control);
  expect(window.text()).toMatch(/content-type: text\/event-stream/i);
  expect(window.text()).toContain(`retry: 1000\nid: ${before}\n\n`);
  publishVersion(control, 2);
  control.bus.publish({
    type: 'request-finished',
    request: sampleRequest({ errorMessage: 'line\nbreak\r\n\r\ndata: {"type":"x"}' }),
  });
  await until(() => window.types().length === 2);
  expect(window.types()).toEqual(['config-changed', 'request-finished']);
  expect(window.ids()).toEqual([before, before + 1, before + 2]);
});

test.each(['header', 'address'])('a window that comes back gets what it missed (id in the %s)', async (place) => {
  const control = await open();
  const seen = control.bus.lastId;
  for (const version of [1, 2, 3]) publishVersion(control, version);
  const window =
    place === 'header' ? await listen(control, [`Last-Event-ID: ${seen + 1}`]) : await listen(control, [], `?after=${seen + 1}`);
  publishVersion(control, 4);
  await until(() => window.ids().length === 3);
  expect(window.ids()).toEqual([seen + 2, seen + 3, seen + 4]);
});

test.each([
  ['was away too long', (control: FakeControl) => control.bus.lastId - 101],
  ['knows ids of an earlier process that are above ours', (control: FakeControl) => control.bus.lastId + 5],
  ['gives something that is no id', () => 'abc'],
])('a window that %s is told to read everything again, once', async (_what, idOf) => {
  const control = await open();
  for (let version = 0; version < 150; version += 1) publishVersion(control, version);
  const window = await listen(control, [`Last-Event-ID: ${idOf(control)}`]);
  await until(() => window.types().length > 0);
  publishVersion(control, 1000);
  await until(() => window.types().length > 1);
  expect(window.types()).toEqual(['resync', 'config-changed']);
  expect(window.ids()).toEqual([control.bus.lastId - 1, control.bus.lastId]);
});

test('a window that does not read costs no memory, is told to resync when it reads again, and then follows live', async () => {
  const control = await open();
  const slow = await listen(control);
  slow.socket.pause();
  const request = sampleRequest({ errorMessage: 'x'.repeat(2_000) });
  const held = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const heldBefore = held();
  for (let item = 0; item < 40_000; item += 1) {
    control.bus.publish({ type: 'request-finished', request });
    if (item % 100 === 0) await delay(1);
  }
  // These events are 100 MB as text; only what the sockets hold may have been made.
  expect(held() - heldBefore).toBeLessThan(30_000_000);
  slow.socket.resume();
  await until(() => slow.types().includes('resync'));
  control.bus.publish({ type: 'config-changed', version: 77 });
  await until(() => slow.types().at(-1) === 'config-changed');
  expect(slow.ids().at(-1)).toBe(control.bus.lastId);
  expect(slow.types().filter((type) => type === 'resync')).toHaveLength(1);
  expect(slow.ids()).toEqual(slow.ids().toSorted((left, right) => left - right));
});

test('a slow window does not hold up another, which misses nothing', async () => {
  const control = await open();
  const slow = await listen(control);
  const quick = await listen(control);
  slow.socket.pause();
  const request = sampleRequest({ errorMessage: 'x'.repeat(50_000) });
  for (let item = 0; item < 200; item += 1) {
    control.bus.publish({ type: 'request-finished', request });
    await delay(1);
  }
  await until(() => quick.ids().at(-1) === control.bus.lastId);
  expect(quick.types()).toEqual(Array.from({ length: 200 }, () => 'request-finished'));
});

test('silence is filled by heartbeats, and a window that takes nothing for long is let go', async () => {
  const control = await open({ heartbeatMs: 30 });
  const window = await listen(control);
  const stuck = await listen(control);
  stuck.socket.pause();
  await until(() => window.text().includes(': still here'));
  const request = sampleRequest({ errorMessage: 'x'.repeat(200_000) });
  for (let item = 0; item < 60; item += 1) control.bus.publish({ type: 'request-finished', request });
  await delay(400);
  stuck.socket.resume();
  await until(() => stuck.isClosed());
  expect(window.isClosed()).toBe(false);
});

test('too many windows are refused by word, and a place is free again when one leaves', async () => {
  const control = await open({ maximumStreams: 2 });
  const first = await listen(control);
  await listen(control);
  const refused = await listen(control);
  expect(refused.text()).toContain('503');
  expect(refused.text()).toContain('"kind":"unavailable"');
  first.socket.destroy();
  await delay(50);
  expect((await listen(control)).text()).toContain('200 OK');
});

/** Publishes an event, and tells whether it had to be made. */
function isHeard({ bus }: FakeControl): boolean {
  let wasMade = false;
  bus.publishIfHeard(() => {
    wasMade = true;
    return { type: 'config-changed', version: 1 };
  });
  return wasMade;
}

test('a window that leaves is forgotten: nothing is made for nobody', async () => {
  const control = await open();
  const window = await listen(control);
  expect(isHeard(control)).toBe(true);
  window.socket.destroy();
  await until(() => !isHeard(control));
});

test('closing the listener ends its streams at once', async () => {
  const control = await openFakeControl();
  const window = await listen(control);
  const startedAtMs = performance.now();
  await control.listener.close();
  await until(() => window.isClosed());
  expect(performance.now() - startedAtMs).toBeLessThan(500);
  expect(isHeard(control)).toBe(false);
});
