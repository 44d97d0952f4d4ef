/** Holds the Usage screen's address to the range it asks for: whole days of this machine's calendar, through clock changes too. */
import { describe, expect, test } from 'vitest';
import { askOf, intervalsFor, readView, startOfDay } from '../../../../../renderer/screens/usage/usage-address.ts';

const at = (month: number, day: number, hour = 0) => new Date(2026, month - 1, day, hour).getTime();
const now = at(11, 20, 15);
const view = (query: string) => readView(new URLSearchParams(query), now);

describe('a range', () => {
  test.each([
    ['', at(11, 14), at(11, 21), 'day'],
    ['range=today', at(11, 20), at(11, 21), 'hour'],
    ['range=30d', at(10, 22), at(11, 21), 'day'],
    ['range=month', at(11, 1), at(11, 21), 'day'],
    ['range=custom&from=2026-02-27&to=2026-03-01', at(2, 27), at(3, 2), 'day'],
    ['range=custom&from=2026-03-01&to=2026-02-27', at(2, 27), at(3, 2), 'day'],
    ['range=custom&from=2020-01-01&to=2026-11-20', new Date(2020, 0, 1).getTime(), at(11, 21), 'month'],
    ['range=custom&from=yesterday&to=2026-11-20', at(11, 14), at(11, 21), 'day'],
    ['range=forever&interval=second&by=mood&metric=joy', at(11, 14), at(11, 21), 'day'],
  ])('of ?%s begins and ends with a day, and is cut sensibly', (query, fromMs, toMs, interval) => {
    const shown = view(query);
    expect([shown.fromMs, shown.toMs, shown.interval]).toEqual([fromMs, toMs, interval]);
  });

  test('is never cut into more bars than can be told apart', () => {
    expect(intervalsFor(at(11, 20), at(11, 21))).toEqual(['hour']);
    expect(intervalsFor(at(11, 14), at(11, 21))).toEqual(['day']);
    expect(intervalsFor(at(11, 17), at(11, 21))).toEqual(['hour', 'day']);
    expect(intervalsFor(at(1, 1), at(11, 21))).not.toContain('day');
    expect(view('range=30d&interval=hour').interval).toBe('day');
  });

  test('of a day that does not exist is the day that the calendar makes of it, and of no date none', () => {
    expect(startOfDay('2026-02-30')).toBe(at(3, 2));
    expect(startOfDay('2026-11-20', 1)).toBe(at(11, 21));
    expect(startOfDay('20.11.2026')).toBeNull();
  });
});

test('filters are asked as they stand in the address, an empty one for those without', () => {
  expect(askOf(view('client=client_1&rule=&by=model'))).toEqual({
    fromMs: at(11, 14),
    toMs: at(11, 21),
    interval: 'day',
    groupBy: 'model',
    filter: { clientId: 'client_1', rule: '' },
  });
  expect(askOf(view(''))).not.toHaveProperty('filter');
});
