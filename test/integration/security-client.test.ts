/** Holds the user's port to the table of attacks by a program that holds a key (C), or wants one, on both loopback families. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callTable } from '../../gateway/contract/calls.ts';
import { type Attack, attack, attackBytes, codeOf, loopbackAddresses, soundBody, tracesOf } from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { exchangeRaw, rawRequest } from '../support/raw-http.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let upstream: ScriptedUpstream;
/** Whatever a client may name as a destination: nobody must ever come here. */
let trap: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript({ gapMs: 50 }));
  trap = await startScriptedUpstream();
  const provider = { kind: 'openai-compatible' as const, models: ['m'] };
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [
        { id: 'lab', ...provider, baseUrl: upstream.baseUrl, keys: ['env:LAB_KEY'] },
        { id: 'demo', kind: 'demo' },
      ],
    },
    environment: { LAB_KEY: 'sk-lab-5f2d' },
  });
});
afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect(trap.requests).toHaveLength(0);
  await gateway.stop();
  await upstream.stop();
  await trap.stop();
});

describe.each(loopbackAddresses)('on %s', (address) => {
  const send = (changes: Attack) => attack(gateway, { address, ...changes });

  async function expectStopped(changes: Attack, status: number): Promise<void> {
    const before = await tracesOf(gateway, upstream);
    expect((await send(changes)).status).toBe(status);
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  }

  test('C-01 a client key opens no control path, here or on the control port', async () => {
    const control = Number(new URL(gateway.ready.control).port);
    for (const name of Object.keys(callTable)) {
      await expectStopped({ target: `/control/calls/${name}`, body: '{}' }, 404);
    }
    const head = [
      'POST /control/calls/clients.create HTTP/1.1',
      `Host: 127.0.0.1:${control}`,
      `Authorization: Bearer ${gateway.clientKey}`,
    ];
    expect((await exchangeRaw(control, rawRequest(head))).status).toBe(401);
    await expectStopped({ headers: { Authorization: `Bearer ${gateway.ready.controlToken}` } }, 401);
  });

  test.each(['create', 'push', 'blobs/sha256:0'])(
    'I-34 POST /api/%s, which makes a model server run things, is not there',
    (name) => expectStopped({ target: `/api/${name}` }, 404),
  );

  test.each([
    ['POST', 'pull'],
    ['POST', 'copy'],
    ['DELETE', 'delete'],
  ])('I-34 %s /api/%s is refused to a key that the config does not name', (method, name) =>
    expectStopped({ method, target: `/api/${name}`, body: '{"model":"qwen3:8b"}' }, 403),
  );

  test('I-20 no field and no header of a client chooses where its request goes', async () => {
    const url = trap.origin;
    const fields = {
      api_base: url,
      base_url: url,
      baseURL: url,
      custom_host: url,
      proxy: url,
      endpoint: url,
      url,
      host: trap.origin,
    };
    const body = JSON.stringify({
      ...JSON.parse(soundBody),
      ...fields,
      extra_body: fields,
      metadata: fields,
      litellm_params: fields,
    });
    const names = [
      'x-portkey-custom-host',
      'x-base-url',
      'x-api-base',
      'x-forwarded-host',
      'forwarded',
      'x-original-url',
      'x-rewrite-url',
      'proxy',
      'via',
    ];
    const before = upstream.requests.length;
    expect((await send({ body, more: names.map((name) => `${name}: ${url}`) })).status).toBe(200);
    expect(upstream.requests).toHaveLength(before + 1);
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'POST', target: '/v1/chat/completions' });
    expect(upstream.requests.at(-1)?.header('host')).toBe(new URL(upstream.origin).host);
    expect(trap.requests).toHaveLength(0);
  });

  test('C-04 C-09 of a client headers only the documented few go out, and its key never does', async () => {
    const more = [
      'X-Forwarded-For: 10.0.0.1',
      'X-Real-IP: 10.0.0.1',
      'X-User-Id: admin',
      'Cookie: session=1',
      'Proxy-Authorization: Basic eDp5',
      'Connection: keep-alive, x-title',
      'X-Api-Key: KEY',
      'OpenAI-Beta: assistants=v2',
      'X-Title: My app',
      'OpenAI-Organization: org-mine',
      'OpenAI-Project: proj-mine',
      'HTTP-Referer: caf\u00e9',
      'Accept-Encoding: gzip',
      'Range: bytes=0-1',
    ];
    expect((await send({ more, target: '/v1/chat/completions?key=KEY' })).status).toBe(200);
    const received = upstream.requests.at(-1);
    const names = received?.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names?.toSorted()).toEqual(
      [
        'accept',
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'openai-beta',
        'x-gatehouse-hop',
      ].toSorted(),
    );
    expect(received?.header('authorization')).toBe('Bearer sk-lab-5f2d');
    expect(received?.header('accept-encoding')).toBe('identity');
    expect(received?.rawHeaders.join('\n')).not.toContain(gateway.clientKey);
    expect(received?.target).toBe('/v1/chat/completions');
  });

  const smuggled = 'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer KEY\r\n';
  test.each([
    ['length and chunked', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['two lengths', ['Content-Length: 2', 'Content-Length: 40'], '{}'],
    ['two lengths in one', ['Content-Length: 2, 2'], '{}'],
    ['a signed length', ['Content-Length: +2'], '{}'],
    ['a hexadecimal length', ['Content-Length: 0x2'], '{}'],
    ['an endless length', ['Content-Length: 99999999999999999999'], '{}'],
    ['two codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['chunked twice', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'],
    ['chunked not last', ['Transfer-Encoding: chunked, gzip'], '0\r\n\r\n'],
    ['another coding before', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a coding with a tab', ['Transfer-Encoding:\tchunked\x0b'], '0\r\n\r\n'],
    ['a space before the colon', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a folded header', ['X-A: a', ' b: c'], ''],
    ['a bare line feed in a header', ['X-A: a\nContent-Length: 2'], '{}'],
    ['a bare carriage return', ['X-A: a\rContent-Length: 2'], '{}'],
    ['a NUL in a header', ['X-A: a\0b'], ''],
    ['a chunk that is not a number', ['Transfer-Encoding: chunked'], 'g\r\n{}\r\n0\r\n\r\n'],
    ['a negative chunk', ['Transfer-Encoding: chunked'], '-2\r\n{}\r\n0\r\n\r\n'],
    ['chunks ended by line feeds', ['Transfer-Encoding: chunked'], '2\n{}\n0\n\n'],
    ['a chunk longer than it says', ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n'],
    ['an endless chunk extension', ['Transfer-Encoding: chunked'], `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
  ])(
    'C-08 a body framed in two ways (%s) is 400, the connection closes, and nothing behind it runs',
    async (_name, more, body) => {
      const before = await tracesOf(gateway, upstream);
      const headers = { 'Content-Type': 'application/json', 'Content-Length': undefined };
      const trailing = attackBytes(gateway, {});
      const answer = await exchangeRaw(gateway.port, attackBytes(gateway, { headers, more, body }) + trailing, address);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('connection')).toBe('close');
      await delay(20);
      expect(await tracesOf(gateway, upstream)).toEqual(before);
    },
  );

  test('C-08 a request that is refused before its body is read does not lend that body to the next request', async () => {
    const before = await tracesOf(gateway, upstream);
    const hidden = attackBytes(gateway, {});
    for (const more of [['Expect: 100-continue'], []]) {
      const refused = { headers: { 'Content-Type': 'text/plain', 'Content-Length': String(hidden.length) }, more, body: hidden };
      expect((await send(refused)).status).toBe(415);
    }
    await delay(50);
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  });

  test('C-13 a body that is announced too large is 413 before a byte of it is asked for', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(64 * 1024 * 1024 + 1) };
    const answer = await send({ headers, more: ['Expect: 100-continue'], body: '' });
    expect([answer.status, codeOf(answer), answer.headers.get('connection')]).toEqual([413, 'body_too_large', 'close']);
  });
});
