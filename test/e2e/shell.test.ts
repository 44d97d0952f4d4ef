/** The desktop application, really launched: its window, its locks, its gateway's life and its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchShell, noShell, type RunningShell } from '../support/launch-shell.ts';
import { startDisplay, type VirtualDisplay } from '../support/virtual-display.ts';

let display: VirtualDisplay;
let shell: RunningShell;

beforeAll(async () => {
  if (noShell) return;
  display = await startDisplay();
  shell = await launchShell({ display: display.name });
});
beforeEach((context) => context.skip(noShell !== null, noShell ?? ''));
afterAll(async () => {
  await shell?.[Symbol.asyncDispose]();
  await display?.[Symbol.asyncDispose]();
});

test('the window opens on the interface, and the page holds neither Node nor the token', async () => {
  const { page } = shell;
  expect(page.url()).toMatch(/^app:\/\/gatehouse\//);
  await page.locator('main').waitFor();
  const [, token = ''] = await shell.printed(/#token=(\S+)/);
  expect(token).toHaveLength(43);
  expect(await page.evaluate(() => [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')])).toEqual([
    'undefined',
    'undefined',
  ]);
  expect(await page.content()).not.toContain(token);
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]))).not.toContain(
    token,
  );
  await delay(10);
});
