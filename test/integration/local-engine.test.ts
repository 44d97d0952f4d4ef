/** The local engine through the whole gateway: by control calls and events, as a provider, over restarts and after `kill -9`. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { Pull } from '../../gateway/contract/local-engine/models.ts';
import { untilGone } from '../support/engine-lab.ts';
import { installStandIn, type StandIn, standInSkip } from '../support/stand-in-ollama/install.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let folder: string;
let standIn: StandIn;
beforeEach((context) => {
  context.skip(standInSkip !== null, standInSkip ?? '');
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-local-'));
  standIn = installStandIn(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const start = (config: Partial<GatewayConfigDocument> = {}, environment: Record<string, string> = {}): Promise<RunningGateway> =>
  startGateway({
    dataDir: join(folder, 'data'),
    config: { version: 1, localEngine: { modelsFolder: join(folder, 'models') }, ...config },
    environment: { PATH: `${standIn.folder}:${process.env.PATH}`, ...environment },
  });

async function until<T>(look: () => Promise<T>, is: (value: T) => boolean): Promise<T> {
  for (let looks = 0; looks < 800; looks += 1) {
    const value = await look();
    if (is(value)) return value;
    await delay(15);
  }
  throw new Error(`It did not become so: ${JSON.stringify(await look())}`);
}

const pullOf = async (gateway: RunningGateway, model = 'qwen3:8b'): Promise<Pull | undefined> =>
  (await gateway.call('local-models.pulls', {})).items.find((one) => one.model === model);

const pulled = (gateway: RunningGateway, model = 'qwen3:8b') =>
  until(
    () => pullOf(gateway, model),
    (pull) => pull?.state === 'done',
  );

/** Follows the gateway's events as a window does. */
async function followEvents({ ready }: RunningGateway) {
  const ended = new AbortController();
  const headers = { authorization: `Bearer ${ready.controlToken}` };
  const response = await fetch(`${ready.control}/control/events`, { headers, signal: ended.signal });
  let text = '';
  const reading = (async () => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString('utf8');
  })().catch(() => undefined);
  return {
    types: () => [...new Set([...text.matchAll(/"type":"([a-z-]+)"/g)].map(([, type]) => type))],
    stop: () => {
      ended.abort();
      return reading;
    },
  };
}

async function chat(gateway: RunningGateway, model: string): Promise<{ status: number; text: string; provider: string | null }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
  return { status: response.status, text: await response.text(), provider: response.headers.get('x-gatehouse-provider') };
}

/** What the engine was asked with, the newest last. */
const asked = (path: string) => standIn.requests(path).map(({ body }) => body);

describe('options of a model', () => {
  test('reach it in its own format, whatever its client speaks, and leave alone what a client says itself', async () => {
    await using gateway = await start();
    await gateway.call('engine.start', {});
    await gateway.call('local-models.pull', { model: 'qwen3:8b' });
    await pulled(gateway);
    const options = { contextTokens: 32_768, keepAlive: '-1', threads: 4 };
    await gateway.call('local-models.set-options', { model: 'qwen3:8b', options });
    await chat(gateway, 'ollama/qwen3:8b');
    expect(asked('/v1/chat/completions')).toEqual([]);
    expect(asked('/api/chat').at(-1)).toMatchObject({ options: { num_ctx: 32_768, num_thread: 4 }, keep_alive: -1 });
    const body =
      '{"model":"ollama/qwen3:8b","stream":false,"options":{"num_ctx":1024},"messages":[{"role":"user","content":"x"}]}';
    const headers = { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' };
    expect((await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers, body })).status).toBe(200);
    expect(asked('/api/chat').at(-1)).toMatchObject({ options: { num_ctx: 1024, num_thread: 4 }, keep_alive: -1 });
    const [model] = (await gateway.call('local-models.list', {})).items;
    expect(model).toMatchObject({ options, loaded: { contextTokens: 1024, expiresAtMs: null } });
    await gateway.call('local-models.load', { model: 'qwen3:8b' });
    expect(asked('/api/generate').at(-1)).toMatchObject({ options: { num_ctx: 32_768 }, keep_alive: -1 });
    await gateway.call('local-models.unload', { model: 'qwen3:8b' });
    expect((await gateway.call('local-models.list', {})).items).toMatchObject([{ loaded: null }]);
    await gateway.call('local-models.set-options', { model: 'qwen3:8b', options: {} });
    expect((await gateway.call('config.get', {})).document).toMatchObject({ localEngine: { models: {} } });
    await chat(gateway, 'ollama/qwen3:8b');
    expect(asked('/v1/chat/completions')).toHaveLength(1);
  });
});

