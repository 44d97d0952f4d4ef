/**
 * The ways that need no fault: each over the stand-in, and over a real Ollama where one is installed and a person asks for it. That one
 * is started apart, on ports and with models of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalEngineSettings } from '../../gateway/contract/local-engine/settings.ts';
import { isAlive, untilGone } from '../support/engine-lab.ts';
import { installStandIn, standInSkip, startStandIn } from '../support/stand-in-ollama/install.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

interface EngineUnderTest {
  readonly name: string;
  /** Why it cannot be tried here; null when it can. */
  readonly skip: string | null;
  /** Small, and in its library. */
  readonly model: string;
  /** A pull is paused when so much of it has come. */
  readonly pauseBytes: number;
  /** How long a pull may take, in milliseconds. */
  readonly pullMs: number;
  /** @param folder to put into it what has to be made @returns the path of its program */
  install(folder: string): string;
}

/** Fetched from Ollama's library: about 520 MB. */
const realModel = process.env.OLLAMA_REAL_MODEL ?? 'qwen3:0.6b';

function whereIsReal(): string | null {
  try {
    return execFileSync('which', ['ollama'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

function whyNotReal(): string | null {
  const unverified = 'not on this machine: unverified against a real Ollama';
  if (process.env.OLLAMA_REAL !== '1') return `${unverified} (OLLAMA_REAL=1 runs it)`;
  return whereIsReal() === null ? `${unverified} (there is none on the PATH)` : null;
}

const engines: readonly EngineUnderTest[] = [
  {
    name: 'the stand-in',
    skip: standInSkip,
    model: 'qwen3:8b',
    pauseBytes: 50_000,
    pullMs: 10_000,
    install: (folder) => installStandIn(folder, { pullBytesPerSecond: 600_000 }).executable,
  },
  {
    name: 'a real Ollama',
    skip: whyNotReal(),
    model: realModel,
    pauseBytes: 20_000_000,
    pullMs: 900_000,
    install: () => whereIsReal() ?? '',
  },
];

describe.each(engines)('$name', { timeout: 1_200_000 }, ({ skip, model, pauseBytes, pullMs, install }) => {
  let folder: string;
  let executable: string;
  beforeAll(() => {
    if (skip !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-any-'));
    executable = install(join(folder, 'bin'));
  });
  beforeEach((context) => context.skip(skip !== null, skip ?? ''));
  afterAll(() => {
    if (skip === null) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const start = (settings: Partial<LocalEngineSettings> = {}, environment: Record<string, string> = {}) =>
    startGateway({
      dataDir: join(folder, 'data'),
      config: { version: 1, localEngine: { modelsFolder: join(folder, 'models'), ...settings } },
      environment: { PATH: `${dirname(executable)}:${process.env.PATH}`, ...environment },
    });
  const pullOf = async (gateway: RunningGateway) => (await gateway.call('local-models.pulls', {})).items[0];
  const untilRunning = (gateway: RunningGateway) =>
    expect.poll(async () => (await gateway.call('engine.state', {})).phase, { timeout: 60_000 }).toBe('running');

  test('F-74 is started, fetches through a pause and a restart of the gateway, and is ended with it', async () => {
    const first = await start();
    const { phase, pid } = await first.call('engine.start', {});
    expect(phase).toBe('running');
    await first.call('local-models.pull', { model });
    await expect.poll(async () => (await pullOf(first))?.bytesDone, { timeout: pullMs }).toBeGreaterThan(pauseBytes);
    await first.call('local-models.pause', { model });
    const half = (await pullOf(first))?.bytesDone ?? 0;
    await first.stop();
    await untilGone(pid ?? 0);

    await using second = await start();
    await untilRunning(second);
    await second.call('local-models.resume', { model });
    await expect.poll(async () => (await pullOf(second))?.state, { timeout: pullMs }).toBe('done');
    expect((await pullOf(second))?.bytesDone).toBeGreaterThan(half);
    expect((await second.call('local-models.list', {})).items.map(({ name }) => name)).toEqual([model]);
    await second.stop();
  });

  test('answers programs of other formats and its own, with the options that the config has for a model', async () => {
    await using gateway = await start({ models: { [model]: { contextTokens: 2_048 } } });
    await untilRunning(gateway);
    const asked = { model: `ollama/${model}`, messages: [{ role: 'user' as const, content: 'Say yes.' }] };
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0, timeout: 300_000 });
    let streamed = '';
    for await (const { choices } of await openai.chat.completions.create({ ...asked, max_tokens: 512, stream: true }))
      streamed += choices[0]?.delta.content ?? '';
    expect(streamed).not.toBe('');
    const ollama = new Ollama({ host: gateway.url, headers: { Authorization: `Bearer ${gateway.clientKey}` } });
    expect((await ollama.list()).models.map(({ name }) => name)).toContain(asked.model);
    expect((await ollama.chat({ ...asked, options: { num_predict: 512 } })).message.content).not.toBe('');
    const [listed] = (await gateway.call('local-models.list', {})).items;
    expect(listed?.loaded?.contextTokens).toBe(2_048);
    await gateway.stop();
  });

  test('F-72 leaves nothing behind when its gateway is killed, and runs again after the next start', async () => {
    const first = await start();
    await untilRunning(first);
    const { pid } = await first.call('engine.state', {});
    await first.call('local-models.load', { model });
    expect(JSON.parse(readFileSync(join(folder, 'data/engine/process.json'), 'utf8')).engine.pid).toBe(pid);
    await first.kill();
    await using second = await start();
    await untilRunning(second);
    expect(isAlive(pid ?? 0)).toBe(false);
    await second.stop();
  });

  test('F-71 of somebody else is used where it is, and is still running after everything', async () => {
    await using foreign = await startStandIn({ executable }, join(folder, 'models'));
    await using gateway = await start({}, { OLLAMA_HOST: foreign.origin });
    await expect.poll(async () => (await gateway.call('engine.state', {})).phase, { timeout: 10_000 }).toBe('found-adopted');
    expect(await gateway.call('engine.state', {})).toMatchObject({ origin: 'adopted', baseUrl: foreign.origin });
    for (const name of ['engine.stop', 'engine.restart'] as const)
      await expect(gateway.call(name, {})).rejects.toMatchObject({ kind: 'conflict' });
    await gateway.call('local-models.load', { model });
    await gateway.call('local-models.delete', { model });
    expect((await gateway.call('local-models.list', {})).items).toEqual([]);
    await gateway.stop();
    expect(foreign.isRunning).toBe(true);
  });
});
