/** Holds a typed budget to its fields: what was meant is kept, what is wrong is said where it stands. */
import { expect, test } from 'vitest';
import { clientBudgetSchema } from '../../../../gateway/contract/money/budget.ts';
import { draftOfBudget, newBudget, readBudgetDraft } from '../../../../renderer/components/budget-draft.ts';

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