describe('a local engine', () => {
  test('goes from nothing running to an answer, pinned to this machine, and is gone with its gateway', async () => {
    const pin = { name: 'here', when: { model: ['private'] }, pin: 'local' as const, use: 'ollama/qwen3:8b' };
    const gateway = await start({ policy: { rules: [pin] } });
    const events = await followEvents(gateway);
    expect(await gateway.call('engine.state', {})).toMatchObject({ phase: 'installed-not-running', providerId: null });
    expect((await chat(gateway, 'ollama/qwen3:8b')).status).toBeGreaterThanOrEqual(400);
    const { pid, providerId, baseUrl } = await gateway.call('engine.start', {});
    expect(providerId).toBe('ollama');
    await gateway.call('local-models.pull', { model: 'qwen3:8b' });
    await pulled(gateway);
    const answer = await until(
      () => chat(gateway, 'ollama/qwen3:8b'),
      ({ status }) => status === 200,
    );
    expect(answer).toMatchObject({ provider: 'ollama', text: expect.stringContaining('You said: hello') });
    expect(await chat(gateway, 'private')).toMatchObject({ status: 200, provider: 'ollama' });
    const [listed] = (await gateway.call('local-models.list', {})).items;
    expect(listed).toMatchObject({ name: 'qwen3:8b', sizeBytes: 411_000, contextTokens: 40_960, loaded: { vramBytes: 0 } });
    await expect.poll(events.types).toEqual(expect.arrayContaining(['engine-changed', 'pulls-changed', 'local-models-changed']));
    await events.stop();
    await gateway.stop();
    await untilGone(pid ?? 0);
    await expect(fetch(`${baseUrl}/api/version`)).rejects.toThrow();
  });

  test('F-74 fetches models in their order, with a bar that never goes back, through pause, restart and error', async () => {
    standIn.tell({ pullBytesPerSecond: 600_000 });
    const first = await start();
    await first.call('engine.start', {});
    await first.call('local-models.pull', { model: 'qwen3:8b' });
    await first.call('local-models.pull', { model: 'gemma3:4b' });
    const half = await until(
      () => pullOf(first),
      (pull) => (pull?.bytesDone ?? 0) > 100_000,
    );
    expect(half).toMatchObject({ state: 'running', step: 'layers' });
    expect((await pullOf(first, 'gemma3:4b'))?.state).toBe('queued');
    await first.call('local-models.pause', { model: 'qwen3:8b' });
    expect(await pullOf(first)).toMatchObject({ state: 'paused' });
    await until(
      () => pullOf(first, 'gemma3:4b'),
      (pull) => (pull?.bytesDone ?? 0) > 50_000,
    );
    await first.stop();

    standIn.tell({ pullBytesPerSecond: 3_000_000 });
    await using second = await start();
    await pulled(second, 'gemma3:4b');
    const paused = await pullOf(second);
    expect(paused).toMatchObject({ state: 'paused' });
    expect(paused?.bytesDone).toBeGreaterThanOrEqual(half?.bytesDone ?? 0);
    standIn.tell({ pullFault: { afterBytes: 200_000, kind: 'disk-full' } });
    await second.call('local-models.resume', { model: 'qwen3:8b' });
    const failed = await until(
      () => pullOf(second),
      (pull) => pull?.state === 'failed',
    );
    expect(failed).toMatchObject({ reason: 'The disk is full. Make room and go on; what has come is kept.' });
    expect((await second.call('local-models.list', {})).items.map(({ name }) => name)).toEqual(['gemma3:4b']);
    standIn.tell({ pullFault: null });
    await second.call('local-models.resume', { model: 'qwen3:8b' });
    await pulled(second);
    expect(await second.call('local-models.disk', {})).toMatchObject({
      totalBytes: 711_000,
      countedBy: 'layers',
      partialBytes: 0,
    });
    await second.call('local-models.copy', { source: 'qwen3:8b', destination: 'mine' });
    await second.call('local-models.delete', { model: 'qwen3:8b' });
    expect((await second.call('local-models.list', {})).items.map(({ name }) => name).sort()).toEqual([
      'gemma3:4b',
      'mine:latest',
    ]);
    await second.call('engine.stop', {});
  });

  test('F-74 a pull goes on after its engine ended, and one of a wrong digest is never listed', async () => {
    standIn.tell({ pullBytesPerSecond: 500_000 });
    await using gateway = await start();
    const { pid } = await gateway.call('engine.start', {});
    await gateway.call('local-models.pull', { model: 'qwen3:8b' });
    await until(
      () => pullOf(gateway),
      (pull) => (pull?.bytesDone ?? 0) > 50_000,
    );
    process.kill(pid ?? 0, 'SIGKILL');
    await pulled(gateway);
    standIn.tell({ pullFault: { afterBytes: 0, kind: 'wrong-digest' } });
    await gateway.call('local-models.pull', { model: 'gemma3:4b' });
    const failed = await until(
      () => pullOf(gateway, 'gemma3:4b'),
      (pull) => pull?.state === 'failed',
    );
    expect(failed?.reason).toContain('its checksum differs');
    expect((await gateway.call('local-models.list', {})).items.map(({ name }) => name)).toEqual(['qwen3:8b']);
    await gateway.call('engine.stop', {});
  });

  test('is left alone where the config switches it off, and a file of the data folder says nothing of keys', async () => {
    await using gateway = await start({ localEngine: { enabled: false } });
    expect(await gateway.call('engine.state', {})).toMatchObject({ phase: 'off', baseUrl: null });
    await expect(gateway.call('engine.start', {})).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(gateway.call('local-models.list', {})).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await gateway.call('local-models.search', { text: 'qwen3' })).items.length).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'data/engine/process.json'))).toBe(false);
  });
});
