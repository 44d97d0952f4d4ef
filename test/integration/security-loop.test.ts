/** Holds the gateway to U-03: a provider that is the gateway itself, by whatever name, ends in one refusal and not in a circle. */
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let gateway: RunningGateway;
let upstream: ScriptedUpstream;
/** Leads back to the gateway under an address that no check of a config can know. */
let detour: Server;
let detourPort: number;
let passed = '';

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  detour = createServer((socket) => {
    const onward = connect({ port: gateway.port, host: '127.0.0.1' });
    socket.on('data', (piece: Buffer) => {
      passed += piece.toString('latin1');
    });
    socket.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
  });
  await new Promise<void>((resolve) => detour.listen(0, '127.0.0.1', resolve));
  detourPort = (detour.address() as AddressInfo).port;
  gateway = await startGateway({
    config: {
      version: 1,
      listen: { allowedHosts: [`127.0.0.1:${detourPort}`] },
      access: { requireKey: false },
      providers: [
        { id: 'round', kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${detourPort}/v1`, models: ['x'] },
        { id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m'] },
      ],
      aliases: { x: { targets: ['round/x'] } },
    },
  });
});
beforeEach(() => {
  passed = '';
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  detour.close();
});

const ask = (model: string, more: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...more },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  });

test('U-03 a request that comes back to the gateway is refused there, once, and says why', async () => {
  const answer = await ask('x');
  expect(answer.status).toBe(508);
  expect(await answer.text()).toContain("a provider's baseUrl leads back here");
  expect(passed.match(/POST /g)).toHaveLength(1);
  const { items } = await gateway.call('requests.list', { limit: 10 });
  expect(items).toHaveLength(1);
});

test('U-03 the refusal is a 508 with a code of its own; a made-up id is none', async () => {
  await ask('lab/m');
  const hop = upstream.requests.at(-1)?.header('x-gatehouse-hop') ?? '';
  expect(hop).toMatch(/^[0-9a-f-]{36}$/);
  for (const value of [hop, `another, ${hop}`]) {
    const answer = await ask('lab/m', { 'x-gatehouse-hop': value });
    expect(answer.status).toBe(508);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await answer.json()).toMatchObject({ error: { code: 'loop_detected' } });
  }
  expect((await ask('lab/m', { 'x-gatehouse-hop': 'someone-else' })).status).toBe(200);
});

test('U-03 two gateways have two ids', async () => {
  await ask('lab/m');
  const before = upstream.requests.at(-1)?.header('x-gatehouse-hop');
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  await using other = await startGateway({ config: { version: 1, access: { requireKey: false }, providers: [lab] } });
  const body = JSON.stringify({ model: 'lab/m', messages: [] });
  await fetch(`${other.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(upstream.requests.at(-1)?.header('x-gatehouse-hop')).not.toBe(before);
});

test('U-03 with port 0 too, a config that names the port really bound is refused, and nothing has changed', async () => {
  const { document, version } = await gateway.call('config.get', {});
  const providers = Array.isArray(document.providers) ? document.providers : [];
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1']) {
    const self = { id: 'self', kind: 'openai-compatible', baseUrl: `http://${host}:${gateway.port}/v1` };
    await expect(
      gateway.call('config.apply', { config: { ...document, providers: [...providers, self] } }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      field: 'providers.2.baseUrl',
      message: expect.stringContaining("this gateway's own address"),
    });
  }
  expect((await gateway.call('config.get', {})).version).toBe(version);
  expect((await ask('lab/m')).status).toBe(200);
});
