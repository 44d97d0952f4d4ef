/** What an exchange is told of budgets. */
import type { Meter, ReservationRefusal } from '../../contract/money/ledger.ts';
import type { Budget } from '../../money/budgets/budget.ts';
import type { CalendarPeriod, Period } from '../../money/budgets/periods.ts';
import type { ClientIdentity } from '../ports.ts';

export interface BudgetSource {
  /** The config's budgets and the client's own, as they are now: the same list until one changes. Empty for most. */
  of(client: ClientIdentity | null): readonly Budget[];
  /** The period of a moment, milliseconds since 1970. */
  periodAt(kind: CalendarPeriod, atMs: number): Period;
  /** Costs were counted there. */
  spent(meters: readonly Meter[]): void;
  /** A hard budget let a request not through. */
  refused(budget: Budget, refusal: ReservationRefusal | null): void;
}
