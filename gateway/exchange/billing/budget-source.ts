/** What an exchange is told of budgets. */
import type { Meter, ReservationRefusal } from '../../contract/money/ledger.ts';
import type { Budget } from '../../money/budgets/budget.ts';
import type { CalendarPeriod, Period } from '../../money/budgets/periods.ts';
import type { ClientIdentity } from '../ports.ts';

export interface OverBound {
  readonly requestKey: number;
  readonly heldNanoUsd: number;
  readonly billedNanoUsd: number;
}

export interface BudgetSource {
  /** The config's budgets and the client's own, as they are now: the same list until one changes. Empty for most. */
  of(client: ClientIdentity | null): readonly Budget[];
  /** The same by what is known of the client now, which may have changed while its request ran. */
  now(client: ClientIdentity | null): readonly Budget[];
  /** The period of a moment, milliseconds since 1970. */
  periodAt(kind: CalendarPeriod, atMs: number): Period;
  /** A request has cost something, and that is written down. @param meters where it counts; there may be none */
  spent(meters: readonly Meter[]): void;
  /** A provider billed more than was held as the most that it could, and these budgets are closed. */
  overBound(budgets: readonly Budget[], bill: OverBound): void;
  /** A budget lets an attempt not through. Told before its verdict, with which the request may end. */
  refused(budget: Budget, refused: RefusedAttempt): void;
}

export interface RefusedAttempt {
  /** `provider/model`. */
  readonly target: string;
  /** How its meter stands; null where that was not asked. */
  readonly refusal: ReservationRefusal | null;
  /** The least upper bound of what it may cost; null: nobody can say. */
  readonly askedNanoUsd: number | null;
  /** In a sentence. */
  readonly words: string;
}

/** The same, but for what is told otherwise. */
export function budgetsTelling(budgets: BudgetSource, change: Partial<BudgetSource>): BudgetSource {
  return {
    of: (client) => budgets.of(client),
    now: (client) => budgets.now(client),
    periodAt: (kind, atMs) => budgets.periodAt(kind, atMs),
    spent: (meters) => budgets.spent(meters),
    overBound: (closed, bill) => budgets.overBound(closed, bill),
    refused: (budget, refused) => budgets.refused(budget, refused),
    ...change,
  };
}
