/** Opens the plain page in a real browser: the token leaves the address, strings stay text, rows appear as they happen. */
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CallError } from '../../gateway/contract/calls.ts';
import { configSchema } from '../../gateway/contract/config.ts';
import {
  controlToken,
  fakeHandlers,
  type FakeControl,
  openFakeControl,
  runningStatus,
  sampleRequest,
} from '../support/fake-control.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/launch-chromium.ts';

const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`;

let browser: Browser | null = null;
const opened: FakeControl[] = [];
const pages: Page[] = [];

beforeAll(async () => {
  if (chromiumPath) browser = await launchChromium();
});
beforeEach((context) => context.skip(!chromiumPath, noChromium));
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  for (const { listener } of opened.splice(0)) await listener.close();
});
afterAll(() => browser?.close());

async function openControl(changes: Parameters<typeof openFakeControl>[0] = {}): Promise<FakeControl> {
  const control = await openFakeControl(changes);
  opened.push(control);
  return control;
}

interface Opened {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** Opens the page; everything the browser complains of is kept. */
async function openPage(url: string): Promise<Opened> {
  if (!browser) throw new Error(noChromium);
  const context = await browser.newContext({ viewport: { width: 900, height: 600 } });
  const page = await context.newPage();
  pages.push(page);
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  await page.goto(url);
  return { page, troubles };
}

const withToken = ({ listener }: FakeControl, token = controlToken) => `${listener.url}/#token=${token}`;

test('the token leaves the address, survives a reload, and is in no other place of the page', async () => {
  const control = await openControl();
  const { page, troubles } = await openPage(withToken(control));
  await page.getByText('Running', { exact: true }).waitFor();
  expect(page.url()).toBe(`${control.listener.url}/`);
  expect(await page.content()).not.toContain(controlToken);
  expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0]);
  await page.reload();
  await page.getByText('Running', { exact: true }).waitFor();
  // What no event keeps true is not shown: the status says 1 in flight.
  expect(await page.locator('#state-facts').textContent()).toBe('version 0.1.0 · /home/ada/.gatehouse');
  expect(await page.locator('#base-url').textContent()).toBe('http://127.0.0.1:4283/v1');
  expect(await page.locator('#curl').textContent()).toContain('curl http://127.0.0.1:4283/v1/chat/completions');
  expect(troubles).toEqual([]);
});

test('a request appears while it runs and is finished in its own row, without a reload', async () => {
  const control = await openControl({ handlers: fakeHandlers({ 'requests.list': () => ({ items: [], nextCursor: null }) }) });
  const { page, troubles } = await openPage(withToken(control));
  await page.getByText('No requests yet.').waitFor();
  const running = sampleRequest({ id: 'req_live', state: 'started', status: null, durationMs: null, firstTokenMs: null });
  control.bus.publish({ type: 'request-started', request: running });
  const row = page.locator('#rows tr');
  await row.getByText('running').waitFor();
  control.bus.publish({ type: 'request-finished', request: sampleRequest({ id: 'req_live' }) });
  await row.getByText('ok', { exact: true }).waitFor();
  expect(await row.count()).toBe(1);
  expect(await row.locator('td').allTextContents()).toEqual(
    expect.arrayContaining(['1,204 / 318', '213 ms', '1.24 s', 'laptop agent']),
  );
  expect(await page.getByText('No requests yet.').isVisible()).toBe(false);
  expect(troubles).toEqual([]);
});

test('what clients and providers write is shown as text and does nothing', async () => {
  const item = sampleRequest({
    state: 'upstream_error',
    status: 502,
    requestedModel: hostile,
    provider: hostile,
    model: hostile,
    clientName: hostile,
    errorMessage: hostile,
  });
  const status = { ...runningStatus, problems: [{ id: 'a', message: hostile, fix: hostile }], dataDir: hostile };
  const control = await openControl({
    handlers: fakeHandlers({ 'requests.list': () => ({ items: [item], nextCursor: null }), 'status.get': () => status }),
  });
  const { page, troubles } = await openPage(withToken(control));
  await page.locator('#rows tr').waitFor();
  control.bus.publish({ type: 'request-finished', request: { ...item, id: 'req_second' } });
  await page.locator('#rows tr').nth(1).waitFor();
  expect(await page.title()).toBe('Gatehouse');
  expect(await page.locator('img, main script').count()).toBe(0);
  expect(await page.locator('#rows').textContent()).toContain(hostile);
  expect(troubles).toEqual([]);
});

