/** Answers the calls about usage: makes intervals of the calendar and asks the summaries. */
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { UsageAnswer, UsageQuery } from './contract/money/usage.ts';
import { calendarIntervals } from './money/calendar-intervals.ts';
import { periodAt } from './money/budgets/periods.ts';
import type { UsageStorage } from './storage/usage/usage-storage.ts';
import { exportUsage } from './usage-export.ts';

/** More make an answer that takes the request's thread longer than a moment: about 1.5 µs for each. */
const mostFigures = 10_000;

export interface UsageCallParts {
  readonly storage: { readonly usage: UsageStorage };
}

export function usageCalls({ storage: { usage } }: UsageCallParts) {
  const query = async (asked: UsageQuery): Promise<UsageAnswer> => {
    const { filter = {}, groupBy = null } = asked;
    const { provider = null, model = null, clientId = null, task = null, rule = null } = filter;
    const intervals = calendarIntervals(asked, mostFigures);
    const answer =
      intervals && (await usage.query({ intervals, groupBy, filter: { provider, model, clientId, task, rule }, mostFigures }));
    if (answer) return answer;
    const message = `This would be more than ${mostFigures} figures; choose longer intervals, a shorter time or a filter.`;
    throw new CallError('invalid', message, 'interval');
  };
  return {
    'usage.query': query,
    'usage.export': async ({ query: asked, format }) => exportUsage(asked, await query(asked), format),
    'usage.today': async () => {
      const { startsAtMs, endsAtMs } = periodAt('day', Date.now());
      const { total } = await query({ fromMs: startsAtMs, toMs: endsAtMs, interval: 'day' });
      return { dayStartsAtMs: startsAtMs, figures: total };
    },
  } satisfies Partial<CallHandlers>;
}
