/** A day's budget of shadows: copies and dollars by rule, begun from the log, and a new day's own. */
import { expect, test } from 'vitest';
import type { ShadowUse } from '../../../../gateway/contract/shadows.ts';
import { dayOf, ShadowBudget } from '../../../../gateway/exchange/shadow/budget.ts';

const monday = '2026-01-05';
const tuesday = '2026-01-06';

function budgetOver(log: Readonly<Record<string, readonly ShadowUse[]>> = {}) {
  const asked: string[] = [];
  const budget = new ShadowBudget((day) => {
    asked.push(day);
    return log[day] ?? [];
  });
  return { budget, asked };
}

const taken = (budget: ShadowBudget, day: string, times: number, rule = 'r', maxPerDay = 3) =>
  Array.from({ length: times }, () => budget.take({ rule, maxPerDay }, day, null)).filter((over) => over === null).length;

test('a rule has so many copies a day and no more, and each rule its own', () => {
  const { budget } = budgetOver();
  expect(taken(budget, monday, 10)).toBe(3);
  expect(taken(budget, monday, 10, 'other', 5)).toBe(5);
  expect(budget.hasCopies({ rule: 'r', maxPerDay: 3 }, monday)).toBe(false);
  expect(budget.take({ rule: 'r', maxPerDay: 3 }, monday, 0)).toBe('daily-copies');
});

test('a new day begins with nothing used, and a day that comes back with what the log has of it', () => {
  const log: Record<string, readonly ShadowUse[]> = { [monday]: [{ rule: 'r', copies: 1, nanoUsd: 0 }] };
  const { budget, asked } = budgetOver(log);
  expect(taken(budget, monday, 10)).toBe(2);
  expect(taken(budget, tuesday, 10)).toBe(3);
  log[monday] = [{ rule: 'r', copies: 3, nanoUsd: 0 }];
  expect(taken(budget, monday, 10)).toBe(0);
  expect(asked).toEqual([monday, tuesday, monday]);
});

test('the log is asked once for a day, not for every copy', () => {
  const { budget, asked } = budgetOver();
  taken(budget, monday, 50, 'a');
  taken(budget, monday, 50, 'b');
  expect(asked).toEqual([monday]);
});

test('dollars are taken by their estimate and settled by what it really cost', () => {
  const { budget } = budgetOver({ [monday]: [{ rule: 'r', copies: 1, nanoUsd: 500 }] });
  const limits = { rule: 'r', maxPerDay: 100, maxUsdPerDay: 1e-6 };
  expect(budget.take(limits, monday, 400)).toBeNull();
  expect(budget.take(limits, monday, 200)).toBe('daily-usd');
  budget.settle('r', monday, 400, 100);
  expect(budget.take(limits, monday, 200)).toBeNull();
  expect(budget.take(limits, monday, 300)).toBe('daily-usd');
});

test('what nobody can say the cost of goes on counting as it was estimated', () => {
  const { budget } = budgetOver();
  const limits = { rule: 'r', maxPerDay: 100, maxUsdPerDay: 1e-6 };
  expect(budget.take(limits, monday, 900)).toBeNull();
  budget.settle('r', monday, 900, null);
  expect(budget.take(limits, monday, 200)).toBe('daily-usd');
});

test('a limit that is set at noon holds for what the copies of the morning cost', () => {
  const { budget } = budgetOver();
  expect(budget.take({ rule: 'r', maxPerDay: 100 }, monday, null)).toBeNull();
  budget.settle('r', monday, null, 900);
  expect(budget.take({ rule: 'r', maxPerDay: 100, maxUsdPerDay: 1e-6 }, monday, 200)).toBe('daily-usd');
});

test('a copy that was never sent is given back with its dollars', () => {
  const { budget } = budgetOver();
  const limits = { rule: 'r', maxPerDay: 1, maxUsdPerDay: 1e-6 };
  expect(budget.take(limits, monday, 900)).toBeNull();
  budget.giveBack('r', monday, 900);
  expect(budget.take(limits, monday, 900)).toBeNull();
});

test('what belongs to yesterday changes nothing of today', () => {
  const { budget } = budgetOver();
  const limits = { rule: 'r', maxPerDay: 2, maxUsdPerDay: 1e-6 };
  budget.take(limits, monday, 900);
  budget.take(limits, tuesday, 900);
  budget.giveBack('r', monday, 900);
  budget.settle('r', monday, 900, 0);
  expect(budget.take(limits, tuesday, 200)).toBe('daily-usd');
});

test('with a limit in dollars a price that nobody knows is refused; without one it is not asked for', () => {
  const { budget } = budgetOver();
  expect(budget.take({ rule: 'r', maxPerDay: 9, maxUsdPerDay: 5 }, monday, null)).toBe('price-unknown');
  expect(budget.take({ rule: 'r', maxPerDay: 9 }, monday, null)).toBeNull();
});

test('the day is the one on the wall of this machine, not the one in Greenwich', () => {
  const lateAtMs = Date.UTC(2026, 0, 5, 23, 30);
  expect(dayOf({ atMs: lateAtMs, utcOffsetMinutes: 0 })).toBe(monday);
  expect(dayOf({ atMs: lateAtMs, utcOffsetMinutes: 60 })).toBe(tuesday);
  expect(dayOf({ atMs: Date.UTC(2026, 0, 6, 3), utcOffsetMinutes: -300 })).toBe(monday);
});
