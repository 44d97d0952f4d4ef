/** The windows of rate limits: the minute, hour and day of this machine's clock, through summer time, month ends and leap days. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { windowAt, type WindowName } from '../../../gateway/limits/windows.ts';

let zone: string | undefined;
beforeEach(() => {
  zone = process.env.TZ;
});
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const hourMs = 3_600_000;
const at = (text: string): number => Date.parse(text);
const span = (name: WindowName, text: string) => {
  const { startsAtMs, endsAtMs } = windowAt(name, at(text));
  return [new Date(startsAtMs).toISOString(), new Date(endsAtMs).toISOString()];
};

describe('in a zone', () => {
  test.each([
    ['UTC', 'minute', '2026-11-20T10:07:59.999Z', '2026-11-20T10:07:00.000Z', '2026-11-20T10:08:00.000Z'],
    ['UTC', 'day', '2028-02-29T23:59:59.999Z', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['UTC', 'day', '2026-12-31T23:59:59.999Z', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['Asia/Kolkata', 'hour', '2026-11-20T10:29:00.000Z', '2026-11-20T09:30:00.000Z', '2026-11-20T10:30:00.000Z'],
    ['Asia/Kolkata', 'day', '2026-11-20T18:29:00.000Z', '2026-11-19T18:30:00.000Z', '2026-11-20T18:30:00.000Z'],
    ['Europe/Berlin', 'day', '2026-03-29T10:00:00.000Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', 'day', '2026-10-25T10:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ] as const)('%s the %s of %s is %s to %s', (where, name, moment, start, end) => {
    process.env.TZ = where;
    expect(span(name, moment)).toEqual([start, end]);
  });

  test('every hour of the night in which clocks go back is one of its own, and none is left out in spring', () => {
    process.env.TZ = 'Europe/Berlin';
    for (const night of ['2026-10-24T22:00:00Z', '2026-03-28T23:00:00Z']) {
      const hours = Array.from({ length: 8 }, (_, place) => windowAt('hour', at(night) + place * hourMs + 1_000));
      expect(new Set(hours.map(({ id }) => id)).size).toBe(8);
      for (const [place, { endsAtMs }] of hours.entries()) expect(hours[place + 1]?.startsAtMs ?? endsAtMs).toBe(endsAtMs);
    }
  });

  test('each day of a year ends where the next begins, and is begun once', () => {
    process.env.TZ = 'Europe/Berlin';
    const ids = new Set<string>();
    let moment = at('2027-12-31T23:30:00Z');
    for (let day = 0; day < 366; day += 1) {
      const window = windowAt('day', moment);
      expect(window.startsAtMs <= moment && moment < window.endsAtMs).toBe(true);
      ids.add(window.id);
      moment = window.endsAtMs;
    }
    expect(ids.size).toBe(366);
    expect(new Date(moment).toISOString()).toBe('2028-12-31T23:00:00.000Z');
  });
});
