/** Answers the calls about budgets. */
import type { BudgetBook } from './budget-book.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { BudgetStanding } from './contract/money/budget.ts';
import { nanoOfUsd, usdOfNano } from './contract/money/nano-usd.ts';
import { forecastHistoryMs, forecastSpend, type SpentHour } from './money/forecast.ts';
import type { Storage } from './storage/open-storage.ts';
import { WriteFailedError } from './storage/settle.ts';

export interface BudgetParts {
  readonly budgets: BudgetBook;
  readonly storage: Pick<Storage, 'ledger' | 'usage'>;
}

export function budgetCalls({ budgets, storage }: BudgetParts) {
  return {
    'budgets.list': async () => {
      const nowMs = Date.now();
      const hours = hoursByScope(storage, nowMs);
      return { items: await Promise.all(budgets.standings().map((standing) => withForecast(standing, hours, nowMs))) };
    },
    'budgets.reopen': async ({ id }) => {
      const meter = budgets.meterOf(id);
      if (!meter) throw new CallError('not-found', 'There is no budget of that id with a period.', 'id');
      const reopened = await storage.ledger.reopen(meter).catch((error: unknown) => {
        throw error instanceof WriteFailedError ? new CallError('unavailable', error.message, 'id') : error;
      });
      if (reopened) budgets.spent([meter]);
      return { reopened };
    },
  } satisfies Partial<CallHandlers>;
}

type HoursOf = (scope: BudgetStanding['scope']) => Promise<readonly SpentHour[]>;

/** Several budgets have one scope: its past is read once. */
function hoursByScope({ usage }: Pick<Storage, 'usage'>, nowMs: number): HoursOf {
  const asked = new Map<string, Promise<readonly SpentHour[]>>();
  return ({ kind, of }) => {
    const name = `${kind}:${of ?? ''}`;
    const known = asked.get(name) ?? usage.spentHours({ scope: { kind, of }, fromMs: nowMs - forecastHistoryMs, toMs: nowMs });
    asked.set(name, known);
    return known;
  };
}

async function withForecast(standing: BudgetStanding, hoursOf: HoursOf, nowMs: number): Promise<BudgetStanding> {
  const { scope, settledUsd, endsAtMs } = standing;
  if (endsAtMs === null) return standing;
  const forecast = forecastSpend({ settledNanoUsd: nanoOfUsd(settledUsd), nowMs, endsAtMs, hours: await hoursOf(scope) });
  return { ...standing, forecastUsd: forecast === null ? null : usdOfNano(forecast) };
}
