/** The shell's forwarding of `/control/*`, between a request as Electron gives it and a listener that is played. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createForwarder } from '../../electron/forward-control.ts';

interface Played extends AsyncDisposable {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

async function play(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Played> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return {
    port: address.port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const forwardTo = (port: number) =>
  createForwarder({ findEndpoint: () => Promise.resolve({ port, token: 'secret' }), describeAbsence: () => 'It is away.' });

test('a call arrives with the token and the listener’s own name, and without what only a browser says', async () => {
  let body = '';
  await using played = await play((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b', 'x-request-id': 'ctl_1' })
        .end('{"ok":true}'),
    );
  });
  const headers = {
    'content-type': 'application/json',
    origin: 'app://gatehouse',
    cookie: 'c=d',
    authorization: 'Bearer mine',
    'sec-fetch-site': 'same-origin',
  };
  const answer = await forwardTo(played.port)(
    new Request('http://gatehouse/control/calls/status.get?x=1', { method: 'POST', headers, body: '{"a":1}' }),
  );
  expect([answer.status, await answer.text(), answer.headers.get('x-request-id'), answer.headers.get('set-cookie')]).toEqual([
    200,
    '{"ok":true}',
    'ctl_1',
    null,
  ]);
  const [request] = played.requests;
  expect([request?.method, request?.url, body]).toEqual(['POST', '/control/calls/status.get?x=1', '{"a":1}']);
  expect(request?.headers).toEqual({
    host: `127.0.0.1:${played.port}`,
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'content-length': '7',
    connection: 'close',
  });
});

test('an event arrives as it is sent, and the stream behind it ends when the page goes away', async () => {
  const closed = Promise.withResolvers<void>();
  await using played = await play((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n\n');
    response.on('close', () => closed.resolve());
  });
  const answer = await forwardTo(played.port)(
    new Request('http://gatehouse/control/events', { headers: { 'last-event-id': '7' } }),
  );
  const reader = answer.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('id: 1\n\n');
  expect(played.requests[0]?.headers['last-event-id']).toBe('7');
  await reader?.cancel();
  await closed.promise;
});

test('a page that goes away before the answer ends the request too', async () => {
  const closed = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await using played = await play((_request, response) => {
    response.on('close', () => closed.resolve());
    arrived.resolve();
  });
  const page = new AbortController();
  const answer = forwardTo(played.port)(new Request('http://gatehouse/control/events', { signal: page.signal }));
  await arrived.promise;
  page.abort();
  await closed.promise;
  expect((await answer).status).toBe(503);
});

test('an answer that breaks off never looks complete', async () => {
  await using played = await play((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => response.destroy(), 20);
  });
  const answer = await forwardTo(played.port)(new Request('http://gatehouse/control/events'));
  await expect(answer.text()).rejects.toThrow();
});

test('a page that reads slowly holds the sender back instead of filling memory', async () => {
  let written = 0;
  await using played = await play((_request, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (written < 64 * 1024 * 1024) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    response.writeHead(200);
    more();
  });
  const answer = await forwardTo(played.port)(new Request('http://gatehouse/control/events'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(written).toBeLessThan(32 * 1024 * 1024);
  expect((await answer.arrayBuffer()).byteLength).toBe(64 * 1024 * 1024);
});

test.each([
  ['there is no gateway', null],
  ['nobody listens on its port', { port: 1, token: 'secret' }],
])('while %s the page gets a sentence in the form of every other refusal', async (_what, endpoint) => {
  const forward = createForwarder({ findEndpoint: () => Promise.resolve(endpoint), describeAbsence: () => 'It is away.' });
  const answer = await forward(new Request('http://gatehouse/control/calls/status.get', { method: 'POST', body: '{}' }));
  expect([answer.status, await answer.json()]).toEqual([
    503,
    {
      ok: false,
      error: { kind: 'unavailable', message: expect.stringMatching(/^(?:It is away|The gateway did not answer.*)\.$/) },
    },
  ]);
});
