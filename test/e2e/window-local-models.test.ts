/** Local models in the window: from an engine without a model to an answer by clicking, over a restart of the gateway. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EngineState } from '../../gateway/contract/local-engine/engine.ts';
import { controlToken, openFakeControl } from '../support/fake-control.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { engineOnOffer, localModelsHandlers, runningEngine, sampleOffer } from '../support/local-models-samples.ts';
import { moneyControl } from '../support/money-control.ts';
import { goTo, interfaceFolder, noWindow, openWindow } from '../support/open-window.ts';
import { installStandIn, type StandIn, standInSkip } from '../support/stand-in-ollama/install.ts';
import { type StartOptions, startGateway } from '../support/start-gateway.ts';
import { openLocalModels } from '../support/visit-models.ts';

let browser: Browser | null = null;
let folder = '';

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-window-local-'));
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

const model = 'qwen3.5:0.8b';
const bytes = 600_000;

/** As slow as it takes to be seen and stopped on its way. */
const installSlow = (): StandIn =>
  installStandIn(join(folder, 'bin'), {
    registry: [
      {
        name: model,
        layers: [{ seed: 'weights', bytes }],
        family: 'qwen35',
        parameterSize: '0.8B',
        contextLength: 262_144,
        capabilities: ['completion', 'tools'],
      },
    ],
    pullBytesPerSecond: 120_000,
  });

const row = (page: Page) => page.locator(`[data-local-model="${model}"]`);
const pullRow = (page: Page) => page.locator(`[data-pull="${model}"]`);
const part = async (page: Page) => Number(await pullRow(page).getByRole('progressbar').getAttribute('aria-valuenow'));
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Starts the engine and pulls a model that is recommended, and pauses it on its way. */
async function pullHalf(page: Page): Promise<number> {
  await page.getByText('Installed, not running').waitFor();
  await page.getByRole('listitem').filter({ hasText: '1. An engine' }).and(page.locator('[aria-current="step"]')).waitFor();
  await button(page, 'Start').click();
  await page.getByText('started and watched over by Gatehouse').waitFor();
  await page.getByRole('listitem').filter({ hasText: '2. A model' }).and(page.locator('[aria-current="step"]')).waitFor();
  await page
    .getByRole('list', { name: 'Recommended for this machine' })
    .getByRole('button', { name: `Pull ${model}` })
    .click();
  await expect.poll(() => part(page), { timeout: 15_000 }).toBeGreaterThan(20);
  await button(page, `Pause ${model}`).click();
  await pullRow(page).getByText('Paused').waitFor();
  return part(page);
}

/** Makes a key where the command stands, and pastes the command into a shell. */
async function askByCommand(page: Page): Promise<string> {
  await page.getByText(`Ready: programs ask for ollama/${model}`).waitFor();
  await button(page, 'New client key').click();
  await page.getByLabel('Name of the program').fill('shell');
  await page.keyboard.press('Enter');
  await button(page, 'Done').click();
  await button(page, 'Copy command').click();
  await button(page, 'Copied command').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const quiet = command.replace('curl ', 'curl --silent --show-error --max-time 10 ');
  return (await promisify(execFile)('/bin/sh', ['-c', quiet])).stdout;
}

