/** Periods of budgets: each moment lies in one, they follow each other without a gap, and clocks may change as they like. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CalendarPeriod, createPeriodClock, periodAt } from '../../../../gateway/money/budgets/periods.ts';

const zone = process.env.TZ;
const at = (text: string): number => Date.parse(text);
const hourMs = 3_600_000;

afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/Santiago'])('in %s', (name) => {
  beforeAll(() => {
    process.env.TZ = name;
  });

  test.each<CalendarPeriod>(['hour', 'day', 'week', 'month'])(
    'every %s of two years follows the one before, and holds each moment of its own',
    (kind) => {
      let period = periodAt(kind, at('2026-01-01T12:00:00Z'));
      const ids = new Set<string>();
      const steps = kind === 'hour' ? 24 * 340 : 750;
      for (let step = 0; step < steps && period.startsAtMs < at('2028-03-05T00:00:00Z'); step += 1) {
        expect(ids.has(period.id)).toBe(false);
        ids.add(period.id);
        for (const moment of [period.startsAtMs, (period.startsAtMs + period.endsAtMs) / 2, period.endsAtMs - 1])
          expect(periodAt(kind, moment)).toEqual(period);
        const next = periodAt(kind, period.endsAtMs);
        expect(next.startsAtMs).toBe(period.endsAtMs);
        period = next;
      }
    },
  );
});

describe('where clocks change', () => {
  beforeAll(() => {
    process.env.TZ = 'Europe/Berlin';
  });

  test('a day has 23 or 25 hours, and an hour that comes twice is two hours', () => {
    const hours = ({ startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs: number }) => (endsAtMs - startsAtMs) / hourMs;
    expect(hours(periodAt('day', at('2026-03-29T12:00:00Z')))).toBe(23);
    expect(hours(periodAt('day', at('2026-10-25T12:00:00Z')))).toBe(25);
    const [first, second] = [at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z')].map((moment) => periodAt('hour', moment));
    expect(new Date(at('2026-10-25T00:30:00Z')).getHours()).toBe(new Date(at('2026-10-25T01:30:00Z')).getHours());
    expect([first?.id, second?.id]).toEqual(['hour 2026-10-25T00:00Z', 'hour 2026-10-25T01:00Z']);
  });

  test('a clock that jumps comes back to the same period, and a new one begins once', () => {
    const clock = createPeriodClock();
    const evening = at('2026-11-20T22:50:00Z');
    const ids = [evening, evening + hourMs, evening, evening + hourMs, evening + 365 * 24 * hourMs, evening].map(
      (moment) => clock('day', moment).id,
    );
    expect(ids).toEqual([
      'day 2026-11-20',
      'day 2026-11-21',
      'day 2026-11-20',
      'day 2026-11-21',
      'day 2027-11-20',
      'day 2026-11-20',
    ]);
  });

  test.each([
    ['the end of a month', '2026-01-31T22:59:00Z', '2026-01-31T23:00:00Z', 'month 2026-01', 'month 2026-02'],
    ['a leap day', '2028-02-29T12:00:00Z', '2028-03-01T12:00:00Z', 'month 2028-02', 'month 2028-03'],
  ])('%s ends its month once', (_, last, first, before, after) => {
    expect([periodAt('month', at(last)).id, periodAt('month', at(first)).id]).toEqual([before, after]);
    expect(periodAt('day', at('2028-02-29T12:00:00Z')).id).toBe('day 2028-02-29');
  });

  test('a week begins on Monday, across years too', () => {
    expect(periodAt('week', at('2026-11-22T22:59:00Z')).id).toBe('week 2026-11-16');
    expect(periodAt('week', at('2026-11-22T23:00:00Z')).id).toBe('week 2026-11-23');
    expect(periodAt('week', at('2027-01-02T12:00:00Z')).id).toBe('week 2026-12-28');
  });
});
