/** Forecasts from made-up weeks. */
import { expect, test } from 'vitest';
import { forecastSpend, type SpentHour } from '../../../gateway/money/forecast.ts';

const hourMs = 3_600_000;
/** A Monday, midnight on this machine's wall, in a month without a change of clocks. */
const mondayMs = new Date(2026, 5, 15).getTime();

/** Hours before Monday that cost something, by what each costs. */
function history(hours: number, costOf: (at: Date) => number): SpentHour[] {
  return Array.from({ length: hours }, (_, index) => mondayMs - (hours - index) * hourMs).map((hourStartsAtMs) => ({
    hourStartsAtMs,
    nanoUsd: costOf(new Date(hourStartsAtMs)),
  }));
}

test('with less than a day of history nothing is foretold', () => {
  const soon = { settledNanoUsd: 5, nowMs: mondayMs, endsAtMs: mondayMs + 24 * hourMs };
  expect(forecastSpend({ ...soon, hours: [] })).toBeNull();
  expect(forecastSpend({ ...soon, hours: history(23, () => 1) })).toBeNull();
  expect(forecastSpend({ ...soon, hours: history(24, () => 1) })).toBe(29);
});

test('each hour that is left adds what that hour of the day has cost, hours without requests included', () => {
  const office = history(72, (at) => (at.getHours() >= 9 && at.getHours() < 17 ? 30 : 0)).filter(
    ({ nanoUsd }, index) => index === 0 || nanoUsd > 0,
  );
  const at = (hour: number, settledNanoUsd: number) =>
    forecastSpend({ settledNanoUsd, nowMs: mondayMs + hour * hourMs, endsAtMs: mondayMs + 24 * hourMs, hours: office });
  expect(at(0, 0)).toBe(240);
  expect(at(18, 200)).toBe(200);
  expect(forecastSpend({ settledNanoUsd: 0, nowMs: mondayMs, endsAtMs: mondayMs + 9.5 * hourMs, hours: office })).toBe(15);
});

test('with two weeks of history a weekend is told from a working day', () => {
  const hours = history(28 * 24, (at) => (at.getDay() % 6 === 0 ? 0 : 10));
  const until = (days: number) =>
    forecastSpend({ settledNanoUsd: 0, nowMs: mondayMs, endsAtMs: mondayMs + days * 24 * hourMs, hours });
  expect([until(1), until(5), until(7)]).toEqual([240, 1_200, 1_200]);
});

test('the hour that runs now is not taken for a whole one', () => {
  const nowMs = mondayMs + 0.5 * hourMs;
  const hours = [...history(48, () => 10), { hourStartsAtMs: mondayMs, nanoUsd: 1_000 }];
  expect(forecastSpend({ settledNanoUsd: 1_000, nowMs, endsAtMs: mondayMs + hourMs, hours })).toBe(1_005);
});