test('a person starts the engine, pulls a model, pauses, restarts Gatehouse, resumes, and is answered', async (context) => {
  context.skip(standInSkip !== null, standInSkip ?? '');
  const standIn = installSlow();
  const start = (more: Partial<StartOptions> = {}) =>
    startGateway({
      dataDir: join(folder, 'data'),
      config: { version: 1, localEngine: { modelsFolder: join(folder, 'models') } },
      environment: { PATH: `${standIn.folder}:${process.env.PATH}`, GATEHOUSE_CONTROL_TOKEN: 'token-that-outlives-a-restart' },
      withoutKey: true,
      ...more,
    });
  await using first = await start();
  await using opened = await openWindow(browser, `${first.ready.control}/models?view=local#token=${first.ready.controlToken}`);
  const { page, troubles } = opened;
  const half = await pullHalf(page);

  await button(page, `Options of ${model}`).waitFor({ state: 'detached' });
  await page.getByLabel('Search the catalog, or type a name').fill('half a word');
  await first.stop();
  await page.getByRole('contentinfo').getByText('Not reachable').waitFor();
  expect(await part(page)).toBe(half);
  const controlPort = Number(new URL(first.ready.control).port);
  await using second = await start({ port: first.port, controlPort });
  await page.getByRole('contentinfo').getByText('Running').waitFor();
  await page.getByText('started and watched over by Gatehouse').waitFor();
  expect(await page.getByLabel('Search the catalog, or type a name').inputValue()).toBe('half a word');
  await pullRow(page).getByText('Paused').waitFor();
  expect(await part(page)).toBe(half);

  standIn.tell({ pullBytesPerSecond: 0 });
  await button(page, `Resume ${model}`).click();
  await pullRow(page).getByText('Done').waitFor();
  expect(standIn.requests('/api/pull')).toHaveLength(2);
  await button(page, `Clear ${model}`).click();
  await row(page).getByText('Not loaded').waitFor();
  expect(await askByCommand(page)).toContain('You said: Hello');

  await row(page)
    .getByText(/unloaded in \d/)
    .waitFor();
  await button(page, `Unload ${model}`).click();
  await row(page).getByText('Not loaded').waitFor();
  await button(page, `Options of ${model}`).click();
  await page.getByLabel('Keep loaded for').fill('forever');
  await page.getByText('must be a time such as').waitFor();
  await page.getByLabel('Keep loaded for').fill('-1');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await button(page, `Load ${model}`).click();
  await row(page)
    .getByText(/; stays loaded/)
    .waitFor();
  await goTo(page, 'Home');
  await page.getByText('1 model, 1 loaded').waitFor();
  await goTo(page, 'Models');
  await page.locator(`[data-model="ollama/${model}"]`).getByText('free').waitFor();
  await openLocalModels(page);
  await button(page, `Remove ${model}`).click();
  await page.getByRole('dialog').getByText('It frees 585.9 KiB.').waitFor();
  await button(page, 'Remove model').click();
  await page.getByText('No model yet').waitFor();
  expect((await second.call('local-models.list', {})).items).toEqual([]);
  expect(troubles).toEqual([]);
});

test('a download of the engine moves, fails in words, goes on, and ends in an engine, all told by events; one that ends takes away no form', async () => {
  let state: EngineState = engineOnOffer();
  const asked: string[] = [];
  const download = { version: '0.34.4', state: 'running', step: 'fetching', bytesTotal: sampleOffer.downloadBytes } as const;
  const at = (bytesDone: number, changes: Partial<NonNullable<EngineState['download']>> = {}) =>
    engineOnOffer({
      phase: changes.state === 'failed' ? 'none-found' : 'downloading',
      download: { ...download, bytesDone, bytesPerSecond: 3e7, secondsLeft: 42, reason: null, ...changes },
    });
  const { handlers } = moneyControl(
    localModelsHandlers({
      'engine.state': () => {
        asked.push('engine.state');
        return state;
      },
      'engine.download': () => {
        asked.push('engine.download');
        state = at(state.download?.bytesDone ?? 0);
        return state;
      },
      'engine.start': () => {
        state = runningEngine();
        return state;
      },
      'local-models.pulls': () => ({ items: [] }),
    }),
  );
  const opening = await openFakeControl({ uiDirectory: interfaceFolder, handlers });
  await using control = { ...opening, [Symbol.asyncDispose]: () => opening.listener.close() };
  await using opened = await openWindow(browser, `${control.listener.url}/models?view=local#token=${controlToken}`);
  const { page } = opened;
  const tell = (next: EngineState) => {
    state = next;
    control.bus.publish({ type: 'engine-changed', state });
  };
  await button(page, 'Download Ollama 0.34.4').click();
  await page.getByText('Downloading Ollama 0.34.4').waitFor();
  tell(at(sampleOffer.downloadBytes / 2));
  await page.getByText('972.8 MiB of 1.9 GiB · 28.6 MiB/s · 42 s left').waitFor();
  const reason = 'The disk is full. Make room and go on; what has come is kept.';
  tell(at(sampleOffer.downloadBytes / 2, { state: 'failed', bytesPerSecond: null, secondsLeft: null, reason }));
  await page.getByText(reason).waitFor();
  await page.getByRole('contentinfo').getByText('1 problem').click();
  await page.getByRole('listitem').filter({ hasText: 'could not be downloaded' }).getByRole('button').click();
  await page.getByText('Downloading Ollama 0.34.4').waitFor();
  tell(engineOnOffer({ phase: 'installed-not-running', download: null }));
  await button(page, 'Start').click();
  await page.getByText('4 models, 2 loaded').waitFor();
  await openLocalModels(page);
  await button(page, 'Options of qwen3:8b').click();
  await page.getByLabel('Threads of the processor').fill('6');
  tell(runningEngine({ phase: 'crashed-waiting', baseUrl: null, providerId: null, reason: 'It ended with code 2.' }));
  await page.locator('[data-local-model]').first().waitFor({ state: 'detached' });
  tell(runningEngine());
  await page.locator('[data-local-model]').first().waitFor({ state: 'attached' });
  expect(await page.getByLabel('Threads of the processor').inputValue()).toBe('6');
  expect(asked).toEqual(['engine.state', 'engine.download', 'engine.download']);
});
