/** The port for programs that speak only Ollama's API: it belongs to one limited client, and is guarded as the gateway's own is. */
import { request as httpRequest } from 'node:http';
import { Ollama } from 'ollama';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallError } from '../../gateway/contract/calls.ts';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { openAiScript } from '../support/openai-script.ts';
import { occupyPort } from '../support/run-program.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let url = '';
let clientId = '';
const client = 'Raycast';

const documentOf = (ollama?: { readonly port: number; readonly client: string }): GatewayConfigDocument => ({
  version: 1,
  listen: { port: 0, ...(ollama && { ollama }) },
  providers: [{ id: 'cloud', kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m', 'n'] }],
  aliases: { fast: { targets: ['cloud/m'] } },
});

const apply = (document: GatewayConfigDocument) => gateway.call('config.apply', { config: document });
const refusalOf = (call: Promise<unknown>): Promise<CallError> =>
  call.then(
    () => Promise.reject(new Error('not refused')),
    (error) => error,
  );
const urlNow = async () => (await gateway.call('status.get', {})).ollamaUrl ?? '';

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript({ text: 'Hello there.' }));
  gateway = await startGateway({ config: documentOf() });
  const limits = { requestsPerMinute: 1_000 };
  ({ id: clientId } = await gateway.call('clients.create', { name: client, limits, allowedModels: ['cloud/m'] }));
  await apply(documentOf({ port: 0, client }));
  url = await urlNow();
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway/);
  expect((await gateway.stop()).code).toBe(0);
  await upstream.stop();
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Bare, since fetch would set Host and Origin by itself. */
function send({
  path = '/api/chat',
  headers = {},
  body,
  method = body ? 'POST' : 'GET',
}: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const type = body ? { 'content-type': 'application/json' } : {};
    const sent = httpRequest(url + path, { method, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

const chat = (model = 'fast') => ({ model, messages: [{ role: 'user', content: 'Hello.' }], stream: false });

describe('without a key', () => {
  test('Ollama’s own client lists, shows and chats with cloud models and aliases, as the one client', async () => {
    const ollama = new Ollama({ host: url });
    const { models } = await ollama.list();
    expect(models.map(({ name }) => name)).toEqual(['fast', 'cloud/m']);
    expect((await ollama.show({ model: 'fast' })).capabilities).toContain('completion');
    const answer = await ollama.chat({ model: 'fast', messages: [{ role: 'user', content: 'Hello.' }] });
    expect(answer.message.content).toBe('Hello there.');
    const [row] = (await gateway.call('requests.list', { limit: 1 })).items;
    expect(row).toMatchObject({ state: 'ok', clientName: client, dialect: 'ollama', provider: 'cloud' });
    expect((await ollama.ps()).models).toEqual([]);
  });

  test('programs that look whether an Ollama is there, and which, find one that is new enough', async () => {
    expect((await send({ path: '/' })).text).toBe('Ollama is running');
    const { version } = JSON.parse((await send({ path: '/api/version' })).text) as { version: string };
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(13_004);
    for (const path of ['/', '/api/version', '/api/tags']) expect((await send({ path, method: 'HEAD' })).status).toBe(200);
  });

  test('OpenAI’s paths that an Ollama has are there, and no others', async () => {
    expect((await send({ path: '/v1/chat/completions', body: chat() })).status).toBe(200);
    expect((await send({ path: '/v1/models' })).status).toBe(200);
    for (const path of ['/health', '/v1beta/models', '/v1/responses/resp_1']) expect((await send({ path })).status).toBe(404);
  });
});

describe('who comes there', () => {
  test('is that client, whatever key it sends', async () => {
    const headers = { authorization: `Bearer ${gateway.clientKey}` };
    await send({ headers, body: chat() });
    const [row] = (await gateway.call('requests.list', { limit: 1 })).items;
    expect(row).toMatchObject({ clientName: client });
  });

  test('may use what that client may, and no more', async () => {
    const refused = await send({ body: chat('cloud/n') });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('cloud/n')]);
  });

  test('is held to the limits of that client', async () => {
    await gateway.call('clients.update', { id: clientId, limits: { requestsPerMinute: 1 } });
    const statuses = [await send({ body: chat() }), await send({ body: chat() })].map(({ status }) => status);
    expect(statuses).toContain(429);
    await gateway.call('clients.update', { id: clientId, limits: { requestsPerMinute: 1_000 } });
  });

  test('is held to the budgets of that client', async () => {
    const overrides = { 'cloud/m': { inputPerMillionUsd: 1_000, outputPerMillionUsd: 1_000 } };
    await apply({ ...documentOf({ port: 0, client }), prices: { overrides } });
    await gateway.call('clients.update', { id: clientId, budgets: [{ period: 'day', limitUsd: 0.000_01, mode: 'hard' }] });
    const refused = await send({ body: chat() });
    expect([refused.status, refused.text]).toEqual([429, expect.stringMatching(/budget/i)]);
    await gateway.call('clients.update', { id: clientId, budgets: [] });
    await apply(documentOf({ port: 0, client }));
  });

  test.each<[string, Sent, number]>([
    ['a Host that is not this machine’s', { headers: { host: 'evil.example' }, body: chat() }, 403],
    ['the port of the gateway as its Host', { headers: { host: '127.0.0.1:1' }, body: chat() }, 403],
    ['a foreign page’s Origin', { headers: { origin: 'https://evil.example' }, body: chat() }, 403],
    ['a page’s plain form', { headers: { 'content-type': 'text/plain' }, body: chat() }, 415],
    ['a page’s image', { path: '/api/tags', headers: { 'sec-fetch-site': 'cross-site' } }, 403],
  ])('is refused for %s', async (_what, sent, status) => {
    const asked = upstream.requests.length;
    expect((await send(sent)).status).toBe(status);
    expect(upstream.requests.length).toBe(asked);
  });
});

describe('the port', () => {
  test('is on loopback alone, stops and starts with the gateway, and keeps what runs there', async () => {
    await gateway.call('gateway.stop', {});
    expect(await urlNow()).toBe('');
    await expect(send({ path: '/' })).rejects.toThrow(/ECONNREFUSED|socket/);
    await gateway.call('gateway.start', {});
    url = await urlNow();
    expect((await send({ path: '/' })).status).toBe(200);
  });

  test('that is taken is refused by its field and by whom, and the door stays where it was', async () => {
    const taken = await occupyPort(0);
    const refused = await refusalOf(apply(documentOf({ port: taken.port, client })));
    expect(refused).toMatchObject({
      kind: 'invalid',
      field: 'listen.ollama.port',
      message: expect.stringContaining(`(pid ${process.pid})`),
    });
    expect([await urlNow(), (await send({ path: '/' })).status]).toEqual([url, 200]);
    await taken.close();
  });

  test('of a client that is not there, or that nothing limits, is refused with what to do', async () => {
    await gateway.call('clients.create', { name: 'free' });
    const port = 0;
    expect(await refusalOf(apply(documentOf({ port, client: 'nobody' })))).toMatchObject({
      field: 'listen.ollama.client',
      message: /which there is not/,
    });
    expect(await refusalOf(apply(documentOf({ port, client: 'free' })))).toMatchObject({
      message: /nothing limits.*hard budget/,
    });
  });

  test('moves and closes with the config, and a key that is revoked closes it to all', async () => {
    const { id } = await gateway.call('clients.create', { name: 'late', allowedModels: ['cloud/*'] });
    await apply(documentOf({ port: 0, client: 'late' }));
    url = await urlNow();
    expect((await send({ body: chat() })).status).toBe(200);
    await gateway.call('clients.revoke', { id });
    const refused = await send({ body: chat() });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('late')]);
    expect((await gateway.call('status.get', {})).problems).toMatchObject([{ id: 'ollama-door' }]);
    await apply({ ...documentOf({ port: 0, client: 'late' }), aliases: {} });
    expect((await gateway.call('status.get', {})).problems).toMatchObject([{ id: 'ollama-door' }]);
    await apply(documentOf());
    expect([await urlNow(), (await gateway.call('status.get', {})).problems]).toEqual(['', []]);
    await expect(send({ path: '/' })).rejects.toThrow(/ECONNREFUSED|socket/);
  });
});

test('a port that is taken at the start is a problem that is told, and the gateway runs', async () => {
  const taken = await occupyPort(0);
  await using other = await startGateway({ config: documentOf({ port: taken.port, client }) });
  const status = await other.call('status.get', {});
  expect(status).toMatchObject({ state: 'running', ollamaUrl: null });
  expect(status.problems).toMatchObject([{ id: 'ollama-door', message: expect.stringContaining(`Port ${taken.port}`) }]);
  expect(other.stderr).toContain('listen.ollama.port');
  const changed = documentOf({ port: taken.port, client });
  await other.call('config.apply', { config: { ...changed, aliases: {} } });
  expect((await other.call('status.get', {})).problems).toMatchObject([
    { message: expect.stringContaining(`Port ${taken.port}`) },
  ]);
  await taken.close();
});
