/** Holds the keys of clients to their table: carriers, spelling, guesses, and what is left of a key that was taken back. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attack, attack, attackBytes, codeOf, loopbackAddresses, tracesOf } from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { exchangeRaw } from '../support/raw-http.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const provider = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  gateway = await startGateway({ config: { version: 1, providers: [provider] } });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const wrongKey = `llmgw_${'A'.repeat(43)}`;
const carriers = ['Authorization', 'x-api-key', 'api-key', 'x-goog-api-key', '?key='] as const;
type Carrier = (typeof carriers)[number];

/** The same request with its key in another place. */
function carry(...keys: readonly (readonly [Carrier, string])[]): Attack {
  const more = keys
    .filter(([carrier]) => carrier !== '?key=')
    .map(([name, key]) => `${name}: ${name === 'Authorization' ? 'Bearer ' : ''}${key}`);
  const query = keys.filter(([carrier]) => carrier === '?key=').map(([, key]) => `key=${key}`);
  const target = `/v1/chat/completions${query.length > 0 ? `?${query.join('&')}` : ''}`;
  return { target, headers: { Authorization: undefined }, more };
}

describe.each(loopbackAddresses)('on %s', (address) => {
  const send = (changes: Attack) => attack(gateway, { address, ...changes });

  async function expectStopped(changes: Attack, status: number): Promise<void> {
    const before = await tracesOf(gateway, upstream);
    expect((await send(changes)).status).toBe(status);
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  }

  test.each(carriers)('I-27 a good key in %s opens the door, a wrong one there does not', async (carrier) => {
    expect((await send(carry([carrier, 'KEY']))).status).toBe(200);
    await expectStopped(carry([carrier, 'llmgw_wrong']), 401);
  });

  test('I-27 C-02 two different keys in two carriers are 400, whichever is good; the same one twice is one', async () => {
    for (const one of carriers) {
      for (const other of carriers.filter((carrier) => carrier !== one)) {
        await expectStopped(carry([one, 'KEY'], [other, wrongKey]), 400);
        await expectStopped(carry([one, 'x'], [other, 'KEY']), 400);
      }
    }
    expect((await send(carry(['Authorization', 'KEY'], ['x-api-key', 'KEY'], ['?key=', 'KEY']))).status).toBe(200);
  });

  test.each([
    ...['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'].map((name) => ({
      more: [`${name}: KEY`, `${name}: KEY`],
      headers: { Authorization: undefined },
    })),
    { headers: { Authorization: 'Bearer KEY' }, more: ['Authorization: Bearer KEY'] },
  ])('C-02 the same carrier twice (%j) is 400', (changes) => expectStopped(changes, 400));

  test.each([
    'Bearer  KEY',
    'Bearer KEY KEY',
    'Bearer KEY,',
    'Bearer "KEY"',
    'Bearer\tKEY',
    'Basic KEY',
    'Token KEY',
    'KEY KEY',
    'Bearer KEYx',
    'Bearer xKEY',
    'BearerKEY',
    'Bearer ',
    '',
  ])('C-02 a key that is not written exactly (%j) is no key', (authorization) =>
    expectStopped({ headers: { Authorization: authorization } }, 401),
  );

  test('C-02 a key in another case, cut short, or with a look-alike letter is no key', async () => {
    const { clientKey } = gateway;
    const variants = [
      clientKey.toUpperCase(),
      clientKey.toLowerCase(),
      clientKey.slice(0, -1),
      clientKey.replace('llmgw_', 'LLMGW_'),
      clientKey.replace('llmgw_', ''),
      `${clientKey.slice(0, -1)}\u0430`,
      encodeURIComponent(clientKey).replace('_', '%5F'),
    ].filter((variant) => variant !== clientKey);
    for (const variant of variants) await expectStopped({ headers: { Authorization: `Bearer ${variant}` } }, 401);
    await expectStopped(carry(['?key=', 'KEY&key=KEY']), 401);
  });

  test('I-21 no value of a key is more than wrong: the answer is the same for every one', async () => {
    const values = [
      "' OR 1=1 --",
      '" OR ""="',
      '%',
      '_',
      `llmgw_${'%'.repeat(43)}`,
      `llmgw_${'_'.repeat(43)}`,
      "llmgw_'; DROP TABLE clients; --",
      'x'.repeat(15_000),
      '\u00ff\u00fe\u0080',
      '${7*7}{{7*7}}',
      '__proto__',
      'constructor',
      'undefined',
      'null',
      '[object Object]',
    ];
    const seen = new Set<string>();
    for (const value of values) {
      for (const carrier of ['Authorization', 'x-api-key'] as const) {
        const { status, body } = await send(carry([carrier, value]));
        seen.add(`${status} ${body}`);
      }
    }
    expect([...seen]).toEqual([expect.stringMatching(/^401 .*invalid_api_key/)]);
    await expectStopped({ headers: { Authorization: 'Bearer a\0b' } }, 400);
    expect((await send({})).status).toBe(200);
  });
});

describe('C-23 I-29 keys that are guessed or taken back', () => {
  test('C-23 ten wrong keys a minute and no more; what is no key at all, and who has a good one, is not held back', async () => {
    await using guarded = await startGateway({ config: { version: 1 } });
    const ask = (key: string, address?: string) =>
      attack(guarded, {
        method: 'GET',
        target: '/v1/models',
        headers: { Authorization: `Bearer ${key}` },
        more: ['X-Forwarded-For: 10.1.2.3'],
        ...(address ? { address } : {}),
      });
    for (let round = 0; round < 30; round += 1) expect((await ask('sk-not-ours')).status).toBe(401);
    const guesses: number[] = [];
    for (let round = 0; round < 15; round += 1) guesses.push((await ask(wrongKey)).status);
    expect(guesses).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
    const held = await ask(wrongKey);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(held.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await ask('KEY')).status).toBe(200);
    if (loopbackAddresses.includes('::1')) expect((await ask('KEY', '::1')).status).toBe(200);
  });

  test('I-29 a revoked key ends its open stream within a second by an error, and is refused at once after that', async () => {
    const { id, key } = await gateway.call('clients.create', { name: 'short-lived' });
    upstream.next(openAiScript({ text: 'word '.repeat(400), gapMs: 50 }));
    const stream = openRawStream(gateway.port, { model: 'lab/m', stream: true, messages: [] }, { key });
    const other = openRawStream(gateway.port, { model: 'lab/m', stream: true, messages: [] }, { key: gateway.clientKey });
    await stream.until('word');
    const revokedAt = performance.now();
    expect(await gateway.call('clients.revoke', { id })).toEqual({ revoked: true });
    await stream.ended;
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
    expect(stream.text).toContain('key_revoked');
    expect(stream.text).not.toContain('[DONE]');
    expect((await attack(gateway, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(401);
    await other.until('[DONE]');
    other.leave();
  });

  test('I-29 a request whose body was still arriving when its key was revoked is not answered', async () => {
    const { id, key } = await gateway.call('clients.create', { name: 'waiting' });
    const before = await tracesOf(gateway, upstream);
    const bytes = attackBytes(gateway, { headers: { Authorization: `Bearer ${key}` } });
    const split = bytes.length - 10;
    const answer = await exchangeRaw(gateway.port, bytes.slice(0, split), '127.0.0.1', async (write) => {
      await delay(50);
      await gateway.call('clients.revoke', { id });
      write(bytes.slice(split));
    });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'key_revoked']);
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  });
});
