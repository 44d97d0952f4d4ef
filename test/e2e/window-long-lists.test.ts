/** Long lists in a small window: each scrolls in its own column, and nothing else does. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { openAiScript } from '../support/openai-script.ts';
import { noWindow, openWindow } from '../support/open-window.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { startGateway } from '../support/start-gateway.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

test('many providers and many models scroll in their own columns: the screen does not, and the chosen provider is in view', async () => {
  const models = Array.from({ length: 60 }, (_, index) => `model-${index}`);
  await using upstream = await startScriptedUpstream(openAiScript({ models }));
  const providers = Array.from({ length: 14 }, (_, index) => ({
    id: `lab-${index}`,
    kind: 'openai-compatible' as const,
    baseUrl: upstream.baseUrl,
  }));
  await using gateway = await startGateway({ config: { version: 1, providers }, withoutKey: true });
  const { control, controlToken } = gateway.ready;
  await using opened = await openWindow(browser, `${control}/providers?id=lab-13#token=${controlToken}`);
  const { page } = opened;
  await expect.poll(() => page.getByRole('list', { name: 'Models' }).getByRole('listitem').count()).toBe(60);
  expect(await page.getByRole('main').evaluate((main) => main.scrollHeight - main.clientHeight)).toBe(0);
  const chosen = await page.getByRole('list', { name: 'Providers' }).locator('[aria-current="true"]').boundingBox();
  expect(chosen?.y).toBeLessThan(570);
  const search = await page.getByLabel('Search providers').boundingBox();
  expect(search?.height).toBe((await page.getByLabel('Search models').boundingBox())?.height);
});
