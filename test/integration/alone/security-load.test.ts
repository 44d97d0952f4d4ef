/** Holds the gateway to the table of attacks by sheer weight (C): torture of the parser, slow clients, crowds of connections. */
import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attack, attackBytes, codeOf, expectProtected, loopbackAddresses, tracesOf } from '../../support/hostile-requests.ts';
import { openAiScript } from '../../support/openai-script.ts';
import { exchangeRaw } from '../../support/raw-http.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../../support/start-gateway.ts';
import { head, json } from '../../support/upstream-answers.ts';

const mebibyte = 1024 * 1024;
let upstream: ScriptedUpstream;
let gateway: RunningGateway;
/** Opened first and looked at last: its headers arrive bit by bit. */
let dribble: Promise<{ readonly afterMs: number; readonly text: string }>;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const provider = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  gateway = await startGateway({ config: { version: 1, providers: [provider, { id: 'demo', kind: 'demo' }] } });
  dribble = dribbleHeaders();
});
afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await gateway.stop();
  await upstream.stop();
});

const open = (address = '127.0.0.1', port = gateway.port): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: address, allowHalfOpen: true }, () => resolve(socket));
    socket.once('error', reject);
  });

/** Everything a connection brings until it is closed, and after how many milliseconds that was. */
function readToEnd(socket: Socket): Promise<{ readonly afterMs: number; readonly text: string }> {
  const startedAt = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve({ afterMs: performance.now() - startedAt, text })));
}

async function dribbleHeaders() {
  const socket = await open();
  socket.on('end', () => socket.destroy());
  socket.write('GET /health HTTP/1.1\r\nX-Slow: ');
  const timer = setInterval(() => socket.write('x'), 500);
  const ended = await readToEnd(socket);
  clearInterval(timer);
  return ended;
}

const residentMiB = () =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(gateway.processId)], { encoding: 'utf8' })) / 1024;

/** Asks for the health without a pause, from a thread of its own, and tells the longest wait. */
async function watchHealth(port: number): Promise<() => Promise<number>> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    let worst = 0, over = false;
    parentPort.once('message', () => { over = true; });
    (async () => {
      parentPort.postMessage('ready');
      while (!over) {
        const startedAt = performance.now();
        await (await fetch('http://127.0.0.1:' + workerData + '/health')).text();
        worst = Math.max(worst, performance.now() - startedAt);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      parentPort.postMessage(worst);
    })();`;
  const worker = new Worker(source, { eval: true, workerData: port });
  const message = () => new Promise<number>((resolve) => worker.once('message', resolve));
  await message();
  return async () => {
    worker.postMessage('stop');
    const worst = await message();
    await worker.terminate();
    return worst;
  };
}

const chat = (model: string, more: string) => `{"model":"${model}","messages":[{"role":"user","content":"hi"}],${more}}`;
const million = (make: (index: number) => string) => Array.from({ length: 1_000_000 }, (_, index) => make(index)).join(',');

interface Torture {
  readonly name: string;
  readonly model: string;
  readonly more: () => string;
  readonly status: number;
}

const tortures: readonly Torture[] = [
  { name: 'arrays 100,000 deep', model: 'lab/m', more: () => `"x":${'['.repeat(1e5)}${']'.repeat(1e5)}`, status: 400 },
  { name: 'objects 100,000 deep', model: 'demo/hello', more: () => `"x":${'{"a":'.repeat(1e5)}0${'}'.repeat(1e5)}`, status: 400 },
  {
    name: 'a million keys in a field',
    model: 'lab/m',
    more: () => `"metadata":{${million((index) => `"k${index}":0`)}}`,
    status: 200,
  },
  {
    name: 'a million keys for the demo',
    model: 'demo/hello',
    more: () => `"metadata":{${million((index) => `"k${index}":0`)}}`,
    status: 413,
  },
  { name: 'a million fields', model: 'lab/m', more: () => million((index) => `"k${index}":0`), status: 400 },
  { name: 'a million escaped fields', model: 'lab/m', more: () => million(() => '"\\u006b":0'), status: 400 },
  { name: 'three million empty lists', model: 'demo/hello', more: () => `"x":[${'[],'.repeat(3e6)}[]]`, status: 413 },
  { name: 'a string of 32 MiB', model: 'lab/m', more: () => `"x":"${'a'.repeat(32 * mebibyte)}"`, status: 200 },
  { name: 'a string of 16 Mi escapes', model: 'lab/m', more: () => `"x":"${'\\"'.repeat(16 * mebibyte)}"`, status: 200 },
];

