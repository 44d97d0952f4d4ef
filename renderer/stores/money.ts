/** What the gateway said of money: today's figures, how every budget stands, and what it warned of. */
import { create } from 'zustand';
import type { Alert } from '../../gateway/contract/money/alert.ts';
import type { BudgetStanding } from '../../gateway/contract/money/budget.ts';
import type { Today } from '../../gateway/contract/money/usage.ts';
import { control } from '../control.ts';
import { messageOf } from './message-of.ts';

interface MoneyStore {
  /** Null until they were read. */
  readonly today: Today | null;
  readonly budgets: readonly BudgetStanding[] | null;
  /** Newest first. */
  readonly alerts: readonly Alert[] | null;
  /** Why each could not be read anew, as long as it could not. */
  readonly errors: { readonly today: string | null; readonly budgets: string | null; readonly alerts: string | null };
  /** Grows when requests or copies ended: whoever shows sums over a range reads them anew. */
  readonly edition: number;
}

export const useMoney = create<MoneyStore>(() => ({
  today: null,
  budgets: null,
  alerts: null,
  errors: { today: null, budgets: null, alerts: null },
  edition: 0,
}));

type Part = keyof MoneyStore['errors'];

async function reading(part: Part, read: () => Promise<Partial<MoneyStore>>): Promise<void> {
  const answer = await read().catch((error: unknown) => messageOf(error));
  useMoney.setState(({ errors }) =>
    typeof answer === 'string' ? { errors: { ...errors, [part]: answer } } : { ...answer, errors: { ...errors, [part]: null } },
  );
}

export const readToday = (): Promise<void> => reading('today', async () => ({ today: await control.call('usage.today', {}) }));
export const readBudgets = (): Promise<void> =>
  reading('budgets', async () => ({ budgets: (await control.call('budgets.list', {})).items }));
export const readAlerts = (): Promise<void> =>
  reading('alerts', async () => {
    const { items } = await control.call('alerts.list', { limit: 200 });
    return { alerts: mergeAlerts(items, useMoney.getState().alerts ?? []) };
  });

export async function readMoney(): Promise<void> {
  await Promise.all([readToday(), readBudgets(), readAlerts()]);
}

/** Often enough to look live, rare enough for hundreds of requests a second. */
const gatherMs = 1_000;
const editionMs = 4_000;

/** Calls once behind the first of several wishes: at once where the last time is long ago. */
function gathered(milliseconds: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAtMs = -Infinity;
  return () => {
    const waitMs = Math.max(60, lastAtMs + milliseconds - performance.now());
    timer ??= setTimeout(() => {
      timer = undefined;
      lastAtMs = performance.now();
      act();
    }, waitMs);
  };
}

const readSpending = gathered(gatherMs, () => void readToday());
const readStandings = gathered(gatherMs, () => void readBudgets());
const nextEdition = gathered(editionMs, () => useMoney.setState(({ edition }) => ({ edition: edition + 1 })));

/** A request ended, or a copy: what was spent today, and every sum over a range, may be another. */
export function moneySpent(): void {
  readSpending();
  nextEdition();
}

/** The gateway said that a budget stands otherwise now. */
export const budgetsChanged: () => void = readStandings;

export function alertRaised(alert: Alert): void {
  useMoney.setState(({ alerts }) => ({ alerts: mergeAlerts([alert], alerts ?? []) }));
}

/** Newest first, each once; one that was seen stays seen, whichever answer comes last. */
export function mergeAlerts(incoming: readonly Alert[], known: readonly Alert[]): readonly Alert[] {
  const byId = new Map(known.map((alert) => [alert.id, alert]));
  for (const alert of incoming)
    byId.set(alert.id, { ...alert, seenAtMs: alert.seenAtMs ?? byId.get(alert.id)?.seenAtMs ?? null });
  return [...byId.values()].sort((one, other) => other.atMs - one.atMs || (one.id < other.id ? 1 : -1));
}

/** @throws CallError */
export async function seeAlerts(ids: readonly string[]): Promise<void> {
  // A call takes five hundred at once.
  for (let at = 0; at < ids.length; at += 500) await control.call('alerts.see', { ids: ids.slice(at, at + 500) });
  const seen = new Set(ids);
  useMoney.setState(({ alerts }) => ({
    alerts: alerts?.map((alert) => (seen.has(alert.id) ? { ...alert, seenAtMs: alert.seenAtMs ?? Date.now() } : alert)) ?? null,
  }));
}

export function useUnseenAlerts(): readonly Alert[] {
  return (useMoney((state) => state.alerts) ?? []).filter(({ seenAtMs }) => seenAtMs === null);
}

/** @throws CallError */
export async function reopenBudget(id: string): Promise<void> {
  await control.call('budgets.reopen', { id });
  await readBudgets();
}
