/** Sets what keys and providers may do, and who is told of alerts, as a person does, over a made-up gateway. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { dialog, openMoney } from '../support/open-money.ts';
import { noWindow } from '../support/open-window.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const openSettings = () => openMoney(browser, '/settings');
const part = (page: Page, title: string) => dialog(page).locator('summary', { hasText: title });

test('a key is made with a tier, a budget, limits, models and an end, and is shown once', async () => {
  await using opened = await openSettings();
  const { page, money, troubles } = opened;
  await page.getByRole('button', { name: 'New client key' }).click();
  await dialog(page).getByLabel('Name of the program').fill('script');
  await part(page, 'Budgets').click();
  await dialog(page).getByLabel('Tier').selectOption('low');
  expect(await dialog(page).getByLabel('Tier').locator('option:checked').textContent()).toBe('low: $0.002 a call, $0.10 a day');
  await dialog(page).getByRole('button', { name: 'Add a budget' }).click();
  await dialog(page).getByRole('button', { name: 'Create key' }).click();
  await dialog(page).getByText('must be a number from 0 to 1,000,000').waitFor();
  await dialog(page).getByLabel('Limit (US dollars)').fill('0.01');
  await part(page, 'Limits').click();
  await dialog(page).getByLabel('Tokens a day').fill('100000');
  await dialog(page).getByLabel('The least cost of an expensive call').fill('0.05');
  await dialog(page).getByLabel('Expensive calls an hour').fill('3');
  await part(page, 'Models').click();
  await dialog(page).getByLabel('Allowed models').fill('openai/gpt-5*\nollama/*\n');
  await dialog(page).getByLabel('Ends').fill('2099-12-24T18:30');
  await dialog(page).getByLabel('App').fill('cron');
  await dialog(page).getByRole('button', { name: 'Create key' }).click();
  const key = await dialog(page).locator('code').textContent();
  expect(key).toMatch(/^llmgw_/);
  await dialog(page).getByRole('button', { name: 'Done' }).click();
  expect(await page.content()).not.toContain(key);
  expect(money.clients[0]).toMatchObject({
    name: 'script',
    tier: 'low',
    budgets: [{ period: 'day', limitUsd: 0.01, mode: 'hard', warnAt: [0.5, 0.8, 1] }],
    limits: { tokensPerDay: 100_000, expensive: { aboveUsd: 0.05, perHour: 3 } },
    allowedModels: ['openai/gpt-5*', 'ollama/*'],
    expiresAtMs: new Date(2099, 11, 24, 18, 30).getTime(),
    app: 'cron',
    sensitivity: 'normal',
    strict: false,
  });
  expect(troubles).toEqual([]);
});

test('editing a key changes what was touched and nothing else, and says how it stands today', async () => {
  await using opened = await openSettings();
  const { page, money } = opened;
  const list = page.getByRole('list', { name: 'Client keys' });
  await list.getByText('$0.0098 of $0.01 a day').waitFor();
  await list.getByText('30 requests a minute, 2 at the same time').waitFor();
  await list.getByText(/its older key llmgw_OlDr… works until/).waitFor();
  const before = { ...money.clients[0] };
  await page.getByRole('button', { name: 'Edit editor' }).click();
  const save = dialog(page).getByRole('button', { name: 'Save' });
  expect(await save.isDisabled()).toBe(true);
  await part(page, 'Budgets').click();
  await dialog(page).getByLabel('Limit (US dollars)').fill('0.02');
  await save.click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(money.clients[0]).toEqual({
    ...before,
    budgets: [{ period: 'day', limitUsd: 0.02, mode: 'hard', warnAt: [0.5, 0.8, 1] }],
  });
});

test('a rotated key shows the new one once and says until when the older works', async () => {
  await using opened = await openSettings();
  const { page } = opened;
  await page.getByRole('button', { name: 'Rotate agent' }).click();
  await dialog(page).getByLabel('The older key works on').selectOption({ label: 'for a week' });
  await dialog(page).getByRole('button', { name: 'Make the new key' }).click();
  await dialog(page).getByText('llmgw_newer').waitFor();
  const inAWeek = new Date(Date.now() + 7 * 86_400_000);
  await dialog(page).getByText(`works until ${inAWeek.getDate()} `).waitFor();
  await dialog(page).getByRole('button', { name: 'Done' }).click();
  expect(await page.content()).not.toContain('llmgw_newer');
});

test('limits of a provider are set and taken away again', async () => {
  await using opened = await openSettings();
  const { page, money } = opened;
  const limits = () => money.versions.at(-1)?.document.limits;
  await page.getByRole('button', { name: 'Limits of openai' }).click();
  expect(await dialog(page).getByLabel('Requests a minute').inputValue()).toBe('60');
  await dialog(page).getByLabel('Requests a minute').fill('a few');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByText('must be a whole number from 1').first().waitFor();
  await dialog(page).getByLabel('Requests a minute').fill('');
  await dialog(page).getByLabel('Requests at the same time').fill('');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(limits()).toBeUndefined();
  await page.getByRole('button', { name: 'Limits of ollama' }).click();
  await dialog(page).getByLabel('Requests at the same time').fill('1');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('list', { name: 'Provider limits' }).getByText('1 at the same time').waitFor();
  expect(limits()).toEqual({ providers: { ollama: { concurrent: 1 } } });
});

test('a webhook keeps its secret out of the config, and is refused at its address', async () => {
  await using opened = await openSettings();
  const { page, money, troubles } = opened;
  const alerts = () => money.versions.at(-1)?.document.alerts;
  await page.getByLabel('Address').fill('hooks.example');
  await page.getByLabel('Signing secret').fill('whsec_c2VjcmV0');
  const form = page.getByRole('form', { name: 'Add a webhook' });
  await form.getByRole('button', { name: 'Add' }).click();
  await form.getByText('must be a whole URL, http or https').first().waitFor();
  await page.getByLabel('Address').fill('https://hooks.example/x');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('list', { name: 'Webhooks' }).getByText('signed').waitFor();
  expect(alerts()).toEqual({ webhooks: [{ url: 'https://hooks.example/x', secret: 'vault:webhook-1' }] });
  await page.getByRole('button', { name: 'Send a test to https://hooks.example/x' }).click();
  await page.getByText('It was taken.').waitFor();
  await page.getByRole('switch', { name: 'Tell me of unusual spending' }).click();
  await expect.poll(alerts).toMatchObject({ unusualSpend: false });
  await page.getByRole('button', { name: 'Remove the webhook https://hooks.example/x' }).click();
  await expect.poll(alerts).toEqual({ unusualSpend: false });
  // The browser tells of the refused address.
  expect(troubles).toEqual([expect.stringContaining('400 (Bad Request)')]);
});
