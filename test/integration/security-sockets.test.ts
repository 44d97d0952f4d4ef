/** Holds the user's port to what a bare socket may do to it: reset, garbage, bodies without end, pipelines. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopbackAddresses } from '../support/hostile-requests.ts';
import { chunks } from '../support/fault-lab.ts';
import { openRawStream, rawPost } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, sse } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(sse(chunks(['word ']).slice(0, -1), { end: 'stall' }));
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  gateway = await startGateway({ config: { version: 1, providers: [lab] } });
});
afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop|Warning/);
  await gateway.stop();
  await upstream.stop();
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

  /** Everything that comes until the connection is gone, and how long that took. */
  const readAll = (socket: Socket): Promise<{ readonly text: string; readonly afterMs: number }> =>
    new Promise((resolve) => {
      const startedAt = performance.now();
      let text = '';
      socket
        .on('error', () => undefined)
        .on('data', (piece: Buffer) => {
          text += piece.toString('latin1');
        });
      socket.once('close', () => resolve({ text, afterMs: performance.now() - startedAt }));
    });

  const stranger = `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/json\r\n`;
  const strangerHead = () => stranger.replace('PORT', String(gateway.port));

  test('C-13 a refused body without end is answered at once and not read on', async () => {
    const socket = await open();
    socket.write(`${strangerHead()}Transfer-Encoding: chunked\r\n\r\n`);
    const answered = new Promise<number>((resolve) => socket.once('data', () => resolve(performance.now())));
    const startedAt = performance.now();
    const timer = setInterval(() => socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`), 5);
    const { text, afterMs } = await readAll(socket);
    clearInterval(timer);
    expect((await answered) - startedAt).toBeLessThan(300);
    expect(text).toMatch(/^HTTP\/1\.1 401 [^]*\r\nconnection: close\r\n/i);
    expect(afterMs).toBeLessThan(2_500);
  });

  test('C-13 a refused body of twenty megabytes does not cost its client the answer, and nothing behind it is answered', async () => {
    const socket = await open();
    const health = `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\n\r\n`;
    const size = 20_000_000;
    socket.write(`${strangerHead()}Content-Length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size, 'x'));
    socket.write(health);
    const { text } = await readAll(socket);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    expect(text).toContain('"code":"invalid_api_key"');
  });

  test.each(['nonsense\r\n\r\n', 'POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'])(
    'garbage behind a stream (%j) ends the stream and writes nothing into it',
    async (garbage) => {
      const raw = openRawStream(
        gateway.port,
        { model: 'lab/m', stream: true, messages: [] },
        { key: gateway.clientKey, host: address },
      );
      await raw.until('word');
      raw.socket.write(garbage);
      await raw.ended;
      expect(raw.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(raw.body).toMatch(/word [^\n]*\n\n$/);
    },
  );

  test('garbage behind a request that has no answer yet is not answered in its place', async () => {
    upstream.next([{ end: 'stall' }]);
    const received = upstream.received(upstream.requests.length + 1);
    const socket = await open();
    socket.write(rawPost(gateway.port, { model: 'lab/m', messages: [] }, { key: gateway.clientKey }));
    await received;
    socket.write('nonsense\r\n\r\n');
    expect((await readAll(socket)).text).toBe('');
  });

  test('C-15 forty requests sent behind each other share their connection, and its end reaches every one', async () => {
    upstream.next(...Array.from({ length: 40 }, (): Answer => [{ end: 'stall' }]));
    const received = upstream.received(upstream.requests.length + 40);
    const socket = await open();
    const request = rawPost(gateway.port, { model: 'lab/m', messages: [] }, { key: gateway.clientKey });
    socket.write(request.repeat(40));
    await received;
    socket.destroy();
    const ended = upstream.requests.slice(-40).map(({ connectionClosedAtMs }) => connectionClosedAtMs);
    await Promise.all(ended);
    expect(gateway.stderr).not.toContain('MaxListenersExceeded');
  });

  test('C-15 the thousandth answer of a connection is its last: it says so, and nothing behind it is acted on', async () => {
    const socket = await open();
    const one = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\n\r\n`;
    socket.write(one.repeat(1_004) + one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    const { text } = await readAll(socket);
    const answers = text.split('HTTP/1.1 ').slice(1);
    expect(answers.findIndex((answer) => /\r\nconnection: close\r\n/i.test(answer))).toBe(999);
    expect(answers.slice(0, 1_000).filter((answer) => !answer.startsWith('200'))).toEqual([]);
    expect(answers.slice(1_000).filter((answer) => !answer.startsWith('503'))).toEqual([]);
  });
});
