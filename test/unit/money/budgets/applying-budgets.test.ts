/** Which budgets an attempt is held to, and how a refusal is said. */
import { describe, expect, test } from 'vitest';
import { plainTerms } from '../../../../gateway/contract/client-terms.ts';
import { clientBudgetSchema, configBudgetSchema } from '../../../../gateway/contract/money/budget.ts';
import { applyingBudgets, budgetOfMeter } from '../../../../gateway/money/budgets/applying-budgets.ts';
import { type Budget, budgetsOfClient, budgetsOfConfig } from '../../../../gateway/money/budgets/budget.ts';
import { periodAt } from '../../../../gateway/money/budgets/periods.ts';
import { fullWords } from '../../../../gateway/money/budgets/refusal-words.ts';

const config = (...budgets: object[]) => budgetsOfConfig(budgets.map((one) => configBudgetSchema.parse(one)));
const apply = (budgets: readonly Budget[], rule: string | null = null) =>
  applyingBudgets(budgets, { provider: 'openai', model: 'gpt-5', rule }, Date.UTC(2026, 10, 20, 12), periodAt);

describe('the budgets of an attempt', () => {
  test('are those of everything, its provider, its model and its rule, and no others', () => {
    const budgets = config(
      { name: 'all', period: 'day', limitUsd: 3 },
      { name: 'mine', provider: 'openai', period: 'month', limitUsd: 9 },
      { name: 'other', provider: 'anthropic', period: 'day', limitUsd: 1 },
      { name: 'model', model: 'openai/gpt-5', period: 'hour', limitUsd: 1 },
      { name: 'models', model: 'openai/gpt-5-mini', period: 'hour', limitUsd: 1 },
      { name: 'code', rule: 'code', period: 'week', limitUsd: 1 },
    );
    expect(apply(budgets)?.meters.map(({ scope }) => scope)).toEqual(['all', 'provider:openai', 'model:openai/gpt-5']);
    expect(apply(budgets, 'code')?.meters.at(-1)).toMatchObject({ scope: 'rule:code', period: 'week 2026-11-16' });
    expect(apply(config({ name: 'other', provider: 'anthropic', period: 'day', limitUsd: 1 }))).toBeNull();
  });

  test('share a meter where they have scope and period in common, with the tightest hard limit; a soft one limits nothing', () => {
    const applying = apply(
      config(
        { name: 'soft', period: 'day', limitUsd: 1, mode: 'soft' },
        { name: 'wide', period: 'day', limitUsd: 5 },
        { name: 'tight', period: 'day', limitUsd: 2 },
      ),
    );
    expect(applying?.meters).toMatchObject([{ scope: 'all', period: 'day 2026-11-20', limitNanoUsd: 2e9 }]);
    const [meter] = applying?.meters ?? [];
    expect(applying && meter && budgetOfMeter(applying, meter)?.name).toBe('tight');
    expect(apply(config({ name: 'soft', period: 'day', limitUsd: 1, mode: 'soft' }))?.meters[0]?.limitNanoUsd).toBeNull();
  });

  test.each([
    ['low', 0.002, 0.1],
    ['standard', 0.01, 1],
    ['premium', 0.05, 10],
  ] as const)('of the tier %s allow %d a call and %d a day', (tier, callUsd, dayUsd) => {
    const applying = apply(budgetsOfClient({ ...plainTerms, id: 'c', name: 'editor', tier }));
    expect(applying?.call?.limitNanoUsd).toBe(callUsd * 1e9);
    expect(applying?.meters).toMatchObject([{ scope: 'client:c', limitNanoUsd: dayUsd * 1e9 }]);
  });

  test('let a model of unknown price through where they are soft, or say so', () => {
    const allows = (limit: object) => {
      const budgets = [clientBudgetSchema.parse({ period: 'day', limitUsd: 1, ...limit })];
      return budgetsOfClient({ ...plainTerms, id: 'c', name: 'editor', budgets })[0]?.allowsUnknownPrice;
    };
    expect([{}, { mode: 'soft' }, { unknownPrice: 'allow' }, { mode: 'soft', unknownPrice: 'refuse' }].map(allows)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

test('a refusal says what is left, what is held, what was asked and when it begins anew', () => {
  const [budget] = config({ name: 'of the day', period: 'day', limitUsd: 1 });
  const meter = {
    scope: 'all',
    period: 'day 2026-11-20',
    startsAtMs: 0,
    endsAtMs: new Date(2026, 10, 21).getTime(),
    limitNanoUsd: 1e9,
  };
  const refusal = { meter, settledNanoUsd: 0.9e9, reservedNanoUsd: 0.05e9, closed: null };
  expect(budget && fullWords(budget, refusal, 0.06e9)).toBe(
    'the budget "of the day" has $0.05 left of $1.00 a day ($0.05 is held for requests that run now), and this request may cost up to $0.06; it begins anew at 2026-11-21 00:00',
  );
  expect(budget && fullWords(budget, { ...refusal, closed: 'of this' }, 1)).toContain(
    'is closed because of this; it begins anew at',
  );
});
