/** Holds the search of requests to its promises: typed, completed, taken apart, kept, shared, and live. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { matchesQuery } from '../../gateway/contract/requests/matches-query.ts';
import { readQuery } from '../../gateway/contract/requests/query.ts';
import { controlToken, fakeHandlers, openFakeControl, sampleRequest } from '../support/fake-control.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { interfaceFolder, noWindow, openWindow } from '../support/open-window.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const idOf = (number: number) => `req_${String(number).padStart(11, '0')}`;

/** Ten minutes ago, on a whole minute. */
const beganMs = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;

/** Every third has failed, every other was another model's. */
const requestOf = (number: number, changes: Partial<RequestItem> = {}): RequestItem =>
  sampleRequest({
    id: idOf(number),
    startedAtMs: beganMs + number * 1_000,
    state: number % 3 === 0 ? 'upstream_error' : 'ok',
    status: number % 3 === 0 ? 429 : 200,
    errorMessage: number % 3 === 0 ? 'Too many requests' : null,
    requestedModel: number % 2 === 0 ? 'gpt-5-mini' : 'qwen3:8b',
    clientName: number % 2 === 0 ? 'laptop agent' : 'editor',
    ...changes,
  });

const log = Array.from({ length: 40 }, (_nothing, index) => requestOf(40 - index));

/** Searches the log as the gateway does, so many rows at a time. */
function searching(rowsAtATime: number) {
  return fakeHandlers({
    'requests.list': ({ filter = '', cursor, limit }) => {
      const reading = readQuery(filter, Date.now());
      if (!reading.ok) throw new Error(reading.message);
      const rest = log.filter(({ id }) => !cursor || id < cursor);
      const looked = rest.slice(0, rowsAtATime);
      const items = looked.filter((item) => matchesQuery(item, reading.terms)).slice(0, limit);
      const last = looked.at(-1);
      if (looked.length === rest.length || !last) return { items, nextCursor: null };
      return { items, nextCursor: last.id, searchedBackToMs: last.startedAtMs };
    },
    'requests.histogram': ({ filter = '' }) => {
      const reading = readQuery(filter, Date.now());
      const fitting = log.filter((item) => reading.ok && matchesQuery(item, reading.terms));
      const bars = Array.from({ length: 10 }, (_nothing, place) => {
        const [startMs, endMs] = [beganMs + place * 5_000, beganMs + (place + 1) * 5_000];
        const within = fitting.filter(({ startedAtMs }) => startedAtMs >= startMs && startedAtMs < endMs);
        return { startMs, endMs, requests: within.length, failed: within.filter(({ state }) => state !== 'ok').length };
      });
      return { bars, countedBackToMs: null };
    },
  });
}

async function openLog(path = '/requests', rowsAtATime = 1_000) {
  const control = await openFakeControl({ uiDirectory: interfaceFolder, handlers: searching(rowsAtATime) });
  const opened = await openWindow(browser, `${control.listener.url}${path}#token=${controlToken}`);
  return {
    ...control,
    ...opened,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await control.listener.close();
    },
  };
}

const field = (page: Page) => page.getByRole('combobox', { name: 'Search requests' });
const rowCount = (page: Page) => page.getByRole('table', { name: 'Requests' }).getAttribute('aria-rowcount');
const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
const parts = (page: Page) => page.getByRole('list', { name: 'Parts of the search' }).getByRole('listitem').allInnerTexts();

