/** Alerts on the desktop, in the launched shell over a real gateway: notifications, and the tray's lines about money. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchShell, noShell, type RunningShell } from '../../support/launch-shell.ts';
import { callAsPage, chooseFromTray, recordTray, trayLabels } from '../../support/shell-page.ts';
import { startDisplay, type VirtualDisplay } from '../../support/virtual-display.ts';

let display: VirtualDisplay;
let shell: RunningShell;

beforeAll(async () => {
  if (noShell) return;
  display = await startDisplay();
  shell = await launchShell({ display: display.name });
  await shell.page.locator('main').waitFor();
});
beforeEach(async (context) => {
  context.skip(noShell !== null, noShell ?? '');
  await recordNotices();
});
afterAll(async () => {
  await shell?.[Symbol.asyncDispose]();
  await display?.[Symbol.asyncDispose]();
});

const callFromPage = (name: string, input?: object) => callAsPage(shell.page, name, input);

interface Notice {
  readonly title: string;
  readonly body: string;
  emit(event: string): void;
}

/** Keeps the notifications that are shown from now on; no desktop shows them here. */
async function recordNotices(): Promise<void> {
  await shell.app.evaluate(({ Notification }) => {
    const notices: Notice[] = [];
    Reflect.set(globalThis, 'notices', notices);
    Notification.prototype.show = function show(this: Notice) {
      notices.push(this);
    };
  });
}

const notices = () =>
  shell.app.evaluate(() => {
    const all: Notice[] = Reflect.get(globalThis, 'notices');
    return all.map(({ title, body }) => `${title} | ${body}`);
  });
const isVisible = () => shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
const path = () => shell.page.evaluate(() => location.pathname);

/** The tray shows what the gateway just did: what it tells is heard. */
async function listening(): Promise<void> {
  await recordTray(shell);
  await expect.poll(() => callFromPage('gateway.stop')).toMatchObject({ status: 200 });
  await expect.poll(() => trayLabels(shell)).toContain('Start the gateway');
  await callFromPage('gateway.start');
}

test('an alert is shown by the desktop, and its click opens the window on Usage', async () => {
  await listening();
  expect(await callFromPage('alerts.test')).toMatchObject({ ok: true });
  await expect.poll(notices).toEqual(["Gatehouse: A test of alerts | This is a test of Gatehouse's alerts: they arrive here."]);
  await shell.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.hide();
    const all: Notice[] = Reflect.get(globalThis, 'notices');
    all[0]?.emit('click');
  });
  await expect.poll(path).toBe('/usage');
  expect(await isVisible()).toBe(true);
  await shell.page.evaluate(() => history.back());
  await expect.poll(path).toBe('/');
});

test('one of real spending stands in the tray until it is seen, and is no notification where the config wants none', async () => {
  await recordTray(shell);
  const config = {
    version: 1,
    listen: { port: 0 },
    providers: [{ id: 'demo', kind: 'demo' }],
    prices: { overrides: { 'demo/hello': { inputPerMillionUsd: 1_000, outputPerMillionUsd: 1_000 } } },
    budgets: [{ name: 'Team', period: 'day', limitUsd: 5, mode: 'soft', warnAt: [0.001] }],
    alerts: { desktop: false },
  };
  expect(await callFromPage('config.apply', { config })).toMatchObject({ ok: true });
  await spend();
  const alertLines = async () => (await trayLabels(shell)).filter((label) => label.startsWith('0.1 % of the budget "Team"'));
  await expect.poll(alertLines, { timeout: 5_000 }).toHaveLength(1);
  const [line = ''] = await alertLines();
  await chooseFromTray(shell, line);
  await expect.poll(path).toBe('/usage');
  const { value } = (await callFromPage('alerts.list')) as { value: { items: { id: string }[] } };
  expect(await callFromPage('alerts.see', { ids: value.items.map(({ id }) => id) })).toMatchObject({ value: { seen: 1 } });
  await expect.poll(alertLines, { timeout: 5_000 }).toEqual([]);
  expect(await notices()).toEqual([]);
});

/** A request by a key of its own, to where the gateway listens now. */
async function spend(): Promise<void> {
  const created = (await callFromPage('clients.create', { name: 'spender' })) as { value: { key: string } };
  const told = (await callFromPage('status.get')) as { value: { baseUrl: string } };
  const response = await fetch(`${told.value.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${created.value.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo/hello', messages: [{ role: 'user', content: 'Hello!' }] }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('chat.completion')]);
}
