/** A budget's standing for tests: a hard day's budget of ten dollars over everything; every part may be replaced. */
import type { BudgetStanding } from '../../gateway/contract/money/budget.ts';

export function budgetStanding(changes: Partial<BudgetStanding> = {}): BudgetStanding {
  return {
    id: 'config:team:day',
    name: 'Team',
    scope: { kind: 'all', of: null, name: null },
    origin: 'config',
    period: 'day',
    mode: 'hard',
    limitUsd: 10,
    warnAt: [0.5, 0.8, 1],
    periodId: '2026-11-20',
    startsAtMs: new Date(2026, 10, 20).getTime(),
    endsAtMs: new Date(2026, 10, 21).getTime(),
    settledUsd: 0,
    reservedUsd: 0,
    unpriced: 0,
    closed: null,
    forecastUsd: null,
    ...changes,
  };
}
