/** Holds the user's port to what it may tell someone without a key, and to one reading of every request target. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Attack,
  attack,
  loopbackAddresses,
  methodOf,
  protectedPaths,
  shapeOf,
  toldError,
  type Traces,
  tracesOf,
} from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

/** No path of ours, though some look like one. */
const absentPaths: readonly string[] = [
  '/nothing',
  '/v1/models/x',
  '/v1/models/x:nothing',
  '/v1beta/models/x%2Fy:generate',
  '/v1beta/files',
  '/v1beta/models',
  '/v1/messages/batches',
  '/v1/responses/resp_2/cancel',
  '/api/pull',
  '/api/blobs/sha256:0',
  '/metrics',
  '/control/events',
];

let upstream: ScriptedUpstream;
let strict: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const provider = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  strict = await startGateway({ config: { version: 1, providers: [provider] } });
});
afterAll(async () => {
  await strict.stop();
  await upstream.stop();
});

describe.each(loopbackAddresses)('a stranger on %s', (address) => {
  const ask = (changes: Attack) =>
    attack(strict, { address, ...changes, headers: { Authorization: undefined, ...changes.headers } });

  test('W-06 W-14 every path, method, type and size is refused in the same words: a scan learns nothing', async () => {
    const before = await tracesOf(strict, upstream);
    const shapes: Attack[] = [
      ...[...protectedPaths, ...absentPaths].flatMap((target) =>
        ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'].map((method) => ({ target, method })),
      ),
      { headers: { 'Content-Type': 'text/plain' } },
      { headers: { 'Content-Length': '99999999' } },
      { more: ['Content-Encoding: gzip'] },
      { target: '/v1/chat/completions?key=' },
      {
        more: [
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Version: 13',
        ],
      },
      { more: ['Expect: 100-continue'] },
      { more: ['Expect: something-else'] },
    ];
    const words = new Set<string>();
    const bodies = new Map<string, string>();
    for (const changes of shapes) {
      const answer = await ask(changes);
      const expected = shapeOf(changes.target ?? '/v1/chat/completions');
      const { shape, message, code } = toldError(answer);
      expect(shape, changes.target).toBe(expected);
      if (code !== null) expect(code).toBe('invalid_api_key');
      // Of one shape every body is the same to the byte, whether or not the path exists.
      expect(bodies.get(shape) ?? answer.body).toBe(answer.body);
      bodies.set(shape, answer.body);
      const { status, headers } = answer;
      const names = [...headers.keys()].filter((name) => !/^(?:connection|keep-alive)$/.test(name)).toSorted();
      words.add(JSON.stringify([status, message, headers.get('www-authenticate'), headers.get('content-type'), names]));
    }
    expect([...words]).toHaveLength(1);
    expect([...words][0]).toMatch(/^\[401,/);
    expect([...bodies.keys()].toSorted()).toEqual(['anthropic', 'gemini', 'ollama', 'openai']);
    expect(await tracesOf(strict, upstream)).toEqual(before);
  });

  test('W-12 an EventSource, which can carry no key, gets no stream', async () => {
    const answer = await ask({ method: 'GET', more: ['Accept: text/event-stream', 'Cookie: key=KEY; token=KEY'] });
    expect(answer.status).toBe(401);
  });

  test('I-08 only the three public paths of the route table answer without a key, and they say one word each', async () => {
    for (const target of protectedPaths) expect((await ask({ method: methodOf(target), target })).status, target).toBe(401);
    expect((await ask({ method: 'GET', target: '/api/version' })).body).toMatch(/^\{"version":"\d+\.\d+\.\d+"\}$/);
    for (const method of ['POST', 'DELETE', 'PUT']) expect((await ask({ method, target: '/api/version' })).status).toBe(405);
    expect((await ask({ method: 'GET', target: '/' })).body).toBe('Gatehouse is running');
    expect((await ask({ method: 'GET', target: '/health' })).body).toBe('{"status":"healthy"}');
    expect((await ask({ method: 'GET', target: '/health', headers: { Authorization: 'Bearer KEY' } })).body).toContain('checks');
  });

  test('HEAD tells what GET would, without a body, and a key is needed for it too', async () => {
    for (const [target, status] of [
      ['/', 200],
      ['/health', 200],
      ['/v1/models', 401],
      ['/nothing', 401],
    ] as const) {
      const { status: got, body } = await ask({ method: 'HEAD', target });
      expect([got, body]).toEqual([status, '']);
    }
  });

  test('TRACE and CONNECT are refused with and without a key', async () => {
    for (const target of ['/', '/health']) expect((await ask({ method: 'TRACE', target })).status).toBe(405);
    const headers = { Authorization: 'Bearer KEY' };
    expect((await ask({ method: 'TRACE', target: '/v1/models', headers })).status).toBe(405);
    expect((await ask({ method: 'CONNECT', target: 'evil.example:443', headers })).status).toBe(405);
  });
});

describe.each(loopbackAddresses)('with a good key on %s', (address) => {
  let before: Traces;
  beforeEach(async () => {
    before = await tracesOf(strict, upstream);
  });

  test.each([
    'http://127.0.0.1:PORT/v1/chat/completions',
    'http://evil.example/v1/chat/completions',
    '//v1/chat/completions',
    '//evil.example/v1/chat/completions',
    '/v1//chat/completions',
    '/v1/../v1/chat/completions',
    '/v1/./chat/completions',
    '/health/../v1/chat/completions',
    '/v1/%2e%2e/v1/chat/completions',
    '/v1/.%2e/v1/chat/completions',
    '/v1%2Fchat/completions',
    '/v1/chat%5Ccompletions',
    '/v1\\chat\\completions',
    '/v1/chat/completions%00',
    '/v1/chat/completions#x',
    '/v1/chat/completions%',
    '/v1/chat/completions%zz',
    '/v1/models/..%2f..%2fadmin',
    '/v1/models/%ff',
    'v1/chat/completions',
    '*',
    '?',
  ])('I-22 the target %s can be read in two ways and is 400', async (target) => {
    expect((await attack(strict, { address, target })).status).toBe(400);
    expect(await tracesOf(strict, upstream)).toEqual(before);
  });

  test.each([
    '/V1/chat/completions',
    '/v1/chat/completions/',
    '/v1/chat/completions;x=1',
    '/%761/chat/completions',
    '/v1/chat',
    '/admin',
    '/control/calls/status.get',
    '/v1/models/',
  ])('I-22 the target %s is no second spelling of a door: 404', async (target) => {
    const answer = await attack(strict, { address, target });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatch(/There is no such path here; .*The base URL ends in \/v1 for clients of OpenAI/);
    expect(await tracesOf(strict, upstream)).toEqual(before);
  });
});
