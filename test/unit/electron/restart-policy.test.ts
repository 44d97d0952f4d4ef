/** A gateway that ends is started again with patience, and not for ever. */
import { expect, test } from 'vitest';
import { nextStartDelay } from '../../../electron/restart-policy.ts';

test('the pause doubles with every end within a minute, and the fifth is the last', () => {
  const ends = [0, 1_500, 4_000, 9_000, 18_000];
  const delays = ends.map((_atMs, index) => nextStartDelay(ends.slice(0, index + 1), 1));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, null]);
});

test('an end long after the others begins anew', () => {
  expect(nextStartDelay([0, 1_000, 2_000, 3_000, 90_000], null)).toBe(1_000);
});

test.each([2, 3, 4])('exit code %i, which starting again does not mend, is the last at once', (code) => {
  expect(nextStartDelay([0], code)).toBeNull();
});