describe('C-11 torture of the JSON parser', () => {
  test.each(tortures)('C-11 $name: answered $status, in less than 50 ms a MiB, while others are answered', async (torture) => {
    const body = chat(torture.model, torture.more());
    upstream.use(json({ ok: true }));
    const stopWatching = await watchHealth(gateway.port);
    const bytes = Buffer.from(attackBytes(gateway, { body }));
    const startedAt = performance.now();
    const answer = await exchangeRaw(gateway.port, bytes);
    const tookMs = performance.now() - startedAt;
    const worstMs = await stopWatching();
    upstream.use(openAiScript());
    expect(answer.status).toBe(torture.status);
    expectProtected(answer);
    // The sender and the scripted upstream share the machine: what is bounded here is what grows with the body.
    expect(tookMs).toBeLessThan(400 + (50 * body.length) / mebibyte);
    expect(worstMs).toBeLessThan(200 + (20 * body.length) / mebibyte);
  });

  test.each([
    ['the model twice', '"model":"demo/hello"', 400],
    ['the model twice, once escaped', '"mod\\u0065l":"demo/hello"', 400],
    ['streaming twice', '"stream":false,"stream":true', 400],
    ['a broken escape in a name', '"\\uZZZZ":1', 400],
    ['a raw line feed in the structure of a number', '"x":1\n2', 400],
    ['a number that is none', '"x":01', 400],
    ['NaN', '"x":NaN', 400],
    ['a comment', '"x":1/**/', 400],
    ['text behind the end', '"x":1}{"y":1', 400],
    ['a stream flag of another type', '"stream":"true"', 400],
  ])('C-11 %s is 400 and nobody is asked', async (_name, more, status) => {
    const before = upstream.requests.length;
    expect((await attack(gateway, { body: chat('lab/m', more) })).status).toBe(status);
    expect(upstream.requests).toHaveLength(before);
  });

  test('C-11 lone surrogates, 1e400 and 40 digits reach the provider as they were written, and are no model', async () => {
    const body = chat('lab/m', '"x":"\\ud800","temperature":1e400,"seed":1234567890123456789012345678901234567890');
    expect((await attack(gateway, { body })).status).toBe(200);
    expect(upstream.requests.at(-1)?.body.toString()).toBe(body.replace('lab/m', 'm'));
    const answer = await attack(gateway, { body: chat('\\ud800\\udfff\\ud800', '"x":1') });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'model_not_found']);
    for (const model of ['lab/\\ud800', 'lab/a\\r\\nX-Evil: 1', 'lab/\\u0000', 'lab/\\u202e']) {
      const strange = await attack(gateway, { body: chat(model, '"x":1') });
      expect(strange.status).toBe(200);
      expect(strange.headers.get('x-gatehouse-model')).toMatch(/^[\x20-\x7e]+$/);
      expect(strange.headers.has('x-evil')).toBe(false);
    }
  });

  test('C-10 names that reach for the prototype are names like any other, and change nothing', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf'];
    const pollution = `"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}`;
    const tool = `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}},"required":["__proto__"],${pollution}}}}],"tool_choice":"required"`;
    for (const model of ['lab/m', 'demo/hello']) {
      expect((await attack(gateway, { body: chat(model, `${pollution},"metadata":{${pollution}}`) })).status).toBe(200);
      expect((await attack(gateway, { body: chat(model, `"stream":true,"stream_options":{${pollution}}`) })).status).toBe(200);
      expect((await attack(gateway, { body: chat(model, tool) })).status).toBe(200);
    }
    for (const name of names) expect((await attack(gateway, { body: chat(name, '"x":1') })).status).toBe(404);
    for (const name of names) expect((await attack(gateway, { method: 'GET', target: `/v1/models/${name}` })).status).toBe(404);
    const target = `/v1/models?${names.map((name) => `${name}[polluted]=1&${name}=1`).join('&')}`;
    expect((await attack(gateway, { method: 'GET', target, more: names.map((name) => `${name}: x`) })).status).toBe(200);
    const { effective } = await gateway.call('config.get', {});
    expect(JSON.stringify(effective)).not.toContain('polluted');
    expect((await attack(gateway, { method: 'GET', target: '/v1/models' })).body).not.toContain('polluted');
  });
});

