/** The same ways through a real Ollama, where one is installed and a person asks for it: it is started apart, with models of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { untilGone } from '../support/engine-lab.ts';
import { startGateway } from '../support/start-gateway.ts';

/** Small, and fetched from Ollama's library: about 520 MB. */
const model = process.env.OLLAMA_REAL_MODEL ?? 'qwen3:0.6b';

function whyNot(): string | null {
  if (process.env.OLLAMA_REAL !== '1') return 'not on this machine: unverified against a real Ollama (OLLAMA_REAL=1 runs it)';
  try {
    execFileSync('ollama', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'not on this machine: unverified against a real Ollama (there is none on the PATH)';
  }
}

test('a real Ollama is started, fetches with pause and restart, answers, is deleted from and ended', {
  timeout: 1_200_000,
}, async (context) => {
  const reason = whyNot();
  context.skip(reason !== null, reason ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-real-'));
  const start = () =>
    startGateway({
      dataDir: join(folder, 'data'),
      config: { version: 1, localEngine: { modelsFolder: join(folder, 'models') } },
    });
  const first = await start();
  const { phase, pid } = await first.call('engine.start', {});
  expect(phase).toBe('running');
  await first.call('local-models.pull', { model });
  const pullNow = async (gateway: typeof first) => (await gateway.call('local-models.pulls', {})).items[0];
  await expect.poll(async () => (await pullNow(first))?.bytesDone, { timeout: 600_000 }).toBeGreaterThan(20_000_000);
  await first.call('local-models.pause', { model });
  const half = (await pullNow(first))?.bytesDone ?? 0;
  await first.stop();
  await untilGone(pid ?? 0);

  const second = await start();
  await expect.poll(async () => (await second.call('engine.state', {})).phase, { timeout: 60_000 }).toBe('running');
  await second.call('local-models.resume', { model });
  await expect.poll(async () => (await pullNow(second))?.state, { timeout: 900_000 }).toBe('done');
  expect((await pullNow(second))?.bytesDone).toBeGreaterThan(half);
  await second.call('local-models.set-options', { model, options: { contextTokens: 2_048 } });
  const response = await fetch(`${second.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${second.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `ollama/${model}`, messages: [{ role: 'user', content: 'Say yes.' }], max_tokens: 32 }),
  });
  expect(response.status).toBe(200);
  expect((await second.call('local-models.list', {})).items[0]?.loaded?.contextTokens).toBe(2_048);
  await second.call('local-models.delete', { model });
  expect((await second.call('local-models.list', {})).items).toEqual([]);
  await second.call('engine.stop', {});
  await second.stop();
  rmSync(folder, { recursive: true });
});
