/** Opens the built window in Chromium, and keeps what the browser complains of and every address it asks for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { chromiumPath, noChromium } from './launch-chromium.ts';

export const interfaceFolder = join(import.meta.dirname, '..', '..', 'dist', 'renderer');

/** Why the window cannot be tested here; null when it can. */
export const noWindow = !chromiumPath
  ? noChromium
  : existsSync(join(interfaceFolder, 'index.html'))
    ? null
    : 'the window is not built: run node resources/build/bundle.mjs, or npm test';

export interface OpenedWindow extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, and whatever was thrown in the page. */
  readonly troubles: readonly string[];
  /** Every address that was asked for. */
  readonly addresses: readonly string[];
}

export const smallWindow = { width: 900, height: 600 };
export const largeWindow = { width: 1440, height: 900 };

/** What a browser says when its gateway is away: not the page's fault. */
const goneGateway = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;

export async function openWindow(
  browser: Browser | null,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedWindow> {
  if (!browser) throw new Error(noChromium);
  const context = await browser.newContext({
    viewport: smallWindow,
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const troubles: string[] = [];
  const addresses: string[] = [];
  page.on('console', (message) => {
    const isTrouble = message.type() === 'error' || message.type() === 'warning';
    if (isTrouble && !goneGateway.test(message.text())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(url);
  return { page, troubles, addresses, [Symbol.asyncDispose]: () => context.close() };
}

/** Goes to a screen as a person does. */
export async function goTo(
  page: Page,
  screen: 'Home' | 'Providers' | 'Models' | 'Routing' | 'Requests' | 'Usage' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
}
