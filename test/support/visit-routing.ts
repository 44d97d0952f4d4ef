/** Goes through the routing of the window, for tests that look at every state. */
import type { Page } from 'playwright';
import { goTo } from './open-window.ts';

/** The parts of routing; each is its own place in the window. */
export async function visitRouting(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  await goTo(page, 'Routing');
  const tab = (name: string) => page.getByRole('navigation', { name: 'Parts of routing' }).getByRole('link', { name }).click();
  const rules = page.getByRole('list', { name: 'Rules' });
  if ((await page.getByText('No rules yet').count()) === 0) {
    await rules
      .getByRole('button', { name: /^Edit the rule/ })
      .first()
      .click();
    await page.getByLabel('The request', { exact: true }).waitFor();
    for (const part of await rules.locator('details:not([open]) > summary').all()) await part.click();
    await look('A rule');
  }
  await tab('Aliases');
  await page.getByRole('button', { name: 'Add an alias' }).click();
  await page.getByRole('region', { name: 'Unsaved changes' }).getByRole('button', { name: 'What differs' }).click();
  await look('Aliases, changed');
  await tab('Document');
  await page.getByRole('textbox', { name: 'Rules and aliases as a document' }).waitFor();
  await look('The document');
  await tab('Try a request');
  await look('A request to try');
  await page.getByRole('button', { name: 'From the log' }).click();
  await page.getByRole('list', { name: 'Latest requests' }).getByRole('button').first().click();
  await page.getByRole('region', { name: 'In force' }).getByText('Candidates').or(page.getByText('It goes to')).first().waitFor();
  await look('A tried request');
  await tab('Versions');
  await page.getByText('Every config that was accepted').waitFor();
  await look('Versions');
  await page.getByRole('button', { name: 'Discard' }).click();
}
