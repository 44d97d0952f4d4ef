/** What becomes of a request whose upstream fails before the client's first byte: another attempt, another target, or a clear answer. */
import { createServer as createTlsServer } from 'node:tls';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Asked, askPlainly, expectFinal } from '../support/ask-plainly.ts';
import { type FaultLab, faultTimeouts, soundStream, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { type Answer, body, json, redirect, stream } from '../support/upstream-answers.ts';

let lab: FaultLab;
let tls: Server;
let silent: Server;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  await listen(server);
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  // Without a certificate every handshake fails.
  tls = createTlsServer();
  tls.on('tlsClientError', () => undefined);
  await listen(tls);
  const other = (id: string, baseUrl: string) => ({ id, kind: 'openai-compatible' as const, baseUrl, models: ['m'] });
  const plain = createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await listen(plain);
  plain.unref();
  // Takes connections, and never shakes hands.
  silent = createTcpServer((socket) => socket.on('error', () => undefined));
  await listen(silent);
  silent.unref();
  lab = await startFaultLab({
    providers: [
      other('gone', `http://127.0.0.1:${await freePort()}/v1`),
      other('broken-tls', `https://127.0.0.1:${portOf(tls)}/v1`),
      other('plain-behind-https', `https://127.0.0.1:${portOf(plain)}/v1`),
      other('nowhere', 'http://nowhere.invalid/v1'),
      other('silent', `https://127.0.0.1:${portOf(silent)}/v1`),
    ],
    // Every test begins with a provider that nothing is held against, and may try again as often as it likes.
    reliability: { breaker: { failures: 1_000 }, retryBudget: { minimum: 100 } },
    aliases: {
      both: { targets: ['lab/m', 'spare/m'] },
      'nowhere-first': { targets: ['nowhere/m', 'spare/m'] },
      'silent-first': { targets: ['silent/m', 'spare/m'] },
      'gone-first': { targets: ['gone/m', 'spare/m'] },
      'tls-first': { targets: ['broken-tls/m', 'spare/m'] },
    },
  });
});

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
  tls.close();
});

/** Nothing is held against the key of `lab` any more. */
async function restoreKey(): Promise<void> {
  lab.upstream.use(json(wholeAnswer()));
  await ask('lab/m');
}

beforeEach(restoreKey);

const ask = (model: string, isStream = false): Promise<Asked> => askPlainly(lab.gateway, model, isStream);

const both = [false, true];

