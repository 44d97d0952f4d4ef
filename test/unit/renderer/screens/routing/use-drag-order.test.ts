/** Holds a dragged rule to landing where the line shows it. */
import { expect, test } from 'vitest';
import { landingPlace } from '../../../../../renderer/screens/routing/use-drag-order.ts';

const middles = [10, 30, 50, 70];

test.each([
  [0, 5, 0],
  [0, 35, 1],
  [0, 200, 3],
  [3, 5, 0],
  [3, 45, 2],
  [2, 52, 2],
  [1, -40, 0],
])('rule %i at height %i lands at %i', (from, height, to) => {
  expect(landingPlace(middles, from, height)).toBe(to);
});
