/** Whether a budget's standing is worth telling. Pure: that it is told once is decided where alerts are kept. */
import type { Alert, alertKinds } from '../contract/money/alert.ts';
import type { BudgetStanding } from '../contract/money/budget.ts';
import { nanoOfUsd } from '../contract/money/nano-usd.ts';
import { budgetSpentWords, type OverBoundBill, overBoundWords, refusedWords, thresholdWords } from './alert-words.ts';

/** Something to tell, if it was not told before. */
export interface Occasion {
  /** Nobody has seen it. */
  readonly alert: Alert;
  /** Ids of lesser occasions, which need no telling from now on. */
  readonly passedOver: readonly string[];
}

/** The highest of the parts at which a budget warns, of those that it has reached; null where there is none. */
export function judgeSpending(standing: BudgetStanding, nowMs: number): Occasion | null {
  if (standing.periodId === null || standing.settledUsd <= 0) return null;
  const reached = standing.warnAt.filter((share) => hasReached(standing, share)).sort((one, other) => other - one);
  const [highest, ...lesser] = reached;
  if (highest === undefined) return null;
  return { alert: thresholdAlert(standing, highest, nowMs), passedOver: lesser.map((share) => thresholdId(standing, share)) };
}

/** The id of what `judgeRefusal` tells: enough to know that it was told, without the words. */
export function refusalId(standing: BudgetStanding, nowMs: number): string {
  if (isSpent(standing)) return thresholdId(standing, 1);
  return `${standing.id}@${standing.periodId ?? dayOf(nowMs)}@refused`;
}

function isSpent(standing: BudgetStanding): boolean {
  return standing.periodId !== null && hasReached(standing, 1);
}

/**
 * A hard budget has refused a request: spent, which is told as reaching all of it, or with too little left, told once a period.
 * A budget of one call has none: it is told once a day.
 */
export function judgeRefusal(standing: BudgetStanding, nowMs: number): Occasion {
  if (isSpent(standing)) {
    const lesser = standing.warnAt.filter((share) => share < 1).map((share) => thresholdId(standing, share));
    return { alert: thresholdAlert(standing, 1, nowMs), passedOver: lesser };
  }
  const id = refusalId(standing, nowMs);
  return { alert: budgetAlert({ standing, id, kind: 'budget-refused', nowMs, message: refusedWords(standing) }), passedOver: [] };
}

/** A budget was closed because a provider billed more than its bound. */
export function judgeOverBound(standing: BudgetStanding, bill: OverBoundBill, nowMs: number): Occasion {
  const id = `${standing.id}@${standing.periodId ?? dayOf(nowMs)}@${bill.requestId}`;
  const message = overBoundWords(standing, bill);
  return { alert: budgetAlert({ standing, id, kind: 'over-bound', nowMs, message }), passedOver: [] };
}

/** In nano-dollars, so that 0.24 of 0.30 is the eight tenths that it is. */
function hasReached({ settledUsd, limitUsd }: BudgetStanding, share: number): boolean {
  return nanoOfUsd(settledUsd) >= nanoOfUsd(limitUsd * share);
}

function thresholdId({ id, periodId }: BudgetStanding, share: number): string {
  return `${id}@${periodId ?? ''}@${share}`;
}

function thresholdAlert(standing: BudgetStanding, share: number, nowMs: number): Alert {
  const kind = share >= 1 ? 'budget-spent' : 'budget-threshold';
  const message = share >= 1 ? budgetSpentWords(standing) : thresholdWords(standing, share);
  return { ...budgetAlert({ standing, id: thresholdId(standing, share), kind, nowMs, message }), share };
}

interface BudgetAlert {
  readonly standing: BudgetStanding;
  readonly id: string;
  readonly kind: (typeof alertKinds)[number];
  readonly nowMs: number;
  readonly message: string;
}

function budgetAlert({ standing, id, kind, nowMs, message }: BudgetAlert): Alert {
  const budget = { id: standing.id, name: standing.name };
  return { id, kind, atMs: nowMs, message, budget, share: null, seenAtMs: null };
}

/** The day on this machine's wall. */
function dayOf(nowMs: number): string {
  const at = new Date(nowMs);
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
}
