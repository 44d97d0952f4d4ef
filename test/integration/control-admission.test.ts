/** Holds the control listener to the table of attacks from web pages and strangers, over bare sockets. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { controlToken, fakeHandlers, type FakeControl, openFakeControl, runningStatus } from '../support/fake-control.ts';
import { exchangeRaw, type RawAnswer, rawRequest } from '../support/raw-http.ts';

let control: FakeControl;
let port = 0;
const stop = vi.fn(() => ({ ...runningStatus, state: 'stopped' as const }));

beforeAll(async () => {
  control = await openFakeControl({ handlers: fakeHandlers({ 'gateway.stop': stop }) });
  port = control.listener.port;
});
afterAll(() => control.listener.close());

interface Changes {
  readonly line?: string;
  /** Replaces a header; undefined leaves it out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly more?: readonly string[];
  readonly body?: string;
}

/** A call to gateway.stop that would pass, changed. */
function send({ line = 'POST /control/calls/gateway.stop HTTP/1.1', headers = {}, more = [], body = '{}' }: Changes = {}) {
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Authorization: `Bearer ${controlToken}`,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return exchangeRaw(port, rawRequest([line, ...lines, ...more], body));
}

async function refusalOf(changes: Changes, status: number): Promise<RawAnswer> {
  stop.mockClear();
  const answer = await send(changes);
  expect(answer.status).toBe(status);
  expect(stop).not.toHaveBeenCalled();
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  return answer;
}

async function expectRefused(changes: Changes, status: number): Promise<void> {
  await refusalOf(changes, status);
}

test('the unchanged call passes, so that every refusal below has one reason', async () => {
  const answer = await send();
  expect(answer.status).toBe(200);
  expect(stop).toHaveBeenCalledOnce();
});

describe('raw headers', () => {
  test('a missing Host is 400', () => expectRefused({ headers: { Host: undefined } }, 400));

  test.each([
    'Host: 127.0.0.1:1',
    `Authorization: Bearer ${controlToken}`,
    'content-type: text/plain',
    'x-api-key: a\r\nX-Api-Key: b',
    'Origin: null\r\nOrigin: null',
  ])('a repeated header (%j) is 400', (line) => expectRefused({ more: [line] }, 400));

  test('two content lengths are 400 and the connection closes', async () => {
    const answer = await refusalOf({ more: ['Content-Length: 99'] }, 400);
    expect(answer.headers.get('connection')).toBe('close');
  });
});

describe('target', () => {
  test.each([
    '//control/calls/gateway.stop',
    '/control//calls/gateway.stop',
    '/control/../control/calls/gateway.stop',
    '/control/%2e%2e/control/calls/gateway.stop',
    '/control%2Fcalls/gateway.stop',
    '/control\\calls/gateway.stop',
    '/control/calls/gateway.stop%00',
    'http://127.0.0.1/control/calls/gateway.stop',
    '*',
  ])('%s is 400', (target) => expectRefused({ line: `POST ${target} HTTP/1.1` }, 400));

  test.each([
    '/CONTROL/calls/gateway.stop',
    '/control/CALLS/gateway.stop',
    '/control/calls/gateway.stop/',
    '/%63ontrol/calls/gateway.stop',
  ])('%s is no second spelling of a call: without a token 401, with it 404', async (target) => {
    const line = `POST ${target} HTTP/1.1`;
    await expectRefused({ line, headers: { Authorization: undefined } }, 401);
    await expectRefused({ line }, 404);
  });
});

describe('Host', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]'])('%s with our port is served', async (name) => {
    expect((await send({ headers: { Host: `${name}:${port}` } })).status).toBe(200);
  });

  test.each([
    'rebind.example:P',
    'localhost',
    '127.0.0.1',
    'localhost.:P',
    'x.local:P',
    'x.internal:P',
    'x.localhost:P',
    '0.0.0.0:P',
    '[::]:P',
    '127.0.0.1:1',
    'localhost:P.evil.example',
    '',
  ])('%j is 403, with a good token too', (host) => expectRefused({ headers: { Host: host.replace('P', String(port)) } }, 403));
});

