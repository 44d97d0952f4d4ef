/** Holds the user's port to the table of attacks by a web page in the user's browser (W), on both loopback families. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Attack,
  attack,
  corsHeadersOf,
  loopbackAddresses,
  methodsOf,
  protectedPaths,
  publicPaths,
  shapeOf,
  toldError,
  type Traces,
  tracesOf,
} from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

const app = 'http://app.example';
let upstream: ScriptedUpstream;
let strict: RunningGateway;
/** A gateway whose user wants no keys: Host, Origin and content type are the only walls it has. */
let keyless: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const config = {
    version: 1 as const,
    listen: { allowedOrigins: [app, 'http://localhost:5173'], allowedHosts: ['gateway.example'] },
    providers: [{ id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] }],
  };
  strict = await startGateway({ config });
  keyless = await startGateway({ config: { ...config, access: { requireKey: false } } });
});
afterAll(async () => {
  await strict.stop();
  await keyless.stop();
  await upstream.stop();
});

const kinds = [
  { name: 'with keys', gateway: () => strict },
  { name: 'without keys', gateway: () => keyless },
];
const places = kinds.flatMap((kind) => loopbackAddresses.map((address) => ({ ...kind, address })));

describe.each(places)('a gateway $name on $address', ({ gateway, address }) => {
  let before: Traces;
  beforeEach(async () => {
    before = await tracesOf(gateway(), upstream);
  });

  const send = (changes: Attack) => attack(gateway(), { address, ...changes });

  async function expectRefused(changes: Attack, status: number, code?: string): Promise<void> {
    const answer = await send(changes);
    expect(answer.status).toBe(status);
    if (code !== undefined && changes.method !== 'HEAD') {
      const told = toldError(answer);
      expect(told.shape).toBe(shapeOf(changes.target ?? ''));
      // Ollama's shape has words alone.
      expect(told.code ?? code).toBe(code);
    }
    expect(corsHeadersOf(answer)).toEqual([]);
  }

  test('the unchanged request is answered, so that every refusal below has one reason', async () => {
    expect((await send({})).status).toBe(200);
    expect((await tracesOf(gateway(), upstream)).asked).toBe(before.asked + 1);
  });

  describe('refusals that leave no trace', () => {
    afterEach(async () => expect(await tracesOf(gateway(), upstream)).toEqual(before));

    test.each([
      'rebind.example:PORT',
      'x.local:PORT',
      'x.internal:PORT',
      'x.localhost:PORT',
      'localhost.:PORT',
      'localhost',
      '127.0.0.1',
      '[::1]',
      '127.0.0.1:1',
      '127.0.0.1:PORT1',
      '127.0.0.1:0PORT',
      '127.1:PORT',
      '2130706433:PORT',
      '0x7f.1:PORT',
      '0.0.0.0:PORT',
      '[::]:PORT',
      '[::ffff:127.0.0.1]:PORT',
      '[0:0:0:0:0:0:0:1]:PORT',
      'localhost:PORT.evil.example',
      'localhost:PORT@evil.example',
      'evil.example@localhost:PORT',
      'localhost:PORT, evil.example',
      'gateway.example:1',
      'x.gateway.example',
      'localhost:PORT/health?',
      'localhost:PORT/health#',
      '',
    ])('W-01 a rebound name as Host (%j) is 403', async (host) => {
      await expectRefused({ headers: { Host: host } }, 403, 'host_not_allowed');
    });

    test('W-01 a name that a proxy vouches for is as good as none', async () => {
      const more = ['X-Forwarded-Host: 127.0.0.1:PORT', 'Forwarded: host="127.0.0.1:PORT"', 'X-Forwarded-For: 127.0.0.1'];
      await expectRefused({ headers: { Host: 'rebind.example:PORT' }, more }, 403, 'host_not_allowed');
    });

    test.each([
      { headers: { Host: undefined } },
      { more: ['Host: 127.0.0.1:PORT'] },
      { more: ['host: rebind.example'] },
      { headers: { Host: 'rebind.example' }, more: ['HOST: 127.0.0.1:PORT'] },
    ])('W-01 no Host or two of them (%j) is 400', (changes) => expectRefused(changes, 400, 'bad_request'));

    test.each([
      'null',
      'http://evil.example',
      'http://localhost',
      'http://127.0.0.1:PORT',
      'http://localhost:PORT',
      'http://localhost.evil.example',
      'http://localhost:80@evil.example',
      'http://127.0.0.1.evil.example',
      'https://app.example',
      'http://app.example:80',
      'http://app.example:8080',
      'http://app.example.evil.example',
      'http://evil-app.example',
      'http://x.app.example',
      'http://APP.example',
      'HTTP://app.example',
      'http://app.example/',
      'http://user@app.example',
      'http://app.example, http://evil.example',
      'http://app.example%00.evil.example',
      'http://localhost:51730',
      'http://localhost:5173.evil.example',
      'file://',
      'app://gatehouse',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      '*',
      '',
    ])('W-02 W-09 W-10 the origin %j is 403 with a good key too, and hears nothing by CORS', async (origin) => {
      await expectRefused({ headers: { Origin: origin } }, 403, 'origin_not_allowed');
      await expectRefused({ method: 'GET', target: '/v1/models', headers: { Origin: origin } }, 403);
    });

    test('W-02 two origins are 400', () =>
      expectRefused({ more: [`Origin: ${app}`, 'Origin: http://evil.example'] }, 400, 'bad_request'));

    test.each([
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain; application/json',
      'text/plain, application/json',
      'application/jsonp',
      'application/json-patch+json',
      'application/x-ndjson',
      'json',
      '',
      undefined,
    ])('W-03 W-04 W-05 what a page can post without asking (%s) is 415', async (type) => {
      await expectRefused({ headers: { 'Content-Type': type } }, 415, 'unsupported_media_type');
    });

    test.each(['cross-site', 'same-site', 'cross-site, none', 'none, cross-site', 'CROSS-SITE', 'later-word'])(
      'W-06 a page that loads a path as image, script or form target (%s, no Origin) is 403 on every path',
      async (site) => {
        for (const target of [...protectedPaths, ...publicPaths, '/nothing']) {
          const headers = { 'Sec-Fetch-Site': site, Authorization: undefined };
          await expectRefused({ method: 'GET', target, headers }, 403, 'origin_not_allowed');
        }
      },
    );

    test.each(['http://evil.example', 'null', 'http://127.0.0.1:PORT'])(
      'W-07 W-13 a preflight from %s is 403 without a single CORS header',
      (origin) =>
        expectRefused(
          {
            method: 'OPTIONS',
            headers: { Origin: origin, Authorization: undefined },
            more: [
              'Access-Control-Request-Method: POST',
              'Access-Control-Request-Headers: authorization, content-type',
              'Access-Control-Request-Private-Network: true',
              'Access-Control-Request-Local-Network: true',
            ],
          },
          403,
          'origin_not_allowed',
        ),
    );

    test.each(['http://evil.example', 'null'])('W-11 a websocket from a page on %s is 403 before any switch', async (origin) => {
      const more = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      await expectRefused({ method: 'GET', target: '/v1/models', headers: { Origin: origin }, more }, 403, 'origin_not_allowed');
    });
  });

  test('W-08 a preflight from an allowed origin names that origin, this path and no credentials, for ten minutes at most', async () => {
    for (const target of protectedPaths) {
      const more = ['Access-Control-Request-Method: DELETE', 'Access-Control-Request-Private-Network: true'];
      const answer = await send({ method: 'OPTIONS', target, headers: { Origin: app, Authorization: undefined }, more });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(app);
      expect(answer.headers.get('access-control-allow-methods')).toBe(methodsOf(target).join(', '));
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/^[a-z0-9, -]+$/);
      expect(Number(answer.headers.get('access-control-max-age'))).toBeLessThanOrEqual(600);
      expect(answer.headers.get('vary')).toBe('Origin');
      expect(corsHeadersOf(answer).toSorted()).toEqual([
        'access-control-allow-headers',
        'access-control-allow-methods',
        'access-control-allow-origin',
        'access-control-max-age',
      ]);
    }
  });

  test('W-08 an allowed origin is answered by name, in refusals too, and only asking leaves no trace', async () => {
    const good = await send({ headers: { Origin: app, 'Sec-Fetch-Site': 'cross-site' } });
    expect([good.status, good.headers.get('access-control-allow-origin'), good.headers.get('vary')]).toEqual([
      200,
      app,
      'Origin',
    ]);
    const bad = await send({ headers: { Origin: app, 'Content-Type': 'text/plain' } });
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([415, app]);
  });
});
