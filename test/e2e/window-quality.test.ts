/** Holds every screen of the window to what must never slip: safety, contrast, keyboard, room, and pace. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { controlToken, type FakeControl, openFakeControl, sampleRequest } from '../support/fake-control.ts';
import { endless, handlersSaying, hostile, requestSaying } from '../support/hostile-control.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { localModelsHandlers } from '../support/local-models-samples.ts';
import { moneyControl } from '../support/money-control.ts';
import {
  goTo,
  interfaceFolder,
  largeWindow,
  noWindow,
  type OpenedWindow,
  openWindow,
  smallWindow,
} from '../support/open-window.ts';
import { openLocalModels, visitModels } from '../support/visit-models.ts';
import { visitKeys, visitUsage } from '../support/visit-money.ts';
import { visitRouting } from '../support/visit-routing.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

type Changes = Parameters<typeof openFakeControl>[0];

/** The built window over a made-up gateway. */
async function openOver(changes: Changes, options: Parameters<typeof openWindow>[2] = {}, path = '/') {
  const control = await openFakeControl({
    uiDirectory: interfaceFolder,
    handlers: moneyControl(localModelsHandlers()).handlers,
    ...changes,
  });
  const opened = await openWindow(browser, `${control.listener.url}${path}#token=${controlToken}`, options);
  return {
    ...control,
    ...opened,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await control.listener.close();
    },
  } satisfies FakeControl & OpenedWindow;
}

const screens = ['Home', 'Providers', 'Models', 'Routing', 'Requests', 'Usage', 'Settings'] as const;

/** Every screen, sheet and dialog, one after the other. */
async function visitEverything(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  const settled = page.getByRole('contentinfo').getByText('Running');
  await settled.first().waitFor();
  for (const screen of screens) {
    await goTo(page, screen);
    await page.locator('main :is(h1, h2)').first().waitFor();
    if (screen === 'Providers') await page.getByRole('list', { name: 'Models' }).waitFor();
    if (screen === 'Models') await page.locator('[data-model]').first().waitFor();
    if (screen === 'Usage') await page.getByRole('list', { name: 'What is shown' }).waitFor();
    if (screen === 'Home' || screen === 'Requests') await page.locator('[data-request]').first().waitFor();
    await look(screen);
  }
  await visitModels(page, look);
  await visitRouting(page, look);
  await visitUsage(page, look);
  await visitKeys(page, look);
  await goTo(page, 'Requests');
  await page.locator('[data-request] a').first().click();
  await page.getByRole('dialog').getByText('Show only').waitFor();
  await look('Sheet');
  await page.keyboard.press('Escape');
  await goTo(page, 'Providers');
  await page.getByRole('link', { name: 'Add', exact: true }).click();
  await page.getByLabel('Search kinds of providers').waitFor();
  await look('Kinds of providers');
  await page.getByRole('link', { name: 'Azure OpenAI' }).click();
  await page.getByRole('button', { name: 'Add provider' }).click();
  await look('Add a provider');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByText('Add a provider').waitFor();
  await look('Commands');
  await page.keyboard.press('Escape');
}

