/** The periods of budgets, by the calendar of this machine: each has an id that is made here and kept, whatever clocks do later. */
import type { BudgetPeriod } from '../../contract/money/budget.ts';
import { hourStartsAt } from '../../contract/money/local-hour.ts';

export type CalendarPeriod = Exclude<BudgetPeriod, 'call'>;

export interface Period {
  /** `hour 2026-11-20T18:00Z`, `day 2026-11-20`, `week 2026-11-16` (its Monday), `month 2026-11`. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startsAtMs: number;
  /** Not included. */
  readonly endsAtMs: number;
}

const hourMs = 3_600_000;

/** The period of a moment. A day that clocks change in has 23 or 25 hours, and each of them is an hour of its own. */
export function periodAt(kind: CalendarPeriod, atMs: number): Period {
  const at = new Date(atMs);
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  switch (kind) {
    case 'hour':
      return hourAt(atMs);
    case 'day':
      return between(`day ${dateOf(year, month, day)}`, new Date(year, month, day), new Date(year, month, day + 1));
    case 'week': {
      const monday = new Date(year, month, day - ((at.getDay() + 6) % 7));
      const next = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + 7);
      return between(`week ${localDate(monday)}`, monday, next);
    }
    case 'month':
      return between(`month ${dateOf(year, month, 1).slice(0, -3)}`, new Date(year, month, 1), new Date(year, month + 1, 1));
  }
}

/** Asked for the same moment again and again: remembers the latest period of each kind. */
export function createPeriodClock(): (kind: CalendarPeriod, atMs: number) => Period {
  const latest = new Map<CalendarPeriod, Period>();
  return (kind, atMs) => {
    const known = latest.get(kind);
    if (known && known.startsAtMs <= atMs && atMs < known.endsAtMs) return known;
    const period = periodAt(kind, atMs);
    latest.set(kind, period);
    return period;
  };
}

/** Hours follow the wall's minutes, which differ from UTC's in some zones. */
function hourAt(atMs: number): Period {
  const startsAtMs = hourStartsAt(atMs);
  return { id: `hour ${new Date(startsAtMs).toISOString().slice(0, 16)}Z`, startsAtMs, endsAtMs: startsAtMs + hourMs };
}

function between(id: string, start: Date, end: Date): Period {
  return { id, startsAtMs: start.getTime(), endsAtMs: end.getTime() };
}

function localDate(date: Date): string {
  return dateOf(date.getFullYear(), date.getMonth(), date.getDate());
}

function dateOf(year: number, month: number, day: number): string {
  return `${year}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
