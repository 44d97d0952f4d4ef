/** Fills the forms of budgets and prices as a person does, over a made-up gateway: what is wrong is said at its field. */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { sampleBudget } from '../support/money-samples.ts';
import { dialog, openMoney } from '../support/open-money.ts';
import { noWindow } from '../support/open-window.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

describe('budgets', () => {
  test('a budget is added, refused at its field, changed and removed, and the config holds what was typed', async () => {
    await using opened = await openMoney(browser, '/usage?view=budgets');
    const { page, money, troubles } = opened;
    const budgets = () => money.versions.at(-1)?.document.budgets;
    await page.getByRole('button', { name: 'Add a budget' }).click();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('must be a number from 0 to 1,000,000').waitFor();
    await dialog(page).getByLabel('Name').fill('code, a week');
    await dialog(page).getByLabel('Limit (US dollars)').fill('2,50');
    await dialog(page).getByLabel('For', { exact: true }).selectOption('week');
    await dialog(page).getByLabel('What counts').selectOption('model');
    await dialog(page).getByLabel('Model', { exact: true }).fill('nobody/gpt-5');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('there is no provider "nobody" in this config').first().waitFor();
    expect(await dialog(page).getByLabel('Model', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await dialog(page).getByLabel('Model', { exact: true }).fill('openai/gpt-5');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(budgets()).toContainEqual({
      name: 'code, a week',
      model: 'openai/gpt-5',
      period: 'week',
      limitUsd: 2.5,
      mode: 'hard',
      warnAt: [0.5, 0.8, 1],
    });
    await page.getByRole('button', { name: 'Edit the budget OpenAI, a month' }).click();
    expect(await dialog(page).getByLabel('Provider', { exact: true }).inputValue()).toBe('openai');
    await dialog(page).getByLabel('At the limit').selectOption('hard');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(budgets()).toContainEqual(expect.objectContaining({ name: 'OpenAI, a month', mode: 'hard', limitUsd: 20 }));
    await page.getByRole('button', { name: 'Remove the budget everything, a day' }).click();
    await page.getByRole('button', { name: 'Remove budget' }).click();
    await expect
      .poll(budgets)
      .toEqual([expect.objectContaining({ name: 'OpenAI, a month' }), expect.objectContaining({ name: 'code, a week' })]);
    // The browser tells of the refused budget.
    expect(troubles).toEqual([expect.stringContaining('400 (Bad Request)')]);
  });

  test('a budget tells what is held back, what it comes to and why it is closed, and is opened again', async () => {
    await using opened = await openMoney(browser, '/usage?view=budgets');
    const { page, money } = opened;
    const list = page.getByRole('list', { name: 'Budgets' });
    await list.getByText('$0.25 held back for requests that run').waitFor();
    await list.getByText('comes to $26.25 by then if it goes on so, more than its limit').waitFor();
    await list.getByText('3 without a price are not in it').waitFor();
    const meter = list.getByRole('meter', { name: 'everything, a day' });
    expect(await meter.getAttribute('aria-valuetext')).toBe('$1.23 spent and $0.25 held back of $5.00');
    await list.getByText('openai billed $0.48').waitFor();
    await page.getByRole('button', { name: /^Open the budget .* again/ }).click();
    await list.getByText('openai billed $0.48').waitFor({ state: 'detached' });
    expect(money.budgets.every(({ closed }) => closed === null)).toBe(true);
  });

  test('spending moves the bars without moving the rows', async () => {
    const first = sampleBudget();
    let budgets = [first, sampleBudget({ id: 'b', name: 'b', settledUsd: 4.9 })];
    await using opened = await openMoney(browser, '/usage?view=budgets', { 'budgets.list': () => ({ items: budgets }) });
    const { page, bus } = opened;
    const names = () => page.getByRole('meter').evaluateAll((meters) => meters.map((meter) => meter.getAttribute('aria-label')));
    await expect.poll(names).toEqual(['everything, a day', 'b']);
    budgets = [budgets[1] ?? first, { ...first, settledUsd: 4.95 }].toReversed();
    bus.publish({ type: 'budgets-changed' });
    await page.getByText('$4.95 of $5.00 a day').waitFor();
    expect(await names()).toEqual(['everything, a day', 'b']);
  });
});

describe('prices', () => {
  test('an unknown price is marked and found, set by its form, and stands in the config under its model', async () => {
    await using opened = await openMoney(browser, '/usage?view=prices');
    const { page, money, troubles } = opened;
    await page.getByText('Nobody knows the price of 1 model').waitFor();
    await page.getByLabel('Which prices').selectOption('unknown');
    await expect.poll(() => page.locator('[data-price]').count()).toBe(1);
    await page.locator('[data-price]').getByText('Price unknown').waitFor();
    await page.getByRole('button', { name: 'Set the price of lab/qwen3-coder:480b' }).click();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('must say at least one price; 0 is one').waitFor();
    await dialog(page).getByLabel('Input, a million', { exact: true }).fill('0.4');
    await dialog(page).getByLabel('Output, a million', { exact: true }).fill('1.6');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(money.versions.at(-1)?.document.prices).toMatchObject({
      overrides: { 'lab/qwen3-coder:480b': { inputPerMillionUsd: 0.4, outputPerMillionUsd: 1.6 } },
    });
    expect(troubles).toEqual([]);
  });

  test('a catalog price that is changed keeps its tiers unless a person leaves them out, and an own price is removed', async () => {
    await using opened = await openMoney(browser, '/usage?view=prices');
    const { page, money } = opened;
    const overrides = () => money.versions.at(-1)?.document.prices;
    await page.getByRole('button', { name: 'Set the price of anthropic/claude-sonnet-4-5' }).click();
    await dialog(page).getByText('above 200,000 tokens read $6.00 / $22.50; batch 50 %').waitFor();
    await dialog(page).getByLabel('Input, a million').first().fill('2');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(overrides()).toMatchObject({
      overrides: {
        'anthropic/claude-sonnet-4-5': {
          inputPerMillionUsd: 2,
          cacheWriteHourPerMillionUsd: 6,
          longContext: [{ aboveInputTokens: 200_000 }],
          serviceTiers: { batch: 0.5 },
        },
      },
    });
    await page.getByRole('button', { name: 'Set the price of openrouter/deepseek/deepseek-chat' }).click();
    await dialog(page).getByRole('button', { name: 'Remove your price' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(JSON.stringify(overrides())).not.toContain('deepseek');
  });

  test('old requests are re-priced only after their before and after was shown', async () => {
    await using opened = await openMoney(browser, '/usage?view=prices');
    const { page, money } = opened;
    await page.getByRole('button', { name: 'Re-price old requests' }).click();
    await dialog(page).getByRole('button', { name: 'See what would change' }).click();
    await dialog(page).getByText('40 of 1,204 requests would change: $12.50 before, $13.87 after.').waitFor();
    expect(money.repriced.map(({ apply }) => apply)).toEqual([false]);
    await dialog(page).getByLabel('Model', { exact: true }).fill('qwen3-coder:480b');
    await dialog(page)
      .getByRole('button', { name: /^Change 40/ })
      .waitFor({ state: 'detached' });
    await dialog(page).getByRole('button', { name: 'See what would change' }).click();
    await dialog(page).getByRole('button', { name: 'Change 40 requests' }).click();
    await dialog(page).getByText('40 of 1,204 requests were changed').waitFor();
    expect(money.repriced.map(({ apply }) => apply)).toEqual([false, false, true]);
    await dialog(page).getByRole('button', { name: 'Done' }).click();
  });
});
