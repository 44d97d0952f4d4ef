/** Stretches of time, cut by the calendars of several zones. */
import { afterEach, expect, test } from 'vitest';
import type { UsageInterval } from '../../../gateway/contract/money/usage.ts';
import { calendarIntervals } from '../../../gateway/money/calendar-intervals.ts';

const zoneBefore = process.env.TZ;
afterEach(() => {
  process.env.TZ = zoneBefore;
});

/** Lengths in hours. */
function lengths(zone: string, interval: UsageInterval, from: string, to: string): (number | string)[] {
  process.env.TZ = zone;
  const cut = calendarIntervals({ fromMs: Date.parse(from), toMs: Date.parse(to), interval }, 1_000) ?? [];
  for (const [index, { startMs }] of cut.entries()) if (index > 0) expect(startMs).toBe(cut[index - 1]?.endMs);
  return cut.map(({ startMs, endMs }) => (endMs - startMs) / 3_600_000);
}

test.each<[zone: string, interval: UsageInterval, from: string, to: string, hours: number[]]>([
  ['Europe/Berlin', 'day', '2026-03-28T00:00:00+01:00', '2026-03-31T00:00:00+02:00', [24, 23, 24]],
  ['Europe/Berlin', 'day', '2026-10-24T00:00:00+02:00', '2026-10-27T00:00:00+01:00', [24, 25, 24]],
  ['Europe/Berlin', 'week', '2026-11-18T00:00:00+01:00', '2026-11-30T00:00:00+01:00', [120, 168]],
  ['America/New_York', 'month', '2028-02-01T00:00:00-05:00', '2028-04-01T00:00:00-04:00', [696, 743]],
  ['Asia/Kolkata', 'day', '2026-11-20T00:00:00+05:30', '2026-11-21T12:00:00+05:30', [24, 12]],
  ['Asia/Kolkata', 'hour', '2026-11-20T00:20:00+05:30', '2026-11-20T02:00:00+05:30', [1, 1]],
  ['America/Havana', 'day', '2026-03-07T00:00:00-05:00', '2026-03-09T00:00:00-04:00', [24, 23]],
])('in %s by the %s from %s to %s', (zone, interval, from, to, hours) => {
  expect(lengths(zone, interval, from, to)).toEqual(hours);
});

test('where they would be too many there are none', () => {
  const toMs = Date.UTC(2026, 10, 20);
  const stretch = { fromMs: toMs - 100 * 3_600_000, toMs, interval: 'hour' } as const;
  expect(calendarIntervals(stretch, 101)?.length).toBeGreaterThanOrEqual(100);
  expect(calendarIntervals(stretch, 99)).toBeNull();
  expect(calendarIntervals({ ...stretch, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, 5)).toBeNull();
});
