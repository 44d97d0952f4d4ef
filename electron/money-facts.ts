/** What the tray and the notifications need to know of money: a few calls to the gateway, each of which may fail alone. */
import { z } from 'zod';
import type { Alert } from '../gateway/contract/money/alert.ts';
import type { BudgetStanding } from '../gateway/contract/money/budget.ts';
import { moneyCalls } from '../gateway/contract/money/calls.ts';
import { ask } from './control-client.ts';
import type { ControlEndpoint } from './forward-control.ts';

export interface MoneyFacts {
  /** US dollars; null while it is not known. */
  readonly spentTodayUsd: number | null;
  /** Of that what copies for comparison cost. */
  readonly spentOnCopiesUsd: number;
  /** The newest that nobody has seen. */
  readonly newestAlert: Alert | null;
  /** Names of budgets that are spent or closed in their present period. */
  readonly spentBudgets: readonly string[];
}

/** Never rejects: what cannot be asked is unknown. */
export async function readMoney(endpoint: ControlEndpoint): Promise<MoneyFacts> {
  const [today, alerts, budgets] = await Promise.all([
    ask(endpoint, 'usage.today', {}, moneyCalls['usage.today'].output).catch(() => null),
    ask(endpoint, 'alerts.list', {}, moneyCalls['alerts.list'].output).catch(() => null),
    ask(endpoint, 'budgets.list', {}, moneyCalls['budgets.list'].output).catch(() => null),
  ]);
  return {
    spentTodayUsd: today?.figures.costUsd ?? null,
    spentOnCopiesUsd: today?.figures.copiesUsd ?? 0,
    newestAlert: alerts?.items.find(({ seenAtMs }) => seenAtMs === null) ?? null,
    spentBudgets: (budgets?.items ?? []).filter(isSpent).map(({ name }) => name),
  };
}

function isSpent({ period, closed, settledUsd, limitUsd }: BudgetStanding): boolean {
  return closed !== null || (period !== 'call' && settledUsd >= limitUsd);
}

const desktopSettingSchema = z.object({ effective: z.object({ alerts: z.object({ desktop: z.boolean() }) }) });

/** Does the config want alerts on the desktop? @throws Error with the gateway's sentence */
export async function wantsDesktopAlerts(endpoint: ControlEndpoint): Promise<boolean> {
  const { effective } = await ask(endpoint, 'config.get', {}, desktopSettingSchema);
  return effective.alerts.desktop;
}