describe('C-13 C-14 C-15 clients that are slow, or many', () => {
  test('C-14 a client that does not read holds its provider back: the memory stays flat, and leaving ends the call', async () => {
    const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(60_000) } }] })}\n\n`;
    const pieces = Array.from({ length: 4_000 }, () => ({ write: `${piece.length.toString(16)}\r\n${piece}\r\n` }));
    upstream.next([
      head(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
      ...pieces,
      { end: 'close' },
    ]);
    const before = residentMiB();
    const socket = await open();
    socket.pause();
    socket.write(attackBytes(gateway, { body: chat('lab/m', '"stream":true') }));
    const call = await upstream.received(upstream.requests.length + 1);
    await delay(1_500);
    expect(residentMiB() - before).toBeLessThan(64);
    const leftAt = performance.now();
    socket.destroy();
    expect((await call.connectionClosedAtMs) - leftAt).toBeLessThan(500);
    const [row] = (await gateway.call('requests.list', { limit: 1 })).items;
    expect(row?.state).toBe('client_closed');
  });

  test.each(loopbackAddresses)('C-15 a hundred requests in one packet on %s are answered in order, one each', async (address) => {
    const before = await tracesOf(gateway, upstream);
    const socket = await open(address);
    const one = (index: number) => attackBytes(gateway, { method: 'GET', target: `/v1/models/none-${index}` });
    const last = attackBytes(gateway, { method: 'GET', target: '/v1/models/last', more: ['Connection: close'] });
    socket.on('end', () => socket.destroy());
    socket.write(Array.from({ length: 99 }, (_, index) => one(index)).join('') + last);
    const { text } = await readToEnd(socket);
    const named = [...text.matchAll(/The model \\"([a-z0-9-]+)\\"/g)].map(([, name]) => name);
    expect(named).toEqual([...Array.from({ length: 99 }, (_, index) => `none-${index}`), 'last']);
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  });

  test('C-15 five hundred silent connections keep nobody else out', async () => {
    const crowd = await Promise.all(Array.from({ length: 500 }, () => open()));
    for (const socket of crowd) socket.on('error', () => undefined);
    expect((await attack(gateway, {})).status).toBe(200);
    for (const socket of crowd) socket.destroy();
    expect((await attack(gateway, {})).status).toBe(200);
  });

  test('C-15 a refused CONNECT, a broken request and a half-closed one are let go of though the client keeps its end open', async () => {
    const lines = ['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n', 'no HTTP at all\r\n\r\n'];
    for (const line of lines) {
      const socket = await open();
      socket.write(line);
      const ended = readToEnd(socket);
      const gone = setInterval(() => socket.write('more'), 200);
      const { afterMs } = await ended;
      clearInterval(gone);
      expect(afterMs).toBeLessThan(3_000);
    }
  });

  test('C-15 connections that strangers keep open cannot stop the gateway from stopping', async () => {
    const stopping = await startGateway();
    const lines = ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /health HTTP/1.1\r\n', 'nonsense\r\n\r\n', ''];
    const sockets = await Promise.all(lines.map(() => open('127.0.0.1', stopping.port)));
    sockets.forEach((socket, index) => {
      socket.on('error', () => undefined);
      socket.write(lines[index] ?? '');
    });
    await delay(100);
    const startedAt = performance.now();
    expect(await stopping.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    for (const socket of sockets) socket.destroy();
  });

  // A minute is too long for every run.
  if (process.env.GATEHOUSE_TEST_SIZE === 'full') {
    test('C-13 a body that never ends is answered 408 and closed after a minute, and leaves no trace', async () => {
      const before = await tracesOf(gateway, upstream);
      const socket = await open();
      socket.on('end', () => socket.destroy());
      socket.write(attackBytes(gateway, { headers: { 'Content-Length': '1000' } }));
      const timer = setInterval(() => socket.write(' '), 500);
      const { afterMs, text } = await readToEnd(socket);
      clearInterval(timer);
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(afterMs).toBeGreaterThan(59_000);
      expect(afterMs).toBeLessThan(64_000);
      expect(await tracesOf(gateway, upstream)).toEqual(before);
    });
  }

  test('C-13 headers that never end are answered 408 and closed after ten seconds', async () => {
    const { afterMs, text } = await dribble;
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(afterMs).toBeGreaterThan(9_000);
    expect(afterMs).toBeLessThan(13_000);
  });
});
