/** What an attempt that is over came to, as it is settled: within what was held where the count is ours, and wherever it counts. */
import type { Usage } from '../../chat/usage.ts';
import type { Meter, Settlement } from '../../contract/money/ledger.ts';
import type { Budget } from '../../money/budgets/budget.ts';
import { applyingBudgets, type Spender } from '../../money/budgets/applying-budgets.ts';
import type { Charge } from '../row.ts';
import type { Billing } from './billing.ts';
import type { BudgetSource } from './budget-source.ts';

export interface AttemptEnd {
  /** Null where no budget applied when it was asked. */
  readonly billing: Pick<Billing, 'withinHeld' | 'settle'> | null;
  readonly charge: Pick<Charge, 'counted' | 'cost'>;
  /** By its provider; null: it did not say. */
  readonly usage: Usage | null;
  /** Meters of budgets that have been made meanwhile. */
  readonly late: readonly Meter[];
}

/** A cost by our own count closes no budget, and is never said to be more than was held. */
export function settleCharge({ billing, charge: { counted, cost: answered }, usage, late }: AttemptEnd): Charge {
  const isOurs = counted.estimated || usage === null;
  const cost = isOurs ? (billing?.withinHeld(answered) ?? answered) : answered;
  const settlement = billing?.settle(cost.nanoUsd, !isOurs) ?? null;
  return { counted, cost, settlement: joined(settlement, late, cost.nanoUsd) };
}

/** What was made while it ran counts it too; it holds nothing for it, and is not closed by it. */
function joined(settlement: Settlement | null, late: readonly Meter[], costNanoUsd: number | null): Settlement | null {
  if (late.length === 0) return settlement;
  const { heldNanoUsd = null, mayClose = false } = settlement ?? {};
  return { costNanoUsd, heldNanoUsd, mayClose, meters: [...(settlement?.meters ?? []), ...late] };
}

export interface LateQuestion {
  /** As they are now. */
  readonly budgets: readonly Budget[];
  readonly spender: Spender;
  /** Where it counts already. */
  readonly held: readonly Meter[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Where else it counts by budgets that have been made, or changed, since it was asked. */
export function lateMetersOf(
  periodAt: BudgetSource['periodAt'],
  { budgets, spender, held, atMs }: LateQuestion,
): readonly Meter[] {
  const applying = applyingBudgets(budgets, spender, atMs, periodAt)?.meters ?? [];
  return applying.filter((one) => !held.some((other) => one.scope === other.scope && one.period === other.period));
}
