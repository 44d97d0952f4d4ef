/** How long a webhook is waited for. */
import { expect, test } from 'vitest';
import { waitAfter } from '../../../gateway/alerts/retry-schedule.ts';

const almostOne = 1 - Number.EPSILON;

test('there are eight tries, the first wait is seconds and each later one may be longer', () => {
  const longest = Array.from({ length: 8 }, (_, index) => waitAfter(index + 1, almostOne));
  expect(longest[7]).toBeNull();
  const waits = longest.slice(0, 7).map((wait) => wait ?? 0);
  expect(waits[0]).toBe(5_000);
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(36 * 3_600_000);
});

test('each wait is any part of its longest, so that senders do not meet, but never none', () => {
  expect(waitAfter(4, 0.5)).toBe(30 * 60_000);
  expect(waitAfter(4, 0)).toBe(1_000);
});
