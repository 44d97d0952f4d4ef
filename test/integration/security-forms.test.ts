/** Forms are what any web page may send without asking: they need the key and the origin that everything else needs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../gateway/dialects/index.ts';
import { formBytes, formType } from '../support/form-bytes.ts';
import { type Attack, attack, codeOf, corsHeadersOf, loopbackAddresses, tracesOf } from '../support/hostile-requests.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

const app = 'http://app.example';
let upstream: ScriptedUpstream;
let strict: RunningGateway;
let keyless: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(json({ text: 'Hi.' }));
  const config = {
    version: 1 as const,
    listen: { allowedOrigins: [app] },
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

const form = formBytes([
  { name: 'file', fileName: 'a.wav', value: 'RIFF' },
  { name: 'model', value: 'lab/m' },
]).toString();

const asForm = (changes: Attack): Attack => ({
  target: '/v1/audio/transcriptions',
  body: form,
  ...changes,
  headers: { 'Content-Type': formType, 'Content-Length': String(form.length), ...changes.headers },
});

const places = loopbackAddresses.flatMap((address) => [
  { address, name: 'with keys', gateway: () => strict },
  { address, name: 'without keys', gateway: () => keyless },
]);

describe.each(places)('a gateway $name on $address', ({ address, gateway }) => {
  const send = (changes: Attack) => attack(gateway(), asForm({ address, ...changes }));

  test('answers the unchanged form, so that every refusal below has one reason', async () => {
    expect((await send({})).status).toBe(200);
  });

  test.each(['null', 'http://evil.example', 'http://127.0.0.1:PORT', 'http://app.example.evil.example'])(
    'W-04 refuses a form that a page on %s sends, with a good key too',
    async (origin) => {
      const before = await tracesOf(gateway(), upstream);
      for (const key of ['Bearer KEY', undefined]) {
        const answer = await send({ headers: { Origin: origin, Authorization: key, 'Sec-Fetch-Site': 'cross-site' } });
        expect([answer.status, codeOf(answer), corsHeadersOf(answer)]).toEqual([403, 'origin_not_allowed', []]);
      }
      expect(await tracesOf(gateway(), upstream)).toEqual(before);
    },
  );

  test.each(['cross-site', 'same-site'])('W-04 refuses a form sent by navigation (%s, no Origin)', async (site) => {
    const before = await tracesOf(gateway(), upstream);
    const answer = await send({ headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate' } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'origin_not_allowed']);
    expect(await tracesOf(gateway(), upstream)).toEqual(before);
  });

  test('answers a page on an allowed origin by name', async () => {
    const answer = await send({ headers: { Origin: app, 'Sec-Fetch-Site': 'cross-site' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, app]);
  });

  const expected = {
    json: /^The body must be JSON; send Content-Type: application\/json\.$/,
    multipart: /^The body must be a form; send Content-Type: multipart\/form-data with its boundary\.$/,
    both: /^The body must be a form or JSON; send Content-Type: multipart\/form-data with its boundary or application\/json\.$/,
  };
  const doors = [...dialects.values()].flatMap(({ name, endpoint }) => {
    if (!endpoint) return [];
    const { requests } = endpoint;
    return [{ target: `/v1/${name}`, requests, words: expected[requests.length > 1 ? 'both' : (requests[0] ?? 'json')] }];
  });

  test.each(doors)('W-03 W-05 $target takes $requests and says so of everything else', async ({ target, requests, words }) => {
    const before = await tracesOf(gateway(), upstream);
    const others = [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'multipart/mixed; boundary=x',
      undefined,
    ];
    if (!requests.includes('json')) others.push('application/json');
    if (!requests.includes('multipart')) others.push(formType);
    for (const type of others) {
      const answer = await send({ target, headers: { 'Content-Type': type } });
      expect([type, answer.status, codeOf(answer)]).toEqual([type, 415, 'unsupported_media_type']);
      const told: { error: { message: string } } = JSON.parse(answer.body);
      expect(told.error.message).toMatch(words);
    }
    expect(await tracesOf(gateway(), upstream)).toEqual(before);
  });

  test('refuses a form that is too large, compressed, or with two types', async () => {
    expect((await send({ headers: { 'Content-Length': String(65 * 1024 * 1024) } })).status).toBe(413);
    expect((await send({ more: ['Content-Encoding: gzip'] })).status).toBe(415);
    expect((await send({ more: ['Content-Type: application/json'] })).status).toBe(400);
  });

  test('takes no form at any other door', async () => {
    for (const target of ['/v1/chat/completions', '/v1/embeddings', '/v1/messages', '/api/chat', '/api/show']) {
      expect([target, (await send({ target })).status]).toEqual([target, 415]);
    }
  });
});

test('W-04 a form without a key is refused as everything is', async () => {
  const answer = await attack(strict, asForm({ headers: { Authorization: undefined } }));
  expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_api_key']);
});
