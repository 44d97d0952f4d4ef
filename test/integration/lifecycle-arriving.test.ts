/** What becomes of a request whose body is still on its way when the gateway stops: it is no less a request than a running one. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rawPost } from '../support/raw-stream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

interface Sending {
  readonly socket: Socket;
  /** What has not been sent yet. */
  readonly rest: string;
  /** Everything received until the connection was gone. */
  readonly received: Promise<string>;
}

/** Sends a request but for its last bytes. */
async function beginSending(gateway: RunningGateway): Promise<Sending> {
  const body = { model: 'demo/hello', messages: [{ role: 'user', content: 'Say something.' }] };
  const bytes = rawPost(gateway.port, body, { key: gateway.clientKey });
  const socket = connect({ port: gateway.port, host: '127.0.0.1' });
  let text = '';
  socket
    .on('error', () => undefined)
    .on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
    });
  const received = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  socket.write(bytes.slice(0, -10));
  await delay(100);
  return { socket, rest: bytes.slice(-10), received };
}

test('a body that arrives while the gateway stops is answered, and the program ends only then', async () => {
  await using gateway = await startGateway();
  const sending = await beginSending(gateway);
  process.kill(gateway.processId, 'SIGTERM');
  await delay(1_200);
  sending.socket.write(sending.rest);
  expect(await sending.received).toMatch(/^HTTP\/1\.1 200 [^]*"finish_reason":"stop"/);
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
});

test('a body that does not arrive in four seconds is told that the gateway stops', async () => {
  await using gateway = await startGateway();
  const { received } = await beginSending(gateway);
  const askedAtMs = performance.now();
  process.kill(gateway.processId, 'SIGTERM');
  expect(await received).toMatch(/^HTTP\/1\.1 503 [^]*"code":"shutting_down"/);
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedAtMs).toBeGreaterThan(3_500);
});

test('a second signal does not wait for a body either', async () => {
  await using gateway = await startGateway();
  const { received } = await beginSending(gateway);
  process.kill(gateway.processId, 'SIGTERM');
  await delay(100);
  const askedAtMs = performance.now();
  process.kill(gateway.processId, 'SIGTERM');
  expect(await received).toMatch(/^HTTP\/1\.1 503 [^]*"code":"shutting_down"/);
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedAtMs).toBeLessThan(3_000);
});

test('a client that leaves in the middle of its body does not hold the stop up', async () => {
  await using gateway = await startGateway();
  const { socket } = await beginSending(gateway);
  process.kill(gateway.processId, 'SIGTERM');
  await delay(100);
  const leftAtMs = performance.now();
  socket.resetAndDestroy();
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - leftAtMs).toBeLessThan(3_000);
});
