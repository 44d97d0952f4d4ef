/** Holds the user's port to what a bare socket may do to it: reset, garbage, bodies without end, pipelines. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopbackAddresses } from '../support/hostile-requests.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop|Warning/);
  await gateway.stop();
});

const isWell = async () => (await fetch(`${gateway.url}/health`)).status;

describe.each(loopbackAddresses)('on %s', (address) => {
  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: gateway.port, host: address });
      socket.once('connect', () => resolve(socket)).once('error', reject);
    });

  test.each([
    ['a CONNECT', 'CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n'],
    ['a CONNECT with more behind it', `CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n${'x'.repeat(100_000)}`],
    ['what is not HTTP', 'nonsense\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}`],
  ])('C-15 %s and a reset at any moment end that connection alone', async (_name, bytes) => {
    for (const pauseMs of [0, 1, 5, 20]) {
      const socket = await open();
      socket.on('error', () => undefined).write(bytes);
      await delay(pauseMs);
      socket.resetAndDestroy();
    }
    await delay(50);
    expect(await isWell()).toBe(200);
  });
});
