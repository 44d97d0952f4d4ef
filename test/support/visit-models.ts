/** Walks through the local part of Models, as a person does. */
import type { Page } from 'playwright';
import { goTo } from './open-window.ts';

type Look = (where: string) => Promise<void>;

export async function openLocalModels(page: Page): Promise<void> {
  await goTo(page, 'Models');
  await page.getByRole('navigation', { name: 'Parts of models' }).getByRole('link', { name: 'On this machine' }).click();
}

export async function visitModels(page: Page, look: Look): Promise<void> {
  await openLocalModels(page);
  await page.locator('[data-local-model]').first().waitFor();
  await page.getByRole('list', { name: 'Recommended for this machine' }).waitFor();
  // What is found has the same rows as what is recommended, and more.
  await page.getByLabel('What it must be able to do').selectOption('tools');
  await page.getByRole('list', { name: 'Found in the catalog' }).waitFor();
  await look('Models on this machine');
  await page
    .getByRole('button', { name: /^Options of/ })
    .first()
    .click();
  await page.getByLabel('Threads of the processor').fill('none');
  await look('Options of a model');
  await page.keyboard.press('Escape');
  await page.getByLabel('What it must be able to do').selectOption('');
}
