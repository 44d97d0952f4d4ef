/** When an hour's spending is unusual, and that nothing is said of it while too little is known. */
import { describe, expect, test } from 'vitest';
import { type HourSpend, UnusualSpend, usualHour } from '../../../gateway/alerts/unusual-spend.ts';

const hourMs = 3_600_000;
const startsAtMs = 500_000 * hourMs;
const nowMs = startsAtMs + 20 * 60_000;
/** Dollars of hours, so many hours ago. */
const hours = (dollars: Readonly<Record<number, number>>): HourSpend[] =>
  Object.entries(dollars).map(([ago, usd]) => ({ hourStartsAtMs: startsAtMs - Number(ago) * hourMs, nanoUsd: usd * 1e9 }));
const usualDollars = (dollars: Readonly<Record<number, number>>) => {
  const usual = usualHour(hours(dollars), startsAtMs);
  return usual === null ? null : usual / 1e9;
};

describe('the usual hour', () => {
  test('is the mean of those that cost something', () => {
    expect(usualDollars({ 24: 1, 20: 2, 10: 0, 5: 3, 3: 4, 1: 5 })).toBe(3);
  });

  test('is not known from four hours, nor from less than a day', () => {
    expect(usualDollars({ 24: 1, 20: 2, 5: 3, 3: 4 })).toBeNull();
    expect(usualDollars({ 23: 1, 20: 2, 5: 3, 3: 4, 1: 5 })).toBeNull();
    expect(usualDollars({})).toBeNull();
  });

  test('does not hold the hour that runs', () => {
    expect(usualDollars({ 24: 1, 20: 1, 10: 1, 5: 1, 3: 1, 0: 100 })).toBe(1);
  });
});

describe('the hour that runs', () => {
  const past = { 300: 1, 48: 1, 24: 1, 20: 1, 5: 1 };
  const settings = { times: 5, minUsd: 1 };
  function ask(dollars: Readonly<Record<number, number>>) {
    const asked: [number, number][] = [];
    const unusual = new UnusualSpend((fromMs, toMs) => {
      asked.push([fromMs, toMs]);
      return hours(dollars).filter(({ hourStartsAtMs: at }) => at >= fromMs && at < toMs);
    });
    return { asked, judge: (how = settings, at = nowMs) => unusual.judge(how, at) };
  }

  test('is told when it costs so many times the usual, by an id of its own', () => {
    expect(ask({ ...past, 0: 4.99 }).judge()).toBeNull();
    const alert = ask({ ...past, 0: 5 }).judge();
    expect(alert).toMatchObject({ id: `unusual@${startsAtMs}`, kind: 'unusual-spend', atMs: nowMs, budget: null, share: null });
    expect(alert?.message).toMatch(/^\$5\.00 was spent since .*, 5\.0 times the usual hour \(\$1\.00\)\./);
  });

  test('is not told below the least amount, without history, or when nobody wants to know', () => {
    const cents = { 300: 0.01, 48: 0.01, 24: 0.01, 20: 0.01, 5: 0.01 };
    expect(ask({ ...cents, 0: 0.9 }).judge()).toBeNull();
    expect(ask({ 5: 1, 0: 50 }).judge()).toBeNull();
    const unusual = new UnusualSpend(() => {
      throw new Error('nobody may ask');
    });
    expect(unusual.judge(false, nowMs)).toBeNull();
  });

  test('is the one that began last, wherever the hours of this place begin', () => {
    const startsAtHalf = (hour: HourSpend) => ({ ...hour, hourStartsAtMs: hour.hourStartsAtMs + hourMs / 2 });
    const all = hours({ ...past, 1: 7 }).map(startsAtHalf);
    const unusual = new UnusualSpend((fromMs, toMs) => all.filter(({ hourStartsAtMs: at }) => at >= fromMs && at < toMs));
    expect(unusual.judge(settings, nowMs)?.id).toBe(`unusual@${startsAtMs - hourMs / 2}`);
    expect(unusual.judge(settings, nowMs + hourMs)).toBeNull();
  });

  test('two weeks back is as far as is looked, and that once an hour', () => {
    const { asked, judge } = ask({ ...past, 0: 1, 337: 1_000, [-1]: 1 });
    judge();
    judge();
    const twoWeeks = [startsAtMs - 336 * hourMs, startsAtMs];
    const running = [nowMs - hourMs + 1, nowMs + 1];
    expect(asked).toEqual([running, twoWeeks, running]);
    judge(settings, nowMs + hourMs);
    expect(asked).toHaveLength(5);
  });
});
