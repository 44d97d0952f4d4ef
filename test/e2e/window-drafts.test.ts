/** Drafts of rules against a real gateway: by keyboard alone, with somebody else at work in a second window, and with providers that come later. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { goTo, noWindow, openWindow } from '../support/open-window.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

const demo = { id: 'demo', kind: 'demo' } as const;
const rules = [
  { name: 'code', when: { task: 'code' }, use: 'demo/tools' },
  { name: 'chat', when: { task: 'chat' }, use: 'demo/hello' },
];
const config = { version: 1, providers: [demo], policy: { rules } } as const;

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const start = () => startGateway({ withoutKey: true, config: { ...config, providers: [demo], policy: { rules: [...rules] } } });

async function openRules({ ready }: RunningGateway) {
  const opened = await openWindow(browser, ready.ui);
  await goTo(opened.page, 'Routing');
  await opened.page.getByRole('list', { name: 'Rules' }).waitFor();
  return opened;
}

const list = (page: Page) => page.getByRole('list', { name: 'Rules' });
const names = (page: Page) =>
  list(page)
    .locator('> li')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-rule')));
const rulesInForce = async (gateway: RunningGateway) => (await gateway.call('config.get', {})).effective.policy.rules;
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

/** Goes on by the Tab key until that has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let press = 0; press < 60 && (await focused(page)) !== name; press += 1) await page.keyboard.press('Tab');
  expect(await focused(page)).toBe(name);
}

test('rules are put in order, changed, applied and taken back by the keyboard alone, which never loses its place', async () => {
  await using gateway = await start();
  await using opened = await openRules(gateway);
  const { page, troubles } = opened;
  await tabTo(page, 'chat');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => names(page)).toEqual(['chat', 'code']);
  await expect.poll(() => focused(page)).toBe('chat');
  await page.getByText('chat is now rule 1 of 2.').waitFor();

  await page.keyboard.press('Enter');
  await tabTo(page, 'Remove the condition Task');
  await page.keyboard.press('Enter');
  await list(page).getByText('Always ask demo/hello').waitFor();
  await expect.poll(() => focused(page)).toBe('Add a condition');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  expect(await page.getByRole('button', { name: /^Remove the condition/ }).count()).toBe(0);

  await page.getByRole('button', { name: 'Apply' }).and(page.locator(':enabled')).waitFor();
  await tabTo(page, 'Apply');
  await page.keyboard.press('Enter');
  await page.getByText('In force, as version 2').waitFor();
  expect((await rulesInForce(gateway)).map(({ name }) => name)).toEqual(['chat', 'code']);
  await tabTo(page, 'Undo');
  await page.keyboard.press('Enter');
  await page.getByText('Version 1 is in force again, as version 3').waitFor();
  await expect.poll(() => names(page)).toEqual(['code', 'chat']);
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(false);
  expect(troubles).toEqual([]);
});

test('a rule is dragged above another by its handle, and shows that it was renamed, not that it is new', async () => {
  await using gateway = await start();
  await using opened = await openRules(gateway);
  const { page, troubles } = opened;
  const middleOf = async (rule: string) => {
    const box = await page.locator(`[data-rule="${rule}"] [title^="Drag"]`).boundingBox();
    if (!box) throw new Error(`The rule ${rule} has no handle.`);
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  await page.mouse.move(...(await middleOf('chat')));
  await page.mouse.down();
  const [x, y] = await middleOf('code');
  await page.mouse.move(x, y - 8, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => names(page)).toEqual(['chat', 'code']);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Edit the rule code' }).click();
  await page.getByLabel('Name', { exact: true }).fill('programming');
  await page.locator('[data-rule="programming"]').getByText('changed', { exact: true }).waitFor();
  expect(troubles).toEqual([]);
});

test('a draft that another window overtook is neither lost nor applied unasked, and what is discarded comes back', async () => {
  await using gateway = await start();
  await using mine = await openRules(gateway);
  await using theirs = await openRules(gateway);
  await mine.page.getByRole('button', { name: 'Remove code' }).click();
  await theirs.page.getByRole('switch', { name: 'Use the rule chat' }).click();
  await theirs.page.getByRole('button', { name: 'Apply' }).click();
  await theirs.page.getByText('In force, as version 2').waitFor();

  const elsewhere = mine.page.getByRole('region', { name: 'Changed elsewhere' });
  await elsewhere.getByText('Rule “chat”: enabled').waitFor();
  expect(await names(mine.page)).toEqual(['chat']);
  await elsewhere.getByRole('button', { name: 'Take what is in force' }).click();
  await expect.poll(() => names(mine.page)).toEqual(['code', 'chat']);
  await mine.page.getByText('Your changes were discarded.').waitFor();
  await mine.page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => names(mine.page)).toEqual(['chat']);
  await mine.page.getByRole('button', { name: 'Apply' }).click();
  await mine.page.getByText('In force, as version 3').waitFor();
  expect(await rulesInForce(gateway)).toMatchObject([{ name: 'chat', enabled: true }]);
  await expect.poll(() => names(theirs.page)).toEqual(['chat']);
  expect([...mine.troubles, ...theirs.troubles]).toEqual([]);
});

test('a mistake that is mended on another screen is none any more, without touching the rule', async () => {
  await using gateway = await start();
  await using opened = await openRules(gateway);
  const { page, troubles } = opened;
  await page.getByRole('button', { name: 'Edit the rule chat' }).click();
  await page.getByLabel('Target 1', { exact: true }).fill('later/m');
  await page.getByText('1 mistake in the rule “chat”.').waitFor();
  const later = { id: 'later', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: ['m'] };
  await gateway.call('config.apply', { config: { ...config, providers: [demo, later] } });
  await page.getByText('Not in force yet.').waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('In force, as version 3').waitFor();
  expect(troubles).toEqual([]);
});
