/** Holds the switch of unusual spending to a person's own numbers. */
import { expect, test } from 'vitest';
import { turnedUnusual } from '../../../../../renderer/screens/settings/unusual-spend.ts';

test('turned off and on again, it has the numbers of before', () => {
  const own = { times: 12, minUsd: 0.5 };
  expect([turnedUnusual(false, own), turnedUnusual(true, own)]).toEqual([false, own]);
});

test('turned on for the first time, it has the usual numbers', () => {
  expect(turnedUnusual(true, null)).toEqual({ times: 5, minUsd: 1 });
});
