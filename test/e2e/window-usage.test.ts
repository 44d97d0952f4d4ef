/** Uses what the window shows of money as a person does, over a made-up gateway: figures that agree, and stay where they are. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyTotals, sampleRequest } from '../support/fake-control.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { moneyControl } from '../support/money-control.ts';
import { sampleAlerts } from '../support/money-samples.ts';
import { dialog, openMoney } from '../support/open-money.ts';
import { noWindow } from '../support/open-window.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const usdIn = (text: string): number => Number(text.replace(/[^\d.]/g, ''));
/** Numbers of the column of a table, by its title; the last is the sum's row. */
async function columnOf(page: Page, region: RegExp, title: string): Promise<number[]> {
  const table = page.getByRole('region', { name: region }).getByRole('table');
  const titles = await table.getByRole('columnheader').allTextContents();
  const place = titles.indexOf(title);
  expect(titles).toContain(title);
  const rows = await table.locator('tbody tr, tfoot tr').all();
  return await Promise.all(rows.map(async (row) => usdIn((await row.locator('th, td').nth(place).textContent()) ?? '')));
}

describe('figures', () => {
  test('the total above, the chart’s table and the groups’ table agree to the cent, and every group is in the sum', async () => {
    await using opened = await openMoney(browser, '/usage?range=30d&by=model&as=table');
    const { page, troubles } = opened;
    const above = usdIn((await page.getByRole('link', { name: /^Spend/ }).textContent())?.replace('Spend', '') ?? '');
    const over = await columnOf(page, /^Spend over time/, 'Total');
    const groups = await columnOf(page, /^Spend by model/, 'Spend');
    const sum = (amounts: readonly number[]) => amounts.slice(0, -1).reduce((total, amount) => total + amount, 0);
    expect(over).toHaveLength(31);
    expect(groups).toHaveLength(15);
    expect(above).toBeGreaterThan(10);
    expect(over.at(-1)).toBeCloseTo(above, 2);
    expect(sum(over)).toBeCloseTo(above, 2);
    expect(groups.at(-1)).toBeCloseTo(above, 2);
    // Each row is rounded to what is shown of it.
    expect(Math.abs(sum(groups) - above)).toBeLessThan(0.005 * groups.length);
    expect(troubles).toEqual([]);
  });

  test('copies for comparison are told as a part of the spend: in words, and as a column whose sum is the same', async () => {
    await using opened = await openMoney(browser, '/usage?range=30d&by=provider');
    const { page, troubles } = opened;
    const words = (await page.getByText(/^Spend holds \$/).textContent()) ?? '';
    expect(words).toMatch(/^Spend holds \$[\d.]+ for \d+ copies, which rules sent to other targets to compare\./);
    const copies = await columnOf(page, /^Spend by provider/, 'of it copies');
    const spend = await columnOf(page, /^Spend by provider/, 'Spend');
    expect(copies.at(-1)).toBeCloseTo(usdIn(words.slice(0, words.indexOf(' for'))), 2);
    expect(copies[0]).toBeCloseTo(copies.at(-1) ?? 0, 2);
    expect(spend[0]).toBeGreaterThan((copies[0] ?? 0) * 2);
    expect(troubles).toEqual([]);
  });

  test('the arrow keys tell the exact figures of a bar, which begins at zero and is as high as its sum', async () => {
    await using opened = await openMoney(browser, '/usage?range=7d');
    const { page, troubles } = opened;
    const chart = page.getByRole('application', { name: /^Spend over time/ });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    const tip = page.getByRole('status').filter({ hasText: 'Total' });
    const lines = (await tip.locator('p').allTextContents()).slice(1).map((line) => usdIn(line.slice(line.indexOf('$'))));
    expect(lines.slice(0, -1).reduce((total, amount) => total + amount, 0)).toBeCloseTo(lines.at(-1) ?? 0, 9);
    expect(await chart.getByText('$0', { exact: true }).count()).toBe(1);
    expect(troubles).toEqual([]);
  });

  test('what is looked at lives in the address: range, groups, metric and filters survive a reload', async () => {
    await using opened = await openMoney(browser, '/usage');
    const { page } = opened;
    await page.getByLabel('Range').selectOption('today');
    expect(await page.getByLabel('Interval').inputValue()).toBe('hour');
    await page.getByLabel('Group by').selectOption('client');
    await page
      .getByRole('list', { name: 'What is shown' })
      .getByRole('link', { name: /Requests/ })
      .click();
    await page.getByRole('region', { name: 'Requests by key' }).getByRole('link', { name: 'editor' }).click();
    await page.getByRole('list', { name: 'Filters' }).getByText('key editor').waitFor();
    expect(new URL(page.url()).search).toBe('?range=today&by=client&metric=requests&client=client_1');
    await page.reload();
    await page.getByRole('list', { name: 'Filters' }).getByText('key editor').waitFor();
    await expect.poll(() => page.getByRole('region', { name: 'Requests by key' }).locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: 'Remove the filter key editor' }).click();
    await expect.poll(() => page.getByRole('region', { name: 'Requests by key' }).locator('tbody tr').count()).toBe(3);
  });

  test('both files are saved under the names that the gateway gives, with what it wrote', async () => {
    await using opened = await openMoney(browser, '/usage?range=7d');
    const { page, troubles } = opened;
    for (const [format, beginning] of [
      ['CSV', 'group,costUsd\n'],
      ['JSON', '{"intervals":'],
    ] as const) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Save as ${format}` }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(`gatehouse-usage.${format.toLowerCase()}`);
      expect(readFileSync(await file.path(), 'utf8').startsWith(beginning)).toBe(true);
    }
    expect(troubles).toEqual([]);
  });

  test('nothing asked, nothing read and nothing yet each say so, and another try brings the figures', async () => {
    let state: 'broken' | 'empty' = 'broken';
    await using opened = await openMoney(browser, '/usage', {
      'usage.query': () => {
        if (state === 'broken') throw new Error('no disk');
        return { intervals: [], groups: [], total: emptyTotals };
      },
    });
    const { page } = opened;
    await page.getByRole('alert').getByText('The usage could not be read').waitFor();
    state = 'empty';
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing was asked in this range').waitFor();
  });

  test('requests that end bring new sums, while what is looked at stays where it is', async () => {
    let extra = 0;
    const plain = moneyControl().handlers['usage.query'];
    await using opened = await openMoney(browser, '/usage?range=7d', {
      'usage.query': async (query) => {
        const answer = await plain(query);
        return { ...answer, total: { ...answer.total, requests: answer.total.requests + extra } };
      },
    });
    const { page, bus } = opened;
    const figure = page.getByRole('list', { name: 'What is shown' }).getByRole('link', { name: /Requests/ });
    const before = await figure.textContent();
    const table = page.getByRole('region', { name: 'Spend by provider' });
    await page.getByRole('application').waitFor();
    const placeBefore = await table.boundingBox();
    extra = 7;
    bus.publish({ type: 'request-finished', request: sampleRequest({ id: 'req_00000000009' }) });
    await expect.poll(() => figure.textContent(), { timeout: 8_000 }).not.toBe(before);
    expect(await table.boundingBox()).toEqual(placeBefore);
  });
});

test('an alert arrives on Home and in the status bar, is kept under Usage, and is seen once for everywhere', async () => {
  await using opened = await openMoney(browser, '/', { 'alerts.list': () => ({ items: [] }) });
  const { page, bus, troubles } = opened;
  const [alert] = sampleAlerts;
  await page.getByRole('contentinfo').getByText('today').waitFor();
  if (alert) bus.publish({ type: 'alert-raised', alert });
  await page.getByRole('region', { name: 'New alerts' }).getByText('The budget “editor, a day” is spent').waitFor();
  await page.getByRole('contentinfo').getByRole('link', { name: '1 alert' }).click();
  const row = page.locator('[data-alert="alert_3"]');
  await row.getByText('New', { exact: true }).waitFor();
  await row.getByRole('button', { name: /^Seen/ }).click();
  await row.getByText('New', { exact: true }).waitFor({ state: 'detached' });
  expect(await row.textContent()).toContain('The budget “editor, a day” is spent');
  expect(await page.getByRole('contentinfo').getByText('1 alert').count()).toBe(0);
  expect(troubles).toEqual([]);
});

test('a request’s sheet says on what its cost stands, by which price, and its parts add up to it', async () => {
  await using opened = await openMoney(browser, '/requests?request=req_00000000005');
  const { page, troubles } = opened;
  await page.locator('[data-request]').first().waitFor();
  const costs = await page.locator('[data-request]').evaluateAll((rows) => rows.map((row) => row.children[5]?.textContent));
  expect(costs).toEqual(['$0.001042', '~$0.042', 'unknown', 'free', '–']);
  const table = dialog(page).getByRole('table', { name: 'Parts of the cost' });
  const amounts = (await table.locator('tr td:last-child').allTextContents()).map(usdIn);
  expect(amounts).toEqual([0.000_406, 0.000_636, 0.001_042]);
  await dialog(page).getByText('Computed from the usage that the provider told.').waitFor();
  await dialog(page).getByText('Price: packaged catalog, genai-prices 0.1.8, 2026-10-02').waitFor();
  expect(
    await dialog(page)
      .getByRole('link', { name: /platform.openai.com/ })
      .getAttribute('href'),
  ).toBe('https://platform.openai.com/docs/pricing');
  await dialog(page).getByText('$0.0042 for its last attempt').waitFor();
  await dialog(page).getByText('nothing billed').waitFor();
  await dialog(page).getByText('cost $0.001042', { exact: false }).first().waitFor();
  expect(troubles).toEqual([]);
});
