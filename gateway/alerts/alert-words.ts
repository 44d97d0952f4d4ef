/** What alerts say: in one sentence what happened and where, in another what follows and what to do. Pure. */
import type { BudgetPeriod, BudgetStanding } from '../contract/money/budget.ts';
import { formatUsd } from '../contract/money/format-usd.ts';
import { momentWords } from '../contract/money/moment-words.ts';

const periodWords: Readonly<Record<BudgetPeriod, string>> = {
  call: 'one call',
  hour: 'this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
};

/** @param share the part of the limit that was reached, below 1 */
export function thresholdWords(standing: BudgetStanding, share: number): string {
  const { mode } = standing;
  const what = `${percent(share)} of ${budgetWords(standing)} is used: ${spentWords(standing)}.`;
  const then = mode === 'hard' ? 'Requests are refused when it is spent' : 'It only warns: requests go on when it is spent';
  return `${what} ${then}${standing.endsAtMs === null ? '' : `; it begins anew on ${momentWords(standing.endsAtMs)}`}.`;
}

export function spentWords(standing: BudgetStanding): string {
  return `${formatUsd(standing.settledUsd)} of ${formatUsd(standing.limitUsd)} ${periodWords[standing.period]}`;
}

export function budgetSpentWords(standing: BudgetStanding): string {
  const what = `${capitalized(budgetWords(standing))} is spent: ${spentWords(standing)}.`;
  if (standing.mode === 'soft') return `${what} It only warns: requests go on.`;
  return `${what} Its requests are refused${untilWords(standing)}; raise its limit to let them through.`;
}

/** For a request that needed more than what is left, or that came to a budget that is closed. */
export function refusedWords(standing: BudgetStanding): string {
  const budget = budgetWords(standing);
  if (standing.closed !== null) {
    const why = `A request was refused because ${budget} is closed: ${standing.closed.replace(/\.$/, '')}.`;
    return `${why} It stays closed${untilWords(standing)}, or until it is opened again under Usage.`;
  }
  if (standing.period === 'call') {
    const limit = formatUsd(standing.limitUsd);
    return `A request was refused because it may cost more than ${limit}, which ${budget} allows for one call. Let it write less, or raise the limit.`;
  }
  const left = formatUsd(Math.max(standing.limitUsd - standing.settledUsd - standing.reservedUsd, 0));
  const what = `A request was refused because ${budget} has ${left} left (${spentWords(standing)}), less than it may cost.`;
  const anew = standing.endsAtMs === null ? '' : ` before it begins anew on ${momentWords(standing.endsAtMs)}`;
  return `${what} Smaller ones go on; raise its limit to let more through${anew}.`;
}

export function overBoundWords(standing: BudgetStanding, bill: OverBoundBill): string {
  const billed = `A provider billed ${formatUsd(bill.billedUsd)} for request ${bill.requestId}, where at most ${formatUsd(bill.reservedUsd)} was to be expected`;
  const closed = `so ${budgetWords(standing)} is closed${untilWords(standing)}`;
  return `${billed}, ${closed}. Look at the request and its model's price, then open the budget again under Usage.`;
}

/** A request that cost more than it could by its bound. US dollars. */
export interface OverBoundBill {
  readonly requestId: string;
  readonly reservedUsd: number;
  readonly billedUsd: number;
}

/** @param times how many times the usual it is */
export function unusualWords(hour: {
  readonly spentUsd: number;
  readonly usualUsd: number;
  readonly startsAtMs: number;
}): string {
  const { spentUsd, usualUsd, startsAtMs } = hour;
  const times = (spentUsd / usualUsd).toFixed(spentUsd / usualUsd < 10 ? 1 : 0);
  const since = `${formatUsd(spentUsd)} was spent since ${momentWords(startsAtMs)}, ${times} times the usual hour (${formatUsd(usualUsd)}).`;
  return `${since} Usage shows by which program and model.`;
}

export const testWords = "This is a test of Gatehouse's alerts: they arrive here.";

/** `the budget "Team" (the key "editor")`; the scope is left out where the name says it. */
function budgetWords({ name, scope }: BudgetStanding): string {
  const kinds = { all: 'everything', provider: 'provider', model: 'model', rule: 'rule', client: 'key' } as const;
  const named = scope.name ?? scope.of;
  const words = scope.kind === 'all' || named === null ? kinds[scope.kind] : `${kinds[scope.kind]} ${named}`;
  return named !== null && name.includes(named) ? `the budget "${name}"` : `the budget "${name}" (${words})`;
}

function untilWords({ endsAtMs }: BudgetStanding): string {
  return endsAtMs === null ? '' : ` until ${momentWords(endsAtMs)}`;
}

/** `80 %`; never rounded up to the whole. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
