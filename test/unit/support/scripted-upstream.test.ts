/** The scripted upstream does what tests rely on it to do: otherwise their proofs would be hollow. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { body, gzipped, json, redirect, sse, stream, truncated } from '../../support/upstream-answers.ts';

const post = (url: string, content: string, init: RequestInit = {}) => fetch(url, { method: 'POST', body: content, ...init });

test('keeps the exact bytes and headers it was sent, whole or in chunks, on one connection', async () => {
  await using upstream = await startScriptedUpstream(json({ ok: true }));
  const socket = connect(upstream.port, '127.0.0.1');
  const exact = '{ "a" :1e400,\t"b":"\\u00e9é" }';
  const length = Buffer.byteLength(exact);
  socket.write(
    `POST /v1/x?y=%2F HTTP/1.1\r\nHost: a\r\nX-Odd:  two  words \r\nContent-Length: ${length}\r\n\r\n${exact}GET /v1/models HTTP/1.1\r\n`,
  );
  socket.write('Host: a\r\n\r\nPOST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  socket.write('2\r\nde\r\n0\r\n\r\n');
  await upstream.received(3);
  socket.destroy();
  expect(upstream.requests.map(({ method, target, body: bytes }) => [method, target, bytes.toString()])).toEqual([
    ['POST', '/v1/x?y=%2F', exact],
    ['GET', '/v1/models', ''],
    ['POST', '/c', 'abcde'],
  ]);
  expect(upstream.requests[0]?.rawHeaders).toEqual(['Host', 'a', 'X-Odd', 'two  words', 'Content-Length', String(length)]);
  expect(upstream.requests[0]?.header('X-ODD')).toBe('two  words');
});

test('answers the next request by its own answer and the rest by the script', async () => {
  await using upstream = await startScriptedUpstream((request) => json({ number: request.number }));
  upstream.next(json({ error: 'slow down' }, { status: 429, headers: { 'retry-after': '2' } }), gzipped({ zipped: true }));
  const first = await post(upstream.baseUrl, 'a');
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2']);
  expect(await (await post(upstream.baseUrl, 'b')).json()).toEqual({ zipped: true });
  expect(await (await post(upstream.baseUrl, 'c')).json()).toEqual({ number: 3 });
});

test('streams events in order and with their gaps', async () => {
  await using upstream = await startScriptedUpstream(sse([{ a: 1 }, '[DONE]'], { gapMs: 40 }));
  const startedAtMs = performance.now();
  expect(await (await post(upstream.baseUrl, '')).text()).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
  expect(performance.now() - startedAtMs).toBeGreaterThan(35);
});

test.each([
  ['a stream closed before its last chunk', sse([{ a: 1 }], { end: 'close' })],
  ['a stream that is reset', sse([{ a: 1 }], { end: 'reset' })],
  ['a body shorter than its length', truncated({ a: 'bcd' }, 5)],
  ['a body reset midway', truncated({ a: 'bcd' }, 5, 'reset')],
])('breaks off %s', async (_what, answer) => {
  await using upstream = await startScriptedUpstream(answer);
  await expect(post(upstream.baseUrl, '').then((response) => response.text())).rejects.toThrow();
});

test('stalls until the client leaves, and says when that was', async () => {
  await using upstream = await startScriptedUpstream(stream(['data: 1\n\n'], { end: 'stall' }));
  const leave = new AbortController();
  const response = await post(upstream.baseUrl, '', { signal: leave.signal });
  const leftAtMs = performance.now();
  leave.abort();
  await response.text().catch(() => undefined);
  const request = await upstream.received(1);
  expect((await request.connectionClosedAtMs) - leftAtMs).toBeGreaterThanOrEqual(0);
});

test('redirects and sends any body under any type', async () => {
  await using upstream = await startScriptedUpstream(redirect('http://127.0.0.1:1/'));
  const redirected = await post(upstream.baseUrl, '', { redirect: 'manual' });
  expect([redirected.status, redirected.headers.get('location')]).toEqual([307, 'http://127.0.0.1:1/']);
  upstream.use(body('<html>', { status: 502, headers: { 'content-type': 'text/html' } }));
  const page = await post(upstream.baseUrl, '');
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([502, 'text/html', '<html>']);
});
