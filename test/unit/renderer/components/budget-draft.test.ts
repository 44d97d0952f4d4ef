/** Holds a typed budget to its fields: what was meant is kept, what is wrong is said where it stands. */
import { expect, test } from 'vitest';
import { clientBudgetSchema } from '../../../../gateway/contract/money/budget.ts';
import { draftOfBudget, newBudget, readBudgetDraft } from '../../../../renderer/components/budget-draft.ts';
import { readNumber } from '../../../../renderer/components/typed-number.ts';

test('a budget that is only opened comes back as it was', () => {
  const budget = { period: 'week', limitUsd: 0.005, mode: 'soft', warnAt: [0.333, 0.7, 1], unknownPrice: 'refuse' } as const;
  const typed = readBudgetDraft(draftOfBudget({ ...budget, warnAt: [...budget.warnAt] }));
  expect(typed).toEqual({ budget, problems: new Map() });
});

test('what the form takes the gateway takes too', () => {
  const { budget } = readBudgetDraft({ ...newBudget, limitUsd: '$ 0,01', warnAt: '50%; 100' });
  expect(clientBudgetSchema.parse(budget)).toEqual({ period: 'day', limitUsd: 0.01, mode: 'hard', warnAt: [0.5, 1] });
});

test.each([
  [{ limitUsd: '' }, 'limitUsd'],
  [{ limitUsd: '-1' }, 'limitUsd'],
  [{ limitUsd: 'NaN' }, 'limitUsd'],
  [{ limitUsd: '1', warnAt: '0' }, 'warnAt'],
  [{ limitUsd: '1', warnAt: '50, 101' }, 'warnAt'],
  [{ limitUsd: '1', warnAt: '1,2,3,4,5,6,7,8,9' }, 'warnAt'],
])('%o is refused at %s', (changes, field) => {
  const { budget, problems } = readBudgetDraft({ ...newBudget, ...changes });
  expect([budget, [...problems.keys()]]).toEqual([null, [field]]);
});

test.each([
  ['1.5', { least: 0, most: 2 }, true],
  ['1.5', { least: 0, most: 2, whole: true }, false],
  ['0', { least: 0, most: 2, open: true }, false],
  ['1e400', { least: 0, most: 2 }, false],
  [' ', { least: 0, most: 2 }, false],
])('the number %j within %o is taken: %s', (text, bounds, ok) => {
  expect(readNumber(text, bounds).ok).toBe(ok);
});

test.each([
  ['1,000', 1_000],
  ['$1,208.10', 1_208.1],
  ['12,345,678', 12_345_678],
  ['0,5', 0.5],
  ['1,25', 1.25],
])('%s is read as it is meant: thousands as thousands', (text, value) => {
  expect(readNumber(text, { least: 0, most: 1e9 })).toEqual({ ok: true, value });
});

test('a number with commas in wrong places is refused', () => {
  expect(['1,00,000', '1,000,00', ',', '1,2,3'].map((text) => readNumber(text, { least: 0, most: 1e9 }).ok)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
