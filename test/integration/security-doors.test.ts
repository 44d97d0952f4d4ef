/** Holds what each door has of its own to the table of attacks: names in paths, keys in queries, kept responses, said-back headers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attack, type Attack, codeOf, expectProtected, shapeOf, toldError, tracesOf } from '../support/hostile-requests.ts';
import { sendBytes } from '../support/send-bytes.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';
import { doorForms, formNames, soundAnswer, upstreamForms } from '../support/wire-forms.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let otherKey: string;

beforeAll(async () => {
  upstream = await startScriptedUpstream((request) => {
    const form = formNames.map((name) => upstreamForms[name]).find(({ provider }) => pathFits(provider('').kind, request.target));
    return soundAnswer(
      form ?? upstreamForms['openai-chat'],
      ['All is well.'],
      /stream":true|:stream/.test(request.body + request.target),
    );
  });
  const providers = formNames.map((name) => ({ ...upstreamForms[name].provider(upstream.origin), models: ['m'] }));
  gateway = await startGateway({ config: { version: 1, providers } });
  otherKey = (await gateway.call('clients.create', { name: 'other' })).key;
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect(Object.keys(Object.prototype)).toEqual([]);
  await gateway.stop();
  await upstream.stop();
});

const pathFits = (kind: string, target: string): boolean =>
  kind === 'gemini-compatible' ? target.startsWith('/v1beta/') : kind === 'anthropic-compatible' && target === '/v1/messages';

const send = (changes: Attack) => attack(gateway, changes);
const geminiBody = JSON.stringify(doorForms.gemini.body('', false, 'hi'));

describe('names of models in a path', () => {
  test.each([
    '/v1beta/models/google%2Fm:generateContent',
    '/v1beta/models/google/m:generateContent',
    '/v1/models/google/m:generateContent',
    '/v1alpha/models/google%2fm:generateContent',
  ])('C-03 %s is the model google/m, however its slash is written', async (target) => {
    expect((await send({ target, body: geminiBody })).status).toBe(200);
    expect(upstream.requests.at(-1)?.target).toBe('/v1beta/models/m:generateContent');
  });

  test.each([
    '/v1beta/models/google/../m:generateContent',
    '/v1beta/models/google/%2e%2e/m:generateContent',
    '/v1beta/models/google%2F..%2F..%2Ffiles:generateContent',
    '/v1beta/models/google%2F.%2Fm:generateContent',
    '/v1beta/models/google//m:generateContent',
    '/v1beta/models/google%2F%2Fm:generateContent',
    '/v1beta/models/google%5Cm:generateContent',
    '/v1beta/models/google%00m:generateContent',
    '/v1beta/models/google%0d%0aX-Injected:%20yes:generateContent',
    '/v1beta/models/google%7f:generateContent',
    '/v1beta/models/%ff:generateContent',
    '/v1beta/models/%c0%ae%c0%ae:generateContent',
    '/v1beta/models/google%zz:generateContent',
    '/v1beta%2Fmodels/google/m:generateContent',
    '/v1/models/google/../../admin',
    '/v1/models/google%2F..%2Fm',
    '/v1/responses/resp%2F..%2Fx',
    '/v1/responses/../models',
  ])('I-22 C-07 %s can be read in two ways: 400 in the shape of its path, and nobody is asked', async (target) => {
    const before = await tracesOf(gateway, upstream);
    const answer = await send({ target, body: geminiBody });
    expect(answer.status).toBe(400);
    expect(toldError(answer).shape).toBe(shapeOf(target));
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  });

  test.each([
    ['google/a?b=c', '/v1beta/models/a%3Fb%3Dc:generateContent'],
    ['google/a#b', '/v1beta/models/a%23b:generateContent'],
    ['google/../files/x', '/v1beta/models/..%2Ffiles%2Fx:generateContent'],
    ['google/..', '/v1beta/models/..:generateContent'],
    ['google/a:deleteModel', '/v1beta/models/a%3AdeleteModel:generateContent'],
    ['google/%2e%2e%2ffiles', '/v1beta/models/%252e%252e%252ffiles:generateContent'],
    ['google/tunedModels/../x', '/v1beta/tunedModels/..%2Fx:generateContent'],
    ['google/a\r\nX-Injected: yes', '/v1beta/models/a%0D%0AX-Injected%3A%20yes:generateContent'],
    ['google/caf\u00e9 \ud800', '/v1beta/models/caf%C3%A9%20%EF%BF%BD:generateContent'],
  ])('I-20 C-09 the name %j in a body reaches no other path of its provider', async (model, target) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] });
    const answer = await send({ body });
    expect(answer.status).toBe(200);
    expect(upstream.requests.at(-1)?.target).toBe(target);
    expect(upstream.requests.at(-1)?.rawHeaders.join('\n')).not.toMatch(/injected/i);
    expect([...answer.headers.keys()]).not.toContain('x-injected');
    expect(answer.headers.get('x-gatehouse-model')).toMatch(/^[\x20-\x7e]+$/);
  });

  test.each(['__proto__', 'constructor', 'google/__proto__', 'toString', 'hasOwnProperty'])(
    'C-10 the name %s is no model and no program property',
    async (name) => {
      for (const target of [`/v1/models/${name}`, `/v1beta/models/${name}`]) {
        const answer = await send({ method: 'GET', target });
        expect(answer.status).toBe(404);
        expect(toldError(answer).message).toContain(name);
      }
      const shown = await send({ target: '/api/show', body: JSON.stringify({ model: name }) });
      expect([shown.status, toldError(shown).shape]).toEqual([404, 'ollama']);
    },
  );

  test('I-22 no verb is a method of the program', async () => {
    for (const verb of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']) {
      // Read as a model's name, it may only be looked up.
      const answer = await send({ target: `/v1beta/models/google/m:${verb}`, body: geminiBody });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    }
  });
});

describe('C-02 the key in its places, on the doors where it may stand in the query', () => {
  const target = '/v1beta/models/google/m:generateContent';
  test.each([
    ['?key=KEY', undefined, 200],
    ['?alt=sse&key=KEY', undefined, 200],
    ['?key=KEY', { 'x-goog-api-key': 'KEY' }, 200],
    ['?key=KEY', { 'x-goog-api-key': 'llmgw_another' }, 400],
    ['?key=other', { Authorization: 'Bearer KEY' }, 400],
    ['?key=KEY&key=other', undefined, 400],
    ['?key=', undefined, 401],
    ['?key=%4bEY', undefined, 401],
    ['?KEY=KEY', undefined, 401],
    ['?x=1#key=KEY', undefined, 400],
  ])('%s with %j is %i, and no other dialect of the same refusal', async (query, headers, status) => {
    const answer = await send({ target: target + query, body: geminiBody, headers: { Authorization: undefined, ...headers } });
    const isTwice = status === 400 && query.includes('&key');
    expect(answer.status, answer.body).toBe(isTwice ? 401 : status);
    if (status >= 400) expect(toldError(answer).shape).toBe('gemini');
    expect(upstream.requests.at(-1)?.target ?? '').not.toContain('key=');
  });

  test('S-01 a key in the query stands in no log and no row', async () => {
    const answer = await send({ target: `${target}?key=KEY`, body: geminiBody, headers: { Authorization: undefined } });
    const row = await gateway.call('requests.get', { id: answer.headers.get('x-request-id') ?? '' });
    expect(JSON.stringify(row)).not.toContain(gateway.clientKey);
    expect(gateway.stderr).not.toContain(gateway.clientKey);
  });
});

describe('POST /api/show', () => {
  test('C-13 announces too much: 413 before a byte is asked for, in the shape of Ollama', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(64 * 1024 * 1024 + 1) };
    const answer = await send({ target: '/api/show', headers, more: ['Expect: 100-continue'], body: '' });
    expect([answer.status, toldError(answer).shape, answer.headers.get('connection')]).toEqual([413, 'ollama', 'close']);
  });

  test('C-11 C-13 a body of many megabytes or great depth is answered quickly, and is no fault', async () => {
    const url = `${gateway.url}/api/show`;
    for (const text of [
      '['.repeat(5_000_000),
      `{"model":"${'x'.repeat(20_000_000)}"}`,
      `{"model":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      '{"model":["google/m"]}',
      'null',
      '',
    ]) {
      const startedAtMs = performance.now();
      const { status, body } = await sendBytes({ url, key: gateway.clientKey, pieces: [text] });
      expect([400, 404]).toContain(status);
      expect(body.length).toBeLessThan(1_000);
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    }
  });
});

describe('kept responses', () => {
  const ask = async (key: string, more: object = {}) => {
    const body = JSON.stringify({ model: 'chat/m', input: 'canary-question', ...more });
    const answer = await send({ target: '/v1/responses', body, headers: { Authorization: `Bearer ${key}` } });
    const { id }: { id: string } = JSON.parse(answer.body);
    return { answer, id };
  };
  const look = (key: string, target: string, method = 'GET') =>
    send({ method, target, headers: { Authorization: `Bearer ${key}` } });

  test('C-06 a key finds its own answer, and every other key a 404 that does not tell it from none', async () => {
    const { id } = await ask(gateway.clientKey);
    expect((await look(gateway.clientKey, `/v1/responses/${id}`)).body).toContain('All is well.');
    const none = (await look(otherKey, '/v1/responses/resp_none')).body.replace('resp_none', id);
    for (const [method, target] of [
      ['GET', `/v1/responses/${id}`],
      ['GET', `/v1/responses/${id}/input_items`],
      ['DELETE', `/v1/responses/${id}`],
    ] as const) {
      const answer = await look(otherKey, target, method);
      expect([answer.status, answer.body]).toEqual([404, none]);
    }
    expect((await send({ method: 'GET', target: `/v1/responses/${id}`, headers: { Authorization: undefined } })).status).toBe(
      401,
    );
    expect((await look(gateway.clientKey, `/v1/responses/${id}/input_items`)).body).toContain('canary-question');
    expect((await look(gateway.clientKey, `/v1/responses/${id}`, 'DELETE')).body).toContain('"deleted":true');
    expect((await look(gateway.clientKey, `/v1/responses/${id}`)).status).toBe(404);
  });

  test('C-06 no other key continues it, or names an item of it', async () => {
    const { id } = await ask(gateway.clientKey);
    const body = JSON.stringify({ model: 'chat/m', input: 'go on', previous_response_id: id });
    const before = upstream.requests.length;
    const answer = await send({ target: '/v1/responses', body, headers: { Authorization: `Bearer ${otherKey}` } });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'previous_response_not_found']);
    expect(upstream.requests).toHaveLength(before);
    expect((await send({ target: '/v1/responses', body })).status).toBe(200);
    expect(upstream.requests.at(-1)?.body.toString()).toContain('canary-question');
  });

  test('C-06 store: false keeps nothing', async () => {
    const { id } = await ask(gateway.clientKey, { store: false });
    expect((await look(gateway.clientKey, `/v1/responses/${id}`)).status).toBe(404);
  });

  test.each(['__proto__', 'constructor', 'toString'])('C-10 the id %s is none', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      expect((await look(gateway.clientKey, `/v1/responses/${id}`, method)).status).toBe(404);
    }
  });
});

describe('what a translation says of itself', () => {
  const strange = { 'x-injected: yes\r\nset-cookie: a=b': 1, 'caf\u00e9': 2, __proto__x: 3, [`long${'x'.repeat(4_000)}`]: 4 };
  const body = JSON.stringify({ ...doorForms['openai-chat'].body('claude/m', false, 'hi'), ...strange });

  test('C-09 U-08 names of fields go into a header as printable text of bounded length, and make no header', async () => {
    const answer = await send({ body });
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()].filter((name) => /injected|cookie/.test(name))).toEqual([]);
    const dropped = answer.headers.get('x-gatehouse-dropped') ?? '';
    expect(dropped).toMatch(/^[\x20-\x7e]+$/);
    expect(dropped.length).toBeLessThanOrEqual(1_600);
  });

  test('x-gatehouse-strict: true refuses what would be lost before anybody is asked, in every shape', async () => {
    for (const name of formNames) {
      const door = doorForms[name];
      const upstreamName = name === 'anthropic-messages' ? 'chat' : 'claude';
      const lossy = { ...door.body(`${upstreamName}/m`, false, 'hi'), x_unknown_field: 'canary' };
      const target = door.path(`${upstreamName}/m`, false);
      const before = upstream.requests.length;
      const answer = await send({ target, body: JSON.stringify(lossy), more: ['X-Gatehouse-Strict: true'] });
      expect([name, answer.status, toldError(answer).shape]).toEqual([name, 400, shapeOf(target)]);
      expect(toldError(answer).message).toContain('x_unknown_field');
      expect(answer.body).not.toContain('canary');
      expect(upstream.requests).toHaveLength(before);
      expect((await send({ target, body: JSON.stringify(lossy), more: ['X-Gatehouse-Strict: false'] })).status).toBe(200);
      expect(upstream.requests).toHaveLength(before + 1);
      expect(upstream.requests.at(-1)?.header('x-gatehouse-strict')).toBeUndefined();
    }
  });

  test('U-08 no header of a provider becomes one of ours', async () => {
    const headers = {
      'x-gatehouse-provider': 'evil',
      'x-gatehouse-translated': 'evil',
      'x-gatehouse-dropped': 'evil',
      'x-gatehouse-cost-usd': '0',
      'x-request-id': 'evil',
      'x-should-retry': 'true',
      'set-cookie': 'a=b',
      'access-control-allow-origin': '*',
      'x-ratelimit-remaining-requests': 'caf\u00e9',
    };
    for (const model of ['chat/m', 'claude/m']) {
      const form = upstreamForms[model === 'chat/m' ? 'openai-chat' : 'anthropic-messages'];
      upstream.next(json(form.whole('All is well.'), { headers }));
      const answer = await send({ body: JSON.stringify(doorForms['openai-chat'].body(model, false, 'hi')) });
      expectProtected(answer);
      expect(answer.status).toBe(200);
      const values = [...answer.headers].filter(([name]) => name !== 'x-ratelimit-remaining-requests').map(([, value]) => value);
      expect(values.filter((value) => value.includes('evil') || value === '*')).toEqual([]);
      expect(answer.headers.get('x-gatehouse-provider')).toBe(model.split('/')[0]);
      expect(answer.headers.get('x-ratelimit-remaining-requests') ?? '').toMatch(/^[\x20-\x7e]*$/);
    }
  });
});