test('a search is typed with the keyboard alone, completed by known names, and lives in the address', async () => {
  await using opened = await openLog();
  const { page, troubles } = opened;
  await page.locator('[data-request]').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('cli');
  await page.getByRole('option', { name: /^client:/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('edi');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => queryOf(page)).toBe('client:editor');
  await page.keyboard.type('status:failed -"no such text"');
  await page.keyboard.press('Enter');
  await expect.poll(() => queryOf(page)).toBe('client:editor status:failed -"no such text"');
  const fitting = log.filter(({ clientName, state }) => clientName === 'editor' && state !== 'ok').length;
  await expect.poll(() => rowCount(page)).toBe(String(fitting + 1));
  await page.reload();
  await expect.poll(() => parts(page)).toEqual(['client:editor', 'status:failed', '-"no such text"']);
  await expect.poll(() => rowCount(page)).toBe(String(fitting + 1));
  await field(page).press('Backspace');
  await expect.poll(() => queryOf(page)).toBe('client:editor status:failed');
  expect(await field(page).inputValue()).toBe('-"no such text"');
  await page.getByRole('button', { name: 'Remove client:editor' }).click();
  await expect.poll(() => queryOf(page)).toBe('status:failed');
  expect(troubles).toEqual([]);
});

test('a word that means nothing is named with what is allowed, and what was typed stays', async () => {
  await using opened = await openLog();
  const { page } = opened;
  await field(page).fill('modle:gpt');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('"modle:gpt" names nothing that requests have; there are model:').waitFor();
  expect([await field(page).inputValue(), queryOf(page)]).toEqual(['modle:gpt', null]);
  await page.goto(page.url().replace(/\/requests.*/, '/requests?q=cost%3Adear'));
  await page.getByText('This search cannot be read').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.locator('[data-request]').first().waitFor();
});

test('only what fits arrives, a request that ends otherwise leaves, and quick parts switch on and off', async () => {
  await using opened = await openLog('/requests?q=status%3Arunning');
  const { page, bus } = opened;
  await page.getByText('No request fits this search').waitFor();
  bus.publish({ type: 'request-started', request: requestOf(50, { state: 'started', status: null, durationMs: null }) });
  bus.publish({ type: 'request-finished', request: requestOf(51) });
  await page.locator(`[data-request="${idOf(50)}"]`).waitFor();
  expect(await rowCount(page)).toBe('2');
  bus.publish({ type: 'request-finished', request: requestOf(50) });
  await page.getByText('No request fits this search').waitFor();
  await page.getByRole('button', { name: 'Running', exact: true }).click();
  await expect.poll(() => queryOf(page)).toBe(null);
  await page.getByRole('button', { name: 'Failed', exact: true }).click();
  await expect.poll(() => queryOf(page)).toBe('status:failed');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Remove status:failed' }).click();
  await expect.poll(() => rowCount(page)).toBe('41');
  bus.publish({ type: 'request-finished', request: requestOf(60) });
  await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
});

test('a search for what is rare goes on by itself, stops, says how far it looked, and goes on when told to', async () => {
  await using opened = await openLog(`/requests?q=${idOf(3)}`, 1);
  const { page } = opened;
  await page.getByText(/^Searched back to .*\d\.$/).waitFor();
  expect(await page.locator('[data-request]').count()).toBe(0);
  await page.getByRole('button', { name: 'Search further back' }).click();
  await page.locator(`[data-request="${idOf(3)}"]`).waitFor();
  await page.getByText('That is all: 1 request.').waitFor();
});

test('a view is saved by a name, survives a reload, and is shown, removed and brought back', async () => {
  await using opened = await openLog('/requests?q=status%3A429+model%3Agpt*');
  const { page } = opened;
  const views = () => page.getByRole('button', { name: 'Views', exact: true }).click();
  await views();
  await page.getByLabel('Name of what is shown now').fill('Throttled');
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.reload();
  await views();
  await page
    .getByRole('list', { name: 'Saved views' })
    .getByRole('button', { name: /^Throttled/ })
    .click();
  await expect.poll(() => queryOf(page)).toBe('status:429 model:gpt*');
  await views();
  await page.getByRole('button', { name: 'Remove the view Throttled' }).click();
  await page.getByText('None yet.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Remove the view Throttled' }).waitFor();
});

test('bars above the list count what is searched for; dragging over them, or a row of their table, chooses a span', async () => {
  await using opened = await openLog('/requests?q=status%3Afailed+since%3A2h');
  const { page } = opened;
  const bars = page.getByRole('img', { name: /^Requests over time: 13 requests, 13 failed/ });
  const box = await bars.boundingBox();
  if (!box) throw new Error('There are no bars.');
  const at = (place: number) => box.x + (box.width * (place + 0.5)) / 10;
  await page.mouse.move(at(4), box.y + 20);
  await page.mouse.down();
  await page.mouse.move(at(1), box.y + 20, { steps: 4 });
  await page.mouse.up();
  const minute = new Date(beganMs).toISOString().slice(0, 17);
  await expect.poll(() => queryOf(page)).toBe(`status:failed since:${minute}05Z before:${minute}25Z`);
  // Requests 6, 9 … 24.
  await expect.poll(() => rowCount(page)).toBe('8');
  await page.getByRole('button', { name: 'Show as a table' }).click();
  const table = page.getByRole('region', { name: 'Requests over time, as a table' });
  await expect.poll(() => table.getByRole('row').count()).toBe(5);
  await field(page).click();
  await page.getByRole('listbox', { name: 'Parts of a query' }).waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
  await table.getByRole('button').first().press('Enter');
  await expect.poll(() => rowCount(page)).toBe('3');
});