test('without a token, or with a wrong one, the page says so and takes one by hand', async () => {
  const control = await openControl();
  const { page } = await openPage(control.listener.url);
  await page.getByRole('alert').getByText('needs the control token').waitFor();
  await page.getByLabel('Control token').fill('wrong');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('alert').getByText('does not accept this token').waitFor();
  await page.getByLabel('Control token').fill(controlToken);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Running', { exact: true }).waitFor();
  expect(await page.getByRole('alert').isVisible()).toBe(false);
});

test('when the gateway is gone the page says so, and follows again when it is back', async () => {
  const first = await openFakeControl();
  const { page } = await openPage(withToken(first));
  await page.locator('#rows tr').waitFor();
  await first.listener.close();
  await page.getByRole('alert').getByText('does not answer').waitFor();
  const again = await openControl({ port: first.listener.port });
  await page.getByText('Running', { exact: true }).waitFor({ timeout: 15_000 });
  expect(await page.getByRole('alert').isVisible()).toBe(false);
  again.bus.publish({ type: 'request-finished', request: sampleRequest({ id: 'req_after', requestedModel: 'after/return' }) });
  await page.getByText('after/return').waitFor();
});

test('a gateway that answers but cannot do its work is told apart from one that is gone', async () => {
  let isBroken = true;
  const handlers = fakeHandlers({
    'requests.list': () => {
      if (isBroken) throw new CallError('unavailable', 'The log cannot be read just now.');
      return { items: [], nextCursor: null };
    },
  });
  const { page } = await openPage(withToken(await openControl({ handlers })));
  await page.getByRole('alert').getByText('The log cannot be read just now.').waitFor();
  expect(await page.locator('#state-word').textContent()).toBe('In trouble');
  isBroken = false;
  await page.getByText('Running', { exact: true }).waitFor();
});

test('the copy buttons put base URL and command on the clipboard', async () => {
  const { page, troubles } = await openPage(withToken(await openControl()));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText('Running', { exact: true }).waitFor();
  await page.locator('[data-copies="base-url"]').click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('http://127.0.0.1:4283/v1');
  expect(troubles).toEqual([]);
});

test('a changed config or state changes the page without a reload', async () => {
  let requireKey = true;
  const control = await openControl({
    handlers: fakeHandlers({
      'config.get': () => ({
        version: 3,
        document: {},
        effective: configSchema.parse({ version: 1, access: { requireKey } }),
        overrides: [],
      }),
    }),
  });
  const { page } = await openPage(withToken(control));
  await page.locator('#curl').getByText('Bearer').waitFor();
  requireKey = false;
  control.bus.publish({ type: 'config-changed', version: 4 });
  await page.locator('#curl:not(:has-text("Bearer"))').waitFor();
  control.bus.publish({ type: 'status-changed', status: { ...runningStatus, state: 'stopping' } });
  await page.getByText('Stopping', { exact: true }).waitFor();
});

test('a stopped gateway is shown as stopped, with nothing to copy', async () => {
  const status = { ...runningStatus, state: 'stopped' as const, baseUrl: null, boundHosts: [], startedAtMs: null };
  const { page } = await openPage(withToken(await openControl({ handlers: fakeHandlers({ 'status.get': () => status }) })));
  await page.getByText('Stopped', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Copy' }).first().isDisabled()).toBe(true);
  expect(await page.locator('#base-url').textContent()).toBe('not listening now');
});

test('nothing overflows the window sideways at 900×600, however long the strings are', async () => {
  const long = 'x'.repeat(256);
  const item = sampleRequest({ requestedModel: long, clientName: long, errorMessage: long.repeat(4) });
  const status = { ...runningStatus, dataDir: `/${long}`, problems: [{ id: 'a', message: long, fix: long }] };
  const control = await openControl({
    handlers: fakeHandlers({ 'requests.list': () => ({ items: [item], nextCursor: null }), 'status.get': () => status }),
  });
  const { page } = await openPage(withToken(control));
  await page.locator('#rows tr').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(900);
});
