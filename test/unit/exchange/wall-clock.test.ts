/** The clock on the wall: the zone follows the moment, and is asked for once a minute. */
import { expect, test } from 'vitest';
import { createWallClock } from '../../../gateway/exchange/wall-clock.ts';

test('the difference to UTC is that of the moment, though it is asked for only once a minute', () => {
  const asked: number[] = [];
  const summerFrom = 120_000;
  const clock = createWallClock((atMs) => {
    asked.push(atMs);
    return atMs < summerFrom ? 60 : 120;
  });
  expect([clock(0), clock(59_999), clock(60_000), clock(119_999), clock(120_000)].map((at) => at.utcOffsetMinutes)).toEqual([
    60, 60, 60, 60, 120,
  ]);
  expect(asked).toEqual([0, 60_000, 120_000]);
  expect(clock(120_001)).toEqual({ atMs: 120_001, utcOffsetMinutes: 120 });
});
