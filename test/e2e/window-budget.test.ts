/** A key and its budget from the window to the refusal: set by a person in Chromium, spent by the official SDK at the real gateway. */
import OpenAI from 'openai';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { dialog } from '../support/open-money.ts';
import { goTo, noWindow, openWindow } from '../support/open-window.ts';
import { startGateway } from '../support/start-gateway.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

/** A full answer costs 0.16 cents, and little more is held back for it. */
const rehearsal = { 'demo/hello': { inputPerMillionUsd: 1, outputPerMillionUsd: 40 } };

test('a daily budget of a cent is set on a key, spent with demo/hello, warned of, and refuses the SDK as it says', async () => {
  await using gateway = await startGateway({ config: { version: 1, prices: { overrides: rehearsal } } });
  await using opened = await openWindow(browser, `${gateway.ready.control}/settings#token=${gateway.ready.controlToken}`);
  const { page, troubles } = opened;
  await page.getByRole('button', { name: 'Edit test' }).click();
  await dialog(page).locator('summary', { hasText: 'Budgets' }).click();
  await dialog(page).getByRole('button', { name: 'Add a budget' }).click();
  await dialog(page).getByLabel('Limit (US dollars)').fill('0.01');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('list', { name: 'Client keys' }).getByText('$0.00 of $0.01 a day').waitFor();

  await goTo(page, 'Home');
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const ask = () =>
    client.chat.completions.create({ model: 'demo/hello', max_tokens: 40, messages: [{ role: 'user', content: 'Hello' }] });
  await ask();
  const spent = page.getByRole('contentinfo').getByRole('link', { name: /today/ });
  await expect.poll(() => spent.textContent()).toMatch(/\$0\.00\d+ today/);
  let refusal: unknown = null;
  for (let turn = 0; turn < 100 && refusal === null; turn += 1) await ask().catch((error: unknown) => (refusal = error));
  expect(refusal).toBeInstanceOf(OpenAI.RateLimitError);
  expect(refusal).toMatchObject({ status: 429, code: 'insufficient_quota' });
  const { headers, message } = refusal instanceof OpenAI.RateLimitError ? refusal : { headers: new Headers(), message: '' };
  expect(headers.get('x-should-retry')).toBe('false');
  expect(message).toMatch(/budget/i);

  await page.getByRole('region', { name: 'New alerts' }).waitFor();
  await page.getByRole('contentinfo').getByRole('link', { name: /alert/ }).click();
  await page.locator('[data-alert]').first().waitFor();
  await page.getByRole('navigation', { name: 'Parts of usage' }).getByRole('link', { name: 'Budgets' }).click();
  const meter = page.getByRole('meter');
  await expect.poll(async () => Number(await meter.getAttribute('aria-valuenow'))).toBeGreaterThan(75);
  expect(Number(await meter.getAttribute('aria-valuenow'))).toBeLessThanOrEqual(100);
  const [standing] = (await gateway.call('budgets.list', {})).items;
  expect(standing).toMatchObject({ limitUsd: 0.01, reservedUsd: 0 });
  expect(standing?.settledUsd).toBeLessThanOrEqual(0.01);
  await page.getByRole('navigation', { name: 'Parts of usage' }).getByRole('link', { name: 'Usage' }).click();
  const figures = page.getByRole('list', { name: 'What is shown' });
  await figures
    .getByRole('link', { name: /Spend/ })
    .getByText(/^\$0\.0/)
    .waitFor();
  await goTo(page, 'Requests');
  await page.locator('[data-request][data-state="rejected"]').first().waitFor();
  expect(troubles).toEqual([]);
});

test('a key is made, used, and revoked', async () => {
  await using gateway = await startGateway({ withoutKey: true });
  await using opened = await openWindow(browser, `${gateway.ready.control}/settings#token=${gateway.ready.controlToken}`);
  const { page } = opened;
  await page.getByText('No client key yet').waitFor();
  await page.getByRole('button', { name: 'New client key' }).click();
  await page.getByLabel('Name of the program').fill('script');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy client key' }).click();
  await page.getByRole('button', { name: 'Copied client key' }).waitFor();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.content()).not.toContain(key);
  const status = async () => (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await status()).toBe(200);
  await page.getByRole('button', { name: 'Revoke script' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Revoked just now').waitFor();
  expect(await status()).toBe(401);
});