describe.each(both)('before the first byte (stream: %s)', (isStream) => {
  const sound = isStream ? soundStream() : json(wholeAnswer());

  test('F-01 a host that nobody knows is a 502, and the next target answers within a second', async () => {
    expectFinal(await ask('nowhere/m', isStream), 502, 'upstream_dns');
    lab.spare.use(sound);
    const moved = await ask('nowhere-first', isStream);
    expect([moved.status, moved.tookMs < 1_000]).toEqual([200, true]);
    expect((await lab.finalRow(moved.id)).attemptList).toMatchObject([
      { provider: 'nowhere', status: null, errorKind: 'upstream-dns' },
      { provider: 'spare', status: 200 },
    ]);
  });

  test('F-03 a connection that never comes about is a 504 at its limit, and the next target answers', async () => {
    const asked = await ask('silent/m', isStream);
    expectFinal(asked, 504, 'upstream_connect_timeout');
    expect(asked.tookMs).toBeGreaterThanOrEqual(faultTimeouts.connectMs - 50);
    expect(asked.tookMs).toBeLessThan(faultTimeouts.connectMs + 1_000);
    lab.spare.use(sound);
    expect((await ask('silent-first', isStream)).status).toBe(200);
  });

  test('F-02 a refused connection is a 502, and the next target answers at once', async () => {
    const asked = await ask('gone/m', isStream);
    expectFinal(asked, 502, 'upstream_connect');
    expect(asked.tookMs).toBeLessThan(1_000);
    const row = await lab.finalRow(asked.id);
    expect(row).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-connect' });
    lab.spare.use(sound);
    const moved = await ask('gone-first', isStream);
    expect(moved.status).toBe(200);
    expect(moved.tookMs).toBeLessThan(1_000);
    expect((await lab.finalRow(moved.id)).attemptList).toMatchObject([
      { number: 1, provider: 'gone', status: null, errorKind: 'upstream-connect' },
      { number: 2, provider: 'spare', status: 200, errorKind: null },
    ]);
  });

  test.each(['broken-tls', 'plain-behind-https'])(
    'F-04 %s is a 502 that names TLS, without another try there',
    async (provider) => {
      const asked = await ask(`${provider}/m`, isStream);
      expectFinal(asked, 502, 'upstream_tls');
      expect(await lab.finalRow(asked.id)).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-tls' });
      lab.spare.use(sound);
      expect((await ask('tls-first', isStream)).status).toBe(200);
    },
  );

  test.each(['reset', 'close'] as const)('F-05 a %s before the head is tried again, unseen by the client', async (end) => {
    lab.upstream.next([{ end }], sound);
    const asked = await ask('lab/m', isStream);
    expect(asked.status).toBe(200);
    expect(asked.headers.get('x-gatehouse-attempts')).toBe('2');
    const row = await lab.finalRow(asked.id);
    expect(row).toMatchObject({ state: 'ok', attempts: 2 });
    expect(row.attemptList).toMatchObject([{ errorKind: 'upstream-reset', status: null }, { status: 200 }]);
  });

  test('F-05 three resets are enough', async () => {
    lab.upstream.use([{ end: 'reset' }]);
    const before = lab.upstream.requests.length;
    expectFinal(await ask('lab/m', isStream), 502, 'upstream_reset');
    expect(lab.upstream.requests.length - before).toBe(3);
  });

  test('F-06 no head in time is a 504, for a whole answer only at the very end; the upstream is let go, and nobody is asked twice', async () => {
    lab.upstream.next([{ end: 'stall' }]);
    const received = lab.upstream.received(lab.upstream.requests.length + 1);
    const asked = await ask('lab/m', isStream);
    const limitMs = isStream ? faultTimeouts.firstByteMs : faultTimeouts.totalMs;
    expectFinal(asked, 504, isStream ? 'upstream_first_byte_timeout' : 'upstream_total_timeout');
    const { connectionClosedAtMs, receivedAtMs } = await received;
    const heldMs = (await connectionClosedAtMs) - receivedAtMs;
    expect(heldMs).toBeGreaterThanOrEqual(limitMs - 50);
    expect(heldMs).toBeLessThan(limitMs + 1_500);
    expect(await lab.finalRow(asked.id)).toMatchObject({ state: 'upstream_error', status: 504, attempts: 1 });
  });

  test('F-07 a pause that the provider asks for is kept', async () => {
    lab.upstream.next(json({ error: { message: 'Slow down.' } }, { status: 429, headers: { 'retry-after': '1' } }), sound);
    const asked = await ask('lab/m', isStream);
    expect(asked.status).toBe(200);
    expect(asked.tookMs).toBeGreaterThanOrEqual(1_000);
    expect(asked.tookMs).toBeLessThan(2_500);
  });

  test.each([
    ['has passed', 'Fri, 20 Nov 2015 10:00:00 GMT', 200],
    ['is none', 'the day after tomorrow', 200],
    ['lies ten years ahead', new Date(Date.now() + 10 * 365 * 86_400_000).toUTCString(), 429],
  ])('F-08 a date to come back that %s makes nobody wait', async (_, date, status) => {
    const refusal = json({ error: { message: 'Slow down.' } }, { status: 429, headers: { 'retry-after': date } });
    lab.upstream.next(refusal, sound);
    const asked = await ask('lab/m', isStream);
    expect(asked.status).toBe(status);
    const { attemptList } = await lab.finalRow(asked.id);
    expect(attemptList).toHaveLength(status === 200 ? 2 : 1);
    // Full jitter after one failure: at most half a second.
    for (const { waitedMs } of attemptList) expect(waitedMs).toBeLessThan(800);
  });

  test('F-09 an exhausted account is not asked again', async () => {
    const error = {
      message: 'You exceeded your current quota.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    };
    lab.upstream.next(json({ error }, { status: 429 }));
    const asked = await ask('lab/m', isStream);
    expectFinal(asked, 429, 'insufficient_quota');
    expect((await lab.finalRow(asked.id)).attempts).toBe(1);
  });

  test.each([401, 402, 403])(
    'F-11 %s of a provider is a 502 and no refusal of the client; the next target answers',
    async (status) => {
      const refusal = json({ error: { message: 'Incorrect API key provided: sk-fault-0123456789.' } }, { status });
      lab.upstream.next(refusal);
      const asked = await ask('lab/m', isStream);
      expectFinal(asked, 502, 'provider_auth_failed');
      expect(asked.text).not.toContain('sk-fault');
      expect(await lab.finalRow(asked.id)).toMatchObject({
        state: 'upstream_error',
        status: 502,
        attempts: 1,
        errorKind: 'upstream-auth',
      });
      await restoreKey();
      lab.upstream.next(refusal);
      lab.spare.use(sound);
      const moved = await ask('both', isStream);
      expect(moved.status).toBe(200);
      expect((await lab.finalRow(moved.id)).attemptList).toMatchObject([{ status, errorKind: 'upstream-auth' }, { status: 200 }]);
    },
  );

  test.each([400, 404, 413, 422])('F-12 %s passes through to the client, byte for byte, and moves nowhere', async (status) => {
    const text = `{ "error" : {"message":"That is too long.", "param":"messages[0]","type":"invalid_request_error","code":"context_length_exceeded"} }`;
    lab.upstream.next(body(text, { status }));
    const asked = await ask('both', isStream);
    expectFinal(asked, status, null);
    expect(asked.text).toBe(text);
    const row = await lab.finalRow(asked.id);
    expect(row).toMatchObject({ state: 'upstream_error', status, attempts: 1, provider: 'lab' });
    expect(row.errorKind).toBe('upstream-context-too-long');
  });

  test.each([301, 302, 303, 307, 308])('F-13 a redirect (%s) is never followed; the next target answers', async (status) => {
    const away = redirect(`${lab.spare.origin}/v1/stolen`, status);
    const before = lab.spare.requests.length;
    lab.upstream.next(away, away);
    expectFinal(await ask('lab/m', isStream), 502, 'upstream_redirect');
    expect(lab.spare.requests.length).toBe(before);
    lab.spare.use(sound);
    expect((await ask('both', isStream)).status).toBe(200);
    expect(lab.spare.requests.at(-1)?.target).toBe('/v1/chat/completions');
  });

  test.each([
    ['a web page', body('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } })],
    ['an empty body', body('', { headers: { 'content-type': 'text/plain' } })],
    ['no content type', [{ write: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}' }, { end: 'keep' }] satisfies Answer],
    ['the wrong one of both types', isStream ? json(wholeAnswer()) : stream(['data: {}\n\n', 'data: [DONE]\n\n'])],
  ])('F-15 a 200 with %s is a 502, and the next target answers', async (_, answer) => {
    lab.upstream.next(answer, answer);
    const asked = await ask('lab/m', isStream);
    expectFinal(asked, 502, 'upstream_protocol');
    expect(await lab.finalRow(asked.id)).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-protocol' });
    lab.spare.use(sound);
    expect((await ask('both', isStream)).status).toBe(200);
  });

  test('F-16 a 204 is no answer', async () => {
    lab.upstream.next([{ write: 'HTTP/1.1 204 No Content\r\n\r\n' }, { end: 'keep' }]);
    expectFinal(await ask('lab/m', isStream), 502, 'upstream_protocol');
  });

  test('F-16 a few interim answers are passed over', async () => {
    lab.upstream.next([{ write: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(3) }, ...sound]);
    expect((await ask('lab/m', isStream)).status).toBe(200);
  });

  test('F-16 interim answers without end are given up', async () => {
    const storm = Array.from({ length: 400 }, () => [{ write: 'HTTP/1.1 102 Processing\r\n\r\n' }, { waitMs: 10 }]).flat();
    lab.upstream.use([...storm, { end: 'stall' }]);
    const asked = await ask('lab/m', isStream);
    expect(asked.status).toBeGreaterThanOrEqual(502);
    expect((await lab.finalRow(asked.id)).state).toBe('upstream_error');
  });
});

test('F-10 each passing failure is tried three times with pauses, and then told as what it was', async () => {
  const statuses = [408, 409, 429, 500, 502, 503, 504, 529];
  lab.upstream.use((request) => {
    const [, status] = /"status (\d+)"/.exec(request.body.toString()) ?? [];
    return json(
      { error: { message: `It is ${status}.`, type: 'server_error', param: null, code: null } },
      { status: Number(status) },
    );
  });
  await Promise.all(
    statuses.map(async (status) => {
      const asked = await askPlainly(lab.gateway, 'lab/m', false, `status ${status}`);
      expectFinal(asked, status, null);
      expect(asked.text).toContain(`It is ${status}.`);
      const row = await lab.finalRow(asked.id);
      expect(row).toMatchObject({ state: 'upstream_error', status, attempts: 3 });
      expect(row.attemptList.map((one) => one.status)).toEqual([status, status, status]);
      const [first, second, third] = row.attemptList.map(({ waitedMs }) => waitedMs);
      // Full jitter: at most half a second before the second attempt and a second before the third.
      expect([first, (second ?? 0) < 800, (third ?? 0) < 1_300]).toEqual([0, true, true]);
    }),
  );
});
