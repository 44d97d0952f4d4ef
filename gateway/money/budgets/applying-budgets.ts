/** Which budgets one attempt is held to, and the meters that it counts in. */
import type { MeterLimit } from '../../contract/money/ledger.ts';
import type { Budget } from './budget.ts';
import type { CalendarPeriod, Period } from './periods.ts';

/** Whom an attempt asks, and by which rule. */
export interface Spender {
  readonly provider: string;
  readonly model: string;
  readonly rule: string | null;
}

export interface ApplyingBudgets {
  readonly budgets: readonly Budget[];
  /** One for each scope and period, with the tightest of its hard limits. */
  readonly meters: readonly MeterLimit[];
  /** The tightest hard limit of one call; null for none. */
  readonly call: Budget | null;
}

/**
 * @param candidates the config's budgets and the client's own
 * @param periodAt the period of a moment
 * @returns null where none applies
 */
export function applyingBudgets(
  candidates: readonly Budget[],
  spender: Spender,
  atMs: number,
  periodAt: (kind: CalendarPeriod, atMs: number) => Period,
): ApplyingBudgets | null {
  const budgets = candidates.filter((budget) => applies(budget, spender));
  if (budgets.length === 0) return null;
  const meters = new Map<string, MeterLimit>();
  let call: Budget | null = null;
  for (const budget of budgets) {
    if (budget.period === 'call') {
      if (budget.isHard && (call === null || budget.limitNanoUsd < call.limitNanoUsd)) call = budget;
      continue;
    }
    const { id: period, startsAtMs, endsAtMs } = periodAt(budget.period, atMs);
    const name = `${budget.scope} ${period}`;
    const limits = [meters.get(name)?.limitNanoUsd ?? null, budget.isHard ? budget.limitNanoUsd : null].filter(
      (one) => one !== null,
    );
    const limitNanoUsd = limits.length === 0 ? null : Math.min(...limits);
    meters.set(name, { scope: budget.scope, period, startsAtMs, endsAtMs, limitNanoUsd });
  }
  return { budgets, meters: [...meters.values()], call };
}

function applies({ scopeKind, of }: Budget, { provider, model, rule }: Spender): boolean {
  switch (scopeKind) {
    case 'all':
    case 'client':
      return true;
    case 'provider':
      return of === provider;
    case 'model':
      return of === `${provider}/${model}`;
    case 'rule':
      return of === rule;
  }
}

/** Whose limit a full meter is: the tightest hard one of its scope and period. */
export function budgetOfMeter({ budgets }: ApplyingBudgets, meter: MeterLimit): Budget | null {
  const own = budgets.filter(
    ({ scope, period, isHard }) => isHard && scope === meter.scope && meter.period.startsWith(`${period} `),
  );
  return own.toSorted((one, other) => one.limitNanoUsd - other.limitNanoUsd)[0] ?? null;
}