describe('Origin', () => {
  test.each(['http://127.0.0.1:P', 'http://localhost:P'])('our own page %s is served, without CORS headers', async (origin) => {
    const answer = await send({ headers: { Origin: origin.replace('P', String(port)), 'Sec-Fetch-Site': 'same-origin' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  test.each([
    'null',
    'http://evil.example',
    'https://127.0.0.1:P',
    'http://127.0.0.1',
    'http://127.0.0.1:P1',
    'http://LOCALHOST:P',
    'http://localhost.evil.example:P',
    'http://localhost:P@evil.example',
    'http://[::1]:P',
    'file://',
  ])('%s is 403, with a good token too', (origin) =>
    expectRefused({ headers: { Origin: origin.replace('P', String(port)) } }, 403),
  );

  test.each(['cross-site', 'same-site'])('a %s request without Origin is 403', (site) =>
    expectRefused({ headers: { 'Sec-Fetch-Site': site } }, 403),
  );

  test('a preflight from another site is 403 and says nothing', () =>
    expectRefused(
      {
        line: 'OPTIONS /control/calls/gateway.stop HTTP/1.1',
        headers: { Origin: 'http://evil.example', Authorization: undefined },
        more: ['Access-Control-Request-Method: POST', 'Access-Control-Request-Private-Network: true'],
      },
      403,
    ));

  test('a link on another site may open the page, but no frame, no image and no call', async () => {
    const foreign = {
      'Sec-Fetch-Site': 'cross-site',
      'Content-Type': undefined,
      'Content-Length': undefined,
      Authorization: undefined,
    };
    const page = 'GET / HTTP/1.1';
    const open = (more: readonly string[], line = page) => send({ line, headers: foreign, more, body: '' });
    expect((await open(['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'])).status).toBe(200);
    expect((await open(['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'])).status).toBe(403);
    expect((await open(['Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'])).status).toBe(403);
    expect((await open(['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'], 'GET /control/events HTTP/1.1')).status).toBe(
      403,
    );
  });

  test('a websocket upgrade from another site is 403, and ours is no upgrade either', async () => {
    const more = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version: 13',
    ];
    const line = 'GET /control/events2 HTTP/1.1';
    await expectRefused({ line, more, headers: { Origin: 'http://evil.example' } }, 403);
    await expectRefused({ line, more, headers: { Origin: `http://127.0.0.1:${port}` } }, 404);
  });
});

describe('token', () => {
  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${controlToken}x`,
    `Bearer ${controlToken.slice(0, -1)}`,
    `Basic ${controlToken}`,
    controlToken,
    `Bearer ${controlToken} ${controlToken}`,
  ])('%j is 401', async (authorization) => {
    const answer = await refusalOf({ headers: { Authorization: authorization } }, 401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="control"');
  });

  test('the token is not taken from the address or another header', async () => {
    const headers = { Authorization: undefined };
    await expectRefused({ line: `POST /control/calls/gateway.stop?token=${controlToken} HTTP/1.1`, headers }, 401);
    await expectRefused({ headers, more: [`x-api-key: ${controlToken}`, `Cookie: token=${controlToken}`] }, 401);
  });

  test('a stranger gets the same answer whatever the path, method, type and size', async () => {
    const strangers: Changes[] = [
      {},
      { line: 'POST /control/calls/no.such HTTP/1.1' },
      { line: 'GET /control/calls/status.get HTTP/1.1' },
      { line: 'DELETE /control/events HTTP/1.1' },
      { line: 'GET /nothing HTTP/1.1' },
      { line: 'TRACE / HTTP/1.1' },
      { line: 'OPTIONS /control/calls/status.get HTTP/1.1' },
      { headers: { 'Content-Type': 'text/plain' } },
      { headers: { 'Content-Length': '99999999' } },
    ];
    const answers = await Promise.all(
      strangers.map((changes) => send({ ...changes, headers: { ...changes.headers, Authorization: undefined } })),
    );
    for (const { status, body, headers } of answers) {
      expect({ status, body }).toEqual({ status: 401, body: answers[0]?.body });
      expect([...headers.keys()].toSorted()).toEqual([...(answers[0]?.headers.keys() ?? [])].toSorted());
    }
  });
});

describe('method, type and size', () => {
  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])(
    'a call by %s is 405 and names POST',
    async (method) => {
      const answer = await refusalOf({ line: `${method} /control/calls/gateway.stop HTTP/1.1` }, 405);
      expect(answer.headers.get('allow')).toBe('POST');
    },
  );

  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/jsonp',
  ])('content type %s is 415', (type) => expectRefused({ headers: { 'Content-Type': type } }, 415));

  test('a compressed body is 415', () => expectRefused({ more: ['Content-Encoding: gzip'] }, 415));

  test('an announced body over 1 MiB is refused without reading it', () =>
    expectRefused({ headers: { 'Content-Length': String(1024 * 1024 + 1) } }, 413));

  test('a chunked body over 1 MiB is cut off with 413', async () => {
    const chunk = `20000\r\n${' '.repeat(0x20000)}\r\n`;
    await expectRefused(
      { headers: { 'Content-Length': undefined }, more: ['Transfer-Encoding: chunked'], body: chunk.repeat(9) },
      413,
    );
  });

  test('a config document may be larger than 1 MiB, up to 4', async () => {
    const line = 'POST /control/calls/config.apply HTTP/1.1';
    const document = (bytes: number) => JSON.stringify({ config: { version: 1, note: 'x'.repeat(bytes) } });
    expect((await send({ line, body: document(2 * 1024 * 1024) })).status).toBe(200);
    expect((await send({ line, body: document(4 * 1024 * 1024) })).status).toBe(413);
  });

  test('a client that waits for 100 Continue is judged before it sends its body', async () => {
    const more = ['Expect: 100-continue'];
    expect((await send({ more })).status).toBe(200);
    await expectRefused({ more, headers: { Authorization: undefined }, body: '' }, 401);
  });
});

test('every answer carries the protecting headers and a request id of its own, and names no software', async () => {
  const answers = await Promise.all([
    send(),
    send({ headers: { Authorization: 'no' } }),
    send({ headers: { Host: 'x' } }),
    send({ body: '{' }),
  ]);
  for (const { headers } of answers) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.has('x-powered-by') || headers.has('server')).toBe(false);
  }
  expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(answers.length);
});

test('garbage on the socket is answered 400 and closed, and the listener lives on', async () => {
  expect((await exchangeRaw(port, 'hello there\r\n\r\n')).status).toBe(400);
  expect(
    (await exchangeRaw(port, rawRequest([`GET / HTTP/1.1`, `Host: 127.0.0.1:${port}`, `x: ${'y'.repeat(20_000)}`]))).status,
  ).toBe(431);
  expect((await send()).status).toBe(200);
});