describe('safety', () => {
  test('what clients and providers write is shown as text on every screen, and does nothing', async () => {
    await using opened = await openOver({ handlers: handlersSaying(hostile) });
    const { page, troubles, bus } = opened;
    await visitEverything(page, async (where) => {
      expect([where, await page.evaluate(() => 'pwned' in window), await page.locator('img, main script').count()]).toEqual([
        where,
        false,
        0,
      ]);
    });
    await goTo(page, 'Requests');
    bus.publish({ type: 'request-finished', request: requestSaying(hostile, { id: 'req_00000000003' }) });
    await page.locator('[data-request="req_00000000003"]').getByText('onerror="window.pwned=1"').first().waitFor();
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(troubles).toEqual([]);
  });

  test('the page holds no token, asks no other origin, runs nothing inline, and is told so by its policy', async () => {
    await using opened = await openOver({});
    const { page, addresses, listener, troubles } = opened;
    await visitEverything(page, async () => {
      expect(await page.content()).not.toContain(controlToken);
    });
    expect(page.url()).not.toContain(controlToken);
    expect(await page.evaluate(() => [document.cookie, JSON.stringify({ ...localStorage })])).toEqual(['', '{}']);
    expect([...new Set(addresses.map((address) => new URL(address).origin))]).toEqual([listener.url]);
    const served = await fetch(listener.url);
    expect(served.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(await served.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/);
    expect(await page.locator('style').count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('a window without a token asks for it over whatever is open, and goes on with it', async () => {
    const control = await openFakeControl({ uiDirectory: interfaceFolder });
    await using opened = await openWindow(browser, `${control.listener.url}/settings`);
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Control token' }).fill('wrong');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('does not accept this token').first().waitFor();
    await page.getByRole('textbox', { name: 'Control token' }).fill(controlToken);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('contentinfo').getByText('Running').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await control.listener.close();
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)('axe finds nothing serious on any screen in the %s theme', async (colorScheme) => {
    await using opened = await openOver({}, { colorScheme });
    const { page } = opened;
    const found: string[] = [];
    await visitEverything(page, async (where) => {
      // The window has no frames, for which axe would open another page each time.
      const { violations } = await new AxeBuilder({ page })
        .options({ resultTypes: ['violations'] })
        .setLegacyMode()
        .analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          found.push(`${where}: ${id} at ${nodes.map(({ html }) => html).join(' | ')}`);
      }
    });
    expect(found).toEqual([]);
  });

  test('the keyboard alone reaches everything on every screen, and sees where it is', async () => {
    await using opened = await openOver({});
    const { page } = opened;
    for (const screen of [...screens, 'Local models'] as const) {
      await (screen === 'Local models' ? openLocalModels(page) : goTo(page, screen));
      await page.locator('main :is(h1, h2)').first().waitFor();
      await page.waitForTimeout(300);
      expect({ screen, missed: await unreachedByTab(page) }).toEqual({ screen, missed: [] });
    }
  });

  test('arrow keys walk the requests, Enter opens one, Escape goes back to its row; slash, commands and settings have keys', async () => {
    const items = [3, 2, 1].map((number) => sampleRequest({ id: `req_0000000000${number}` }));
    await using opened = await openOver(
      { handlers: { ...handlersSaying('a'), 'requests.list': () => ({ items, nextCursor: null }) } },
      {},
      '/requests',
    );
    const { page } = opened;
    await page.locator('[data-request] a').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('req_00000000001').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest('[data-request]')?.getAttribute('data-request') ?? null);
    await expect.poll(focused).toBe('req_00000000001');
    await page.keyboard.press('/');
    await page.keyboard.type('tools');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove tools' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.getByRole('button', { name: 'New client key' }).click();
    await page.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('providers');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Providers' }).waitFor();
  });

  test.each([smallWindow, largeWindow, { width: 3840, height: 2160 }])(
    'nothing overflows at %o, however long the strings are',
    async (viewport) => {
      await using opened = await openOver({ handlers: handlersSaying(endless) }, { viewport });
      const { page } = opened;
      const wide: string[] = [];
      await visitEverything(page, async (where) => {
        wide.push(...(await overflowing(page)).map((what) => `${where}: ${what}`));
      });
      expect(wide).toEqual([]);
    },
  );

  test('the theme follows the system, can be chosen, and stays chosen', async () => {
    await using opened = await openOver({}, { colorScheme: 'dark' }, '/settings');
    const { page } = opened;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByLabel('Light').waitFor();
    expect(await ground()).toBe('rgb(23, 24, 26)');
    await page.getByLabel('Light').check();
    expect(await ground()).toBe('rgb(246, 246, 245)');
    await page.reload();
    expect(await page.getByLabel('Light').isChecked()).toBe(true);
    expect(await ground()).toBe('rgb(246, 246, 245)');
  });
});

/** Presses Tab until the focus comes round, and names what is shown, can be used, and was never visibly focused. */
async function unreachedByTab(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const usable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled)';
    for (const element of document.querySelectorAll(usable)) {
      // Rows of a table and the choices of a radio group are one stop, walked by arrow keys.
      const isWalked = element.matches('[data-request] a, input[type="radio"]:not(:checked)');
      if (!isWalked && element.checkVisibility()) element.setAttribute('data-unreached', '');
    }
    const isMarked = (element: Element, part?: string) => getComputedStyle(element, part).outlineStyle !== 'none';
    document.addEventListener('focusin', ({ target }) => {
      if (!(target instanceof Element)) return;
      // The mark may be drawn by what surrounds it: a row, a choice, a link that covers its entry.
      const around = target.closest('[role="row"], label');
      if (isMarked(target) || isMarked(target, '::after') || (around && isMarked(around)))
        target.removeAttribute('data-unreached');
    });
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  for (let press = 0; press < 60; press += 1) await page.keyboard.press('Tab');
  const unseen = await page.evaluate(() =>
    [...document.querySelectorAll('[data-unreached]')].map((element) => element.outerHTML),
  );
  await page.evaluate(() =>
    document.querySelectorAll('[data-unreached]').forEach((element) => element.removeAttribute('data-unreached')),
  );
  return unseen;
}

/** What is wider than its place: the page, the screen, or a text that leaves its box without being cut. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll('html, main, main *, nav, footer, [role="dialog"], [role="dialog"] *')) {
      const { overflowX, display } = getComputedStyle(element);
      const isCut = overflowX !== 'visible' && !element.matches('html, main, [role="dialog"]');
      if (!isCut && display !== 'inline' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1) {
        found.push(`${element.tagName} ${element.className} ${element.scrollWidth}>${element.clientWidth}`);
      }
    }
    return found;
  });
}
