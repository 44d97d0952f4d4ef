/** Holds the window to its pace: first paint, many requests a second, long logs, and nothing that jumps. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { controlToken, fakeHandlers, openFakeControl, sampleRequest } from '../../support/fake-control.ts';
import { launchChromium } from '../../support/launch-chromium.ts';
import { interfaceFolder, largeWindow, noWindow, openWindow } from '../../support/open-window.ts';

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const idOf = (number: number) => `req_${String(number).padStart(11, '0')}`;
const finished = (number: number): RequestItem => sampleRequest({ id: idOf(number), startedAtMs: 1_780_000_000_000 + number });
const started = (number: number): RequestItem => ({ ...finished(number), state: 'started', durationMs: null, status: null });

/** A log of so many requests, in pages. */
function logOf(count: number) {
  return fakeHandlers({
    'requests.list': ({ filter, cursor, limit }) => {
      if (filter === 'status:running') return { items: [], nextCursor: null };
      const newest = cursor ? Number(cursor.slice(4)) - 1 : count;
      const length = Math.min(limit, newest);
      const items = Array.from({ length }, (_nothing, index) => finished(newest - index));
      return { items, nextCursor: newest > limit ? idOf(newest - length + 1) : null };
    },
  });
}

async function openLog(count: number) {
  const control = await openFakeControl({ uiDirectory: interfaceFolder, handlers: logOf(count) });
  const opened = await openWindow(browser, `${control.listener.url}/requests#token=${controlToken}`, { viewport: largeWindow });
  await opened.page
    .locator(count === 0 ? 'text=No requests yet' : '[data-request]')
    .first()
    .waitFor();
  return {
    ...control,
    ...opened,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await control.listener.close();
    },
  };
}

const scroller = (page: Page) => page.locator('main [role="table"]').locator('..');
const topOf = async (page: Page, number: number) => (await page.locator(`[data-request="${idOf(number)}"]`).boundingBox())?.y;

test('the first screen is painted within a second', async () => {
  await using opened = await openLog(100);
  const firstPaintMs = await opened.page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
  );
  expect(firstPaintMs).toBeLessThan(1_000);
});

/** Long tasks of the page and the gaps between its frames, in milliseconds, over so long. */
function measureFrames(page: Page, forMs: number): Promise<{ readonly gaps: number[]; readonly longTasks: number[] }> {
  return page.evaluate(async (lengthMs) => {
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    const gaps: number[] = [];
    const beganAt = performance.now();
    let before = beganAt;
    while (performance.now() - beganAt < lengthMs) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      gaps.push(performance.now() - before);
      before = performance.now();
    }
    observer.disconnect();
    return { gaps, longTasks };
  }, forMs);
}

/** Frames later than 50 ms, and tasks of the page longer than that, of one round. */
const slowOf = ({ gaps, longTasks }: Awaited<ReturnType<typeof measureFrames>>) => [
  ...gaps.filter((gap) => gap > 50),
  ...longTasks,
];

test('fifty requests a second arrive without a frame over 50 ms, and every one of them is there', async () => {
  await using opened = await openLog(200);
  const { page, bus } = opened;
  let number = 200;
  const timer = setInterval(() => {
    number += 1;
    bus.publish({ type: 'request-started', request: started(number) });
    if (number > 210) bus.publish({ type: 'request-finished', request: finished(number - 10) });
  }, 20);
  // What else the machine does costs a frame here and there; what the page does costs frames in every round.
  const rounds: number[][] = [];
  while (rounds.length < 6 && !rounds.some((slow) => slow.length === 0)) rounds.push(slowOf(await measureFrames(page, 2_500)));
  clearInterval(timer);
  expect(rounds.at(-1)).toEqual([]);
  expect(number).toBeGreaterThan(200 + rounds.length * 2.5 * 50 * 0.7);
  await page.locator(`[data-request="${idOf(number)}"]`).waitFor();
  expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(101 + number - 200));
}, 60_000);

test('a window in which nothing happens does next to nothing', async () => {
  await using opened = await openLog(200);
  const { page } = opened;
  await page.waitForTimeout(1_000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busySeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await busySeconds();
  await page.waitForTimeout(4_000);
  expect((await busySeconds()) - before).toBeLessThan(0.08);
});

test('a log of any length is read page by page as it is scrolled, with few rows in the page at a time', async () => {
  await using opened = await openLog(450);
  const { page } = opened;
  const scrollToEnd = async () => {
    await scroller(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
    return await page.locator(`[data-request="${idOf(1)}"]`).isVisible();
  };
  await expect.poll(scrollToEnd, { timeout: 15_000 }).toBe(true);
  await page.getByText('That is all: 450 requests.').waitFor();
  expect(await page.locator('[data-request]').count()).toBeLessThan(60);
});

test('rows in view stay where they are when new ones arrive above them', async () => {
  await using opened = await openLog(400);
  const { page, bus } = opened;
  await scroller(page).evaluate((element) => element.scrollTo(0, 32 * 20));
  await page.locator(`[data-request="${idOf(370)}"]`).waitFor();
  const before = await topOf(page, 370);
  for (let number = 401; number <= 440; number += 1) bus.publish({ type: 'request-finished', request: finished(number) });
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe('141');
  expect(await topOf(page, 370)).toBe(before);
});

test('a paused list holds new requests back, counts them, and shows them when it goes on', async () => {
  await using opened = await openLog(3);
  const { page, bus } = opened;
  await page.getByRole('button', { name: 'Pause' }).click();
  bus.publish({ type: 'request-started', request: started(4) });
  bus.publish({ type: 'request-finished', request: finished(4) });
  bus.publish({ type: 'request-started', request: started(5) });
  await page.getByRole('button', { name: 'Resume (2 new)' }).click();
  await page.locator(`[data-request="${idOf(5)}"][data-state="started"]`).waitFor();
  await page.locator(`[data-request="${idOf(4)}"][data-state="ok"]`).waitFor();
});

test('a list that cannot be read says why and is there after another try', async () => {
  let broken = true;
  const control = await openFakeControl({
    uiDirectory: interfaceFolder,
    handlers: {
      ...logOf(3),
      'requests.list': (input) => {
        if (broken) throw new Error('no disk');
        return logOf(3)['requests.list'](input);
      },
    },
  });
  await using opened = await openWindow(browser, `${control.listener.url}/requests#token=${controlToken}`);
  const { page } = opened;
  await page.getByRole('alert').getByText('The requests could not be read').waitFor();
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator(`[data-request="${idOf(3)}"]`).waitFor();
  await control.listener.close();
});
