/** Walks through what the window shows of money: every part, sheet and form, one after the other. */
import type { Page } from 'playwright';
import { goTo } from './open-window.ts';

type Look = (where: string) => Promise<void>;

const openParts = async (page: Page) => {
  const closed = page.getByRole('dialog').locator('details:not([open]) > summary');
  while ((await closed.count()) > 0) await closed.first().click();
};

const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

export async function visitUsage(page: Page, look: Look): Promise<void> {
  await goTo(page, 'Usage');
  const shown = page.getByRole('list', { name: 'What is shown' });
  await shown.waitFor();
  await page.getByRole('application').waitFor();
  await look('A chart over time');
  await page.getByRole('button', { name: 'As a table' }).click();
  await page
    .getByRole('region', { name: /over time/ })
    .getByRole('table')
    .waitFor();
  await look('The chart as a table');
  await page.getByRole('button', { name: 'As a chart' }).click();
  for (const metric of ['Errors', 'Latency']) {
    await shown.getByRole('link', { name: metric }).click();
    await page.getByRole('application').waitFor();
    await look(metric);
  }
  const part = (name: string) => page.getByRole('navigation', { name: 'Parts of usage' }).getByRole('link', { name }).click();
  await part('Budgets');
  await page.getByRole('list', { name: 'Budgets' }).waitFor();
  await look('Budgets');
  await page.getByRole('button', { name: 'Add a budget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await look('A budget');
  await closeDialog(page);
  await part('Prices');
  await page.locator('[data-price]').first().waitFor();
  await look('Prices');
  await page
    .getByRole('button', { name: /^Set the price of/ })
    .first()
    .click();
  await openParts(page);
  await look('A price');
  await closeDialog(page);
  await page.getByRole('button', { name: 'Re-price old requests' }).click();
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByRole('region', { name: 'Before and after' }).waitFor();
  await look('Old requests re-priced');
  await closeDialog(page);
  await part('Alerts');
  await page.locator('[data-alert]').first().waitFor();
  await look('Alerts');
}

export async function visitKeys(page: Page, look: Look): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'New client key' }).click();
  await openParts(page);
  await look('New client key');
  await closeDialog(page);
  const row = page.getByRole('list', { name: 'Client keys' }).getByRole('listitem').first();
  await row.getByRole('button', { name: /^Edit/ }).click();
  await openParts(page);
  await page.getByRole('button', { name: 'Add a budget' }).click();
  await look('A key’s terms');
  await closeDialog(page);
  await row.getByRole('button', { name: /^Rotate/ }).click();
  await look('A new key for a client');
  await closeDialog(page);
  await page
    .getByRole('button', { name: /^Limits of/ })
    .first()
    .click();
  await look('Limits of a provider');
  await closeDialog(page);
}
