/** Hours as the wall shows them. */
import { expect, test } from 'vitest';
import { createHourOf, hourStartsAt } from '../../../../gateway/contract/money/local-hour.ts';

test.each([
  [0, '2026-11-20T10:59:59.999Z', '2026-11-20T10:00:00.000Z'],
  [330, '2026-11-20T10:20:00.000Z', '2026-11-20T09:30:00.000Z'],
  [330, '2026-11-20T10:30:00.000Z', '2026-11-20T10:30:00.000Z'],
  [345, '2026-11-20T10:10:00.000Z', '2026-11-20T09:15:00.000Z'],
  [-210, '2026-11-20T10:29:00.000Z', '2026-11-20T09:30:00.000Z'],
])('with clocks %i minutes before UTC %s is in the hour from %s', (offset, moment, hour) => {
  const hourOf = createHourOf(() => offset);
  expect(new Date(hourOf(Date.parse(moment))).toISOString()).toBe(hour);
  expect(new Date(hourStartsAt(Date.parse(moment), offset)).toISOString()).toBe(hour);
});

test('the zone is asked for again when it may have changed', () => {
  const change = Date.parse('2026-10-25T01:00:00Z');
  const hourOf = createHourOf((atMs) => (atMs < change ? 30 : 0));
  expect(hourOf(change - 1)).toBe(change - 1_800_000);
  expect(hourOf(change)).toBe(change);
  expect(hourOf(change - 1)).toBe(change - 1_800_000);
});
