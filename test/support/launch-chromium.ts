/** Starts the Chromium that setup found or installed, or says why the browser tests cannot run. */
import { type Browser, chromium } from 'playwright';
import { findChromium } from '../../resources/build/chromium.mjs';

/** Where Chromium is; null when there is none. */
export const chromiumPath = findChromium();

/** The reason to give to `context.skip`, naming what a person can do. */
export const noChromium = 'no Chromium was found: install one, or set GATEHOUSE_CHROMIUM to its path';

/**
 * @param more further arguments of its command line
 * @throws Error when there is no Chromium
 */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  if (!chromiumPath) throw new Error(noChromium);
  return await chromium.launch({
    executablePath: chromiumPath,
    // Chromium refuses to run its sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
