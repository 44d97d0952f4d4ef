/** What the Usage screen shows, as it stands in the address, so that a view can be kept and shared. Pure. */
import type { UsageGrouping, UsageInterval } from '../../../gateway/contract/money/usage.ts';
import type { UsageAsk } from '../../stores/usage.ts';

export const ranges = ['today', '7d', '30d', 'month', 'custom'] as const;
export type Range = (typeof ranges)[number];

export const metrics = ['spend', 'tokens', 'requests', 'errors', 'latency', 'first-token', 'savings'] as const;
export type Metric = (typeof metrics)[number];

export interface UsageView {
  readonly range: Range;
  /** Days of this machine's calendar, both included: `2026-11-20`. */
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly interval: UsageInterval;
  readonly groupBy: UsageGrouping;
  readonly metric: Metric;
  /** As a table instead of a chart. */
  readonly asTable: boolean;
  readonly filter: NonNullable<UsageAsk['filter']>;
}

export const groupings: readonly UsageGrouping[] = ['provider', 'model', 'client', 'task', 'rule'];

/** The address's name of each filter, and the query's. */
export const filterNames = [
  ['provider', 'provider'],
  ['model', 'model'],
  ['client', 'clientId'],
  ['task', 'task'],
  ['rule', 'rule'],
] as const;

const dayMs = 86_400_000;
/** More bars than that say nothing. */
const mostIntervals = 120;

const lengths: Readonly<Record<UsageInterval, number>> = { hour: 3_600_000, day: dayMs, week: 7 * dayMs, month: 30 * dayMs };
const intervals: readonly UsageInterval[] = ['hour', 'day', 'week', 'month'];

/** The intervals that a range can be cut into. */
export function intervalsFor(fromMs: number, toMs: number): readonly UsageInterval[] {
  const length = toMs - fromMs;
  return intervals.filter(
    (interval) => length / lengths[interval] <= mostIntervals && (interval === 'hour' || length > lengths[interval]),
  );
}

/** `2026-11-20`, by this machine's calendar. */
export function dayText(at: Date): string {
  const two = (amount: number) => String(amount).padStart(2, '0');
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The beginning of a day of this machine's calendar, so many days later; null for a text that is none. */
export function startOfDay(text: string, later = 0): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later);
  return Number.isFinite(at.getTime()) && at.getTime() >= 0 ? at.getTime() : null;
}

function daysOf(range: Range, query: URLSearchParams, now: Date): readonly [from: string, to: string] {
  const today = dayText(now);
  const ago = (days: number) => dayText(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
  if (range === 'today') return [today, today];
  if (range === '30d') return [ago(29), today];
  if (range === 'month') return [dayText(new Date(now.getFullYear(), now.getMonth(), 1)), today];
  if (range === '7d') return [ago(6), today];
  const from = query.get('from') ?? ago(6);
  const to = query.get('to') ?? today;
  return startOfDay(from) === null || startOfDay(to) === null ? [ago(6), today] : from <= to ? [from, to] : [to, from];
}

const oneOf = <T extends string>(known: readonly T[], text: string | null, otherwise: T): T =>
  known.find((one) => one === text) ?? otherwise;

/** What an address says that is no part of a view is passed over. */
export function readView(query: URLSearchParams, nowMs: number): UsageView {
  const range = oneOf(ranges, query.get('range'), '7d');
  const [from, to] = daysOf(range, query, new Date(nowMs));
  const fromMs = startOfDay(from) ?? 0;
  const toMs = startOfDay(to, 1) ?? nowMs;
  const possible = intervalsFor(fromMs, toMs);
  const usual = toMs - fromMs <= 2 * dayMs ? 'hour' : 'day';
  const filter: Record<string, string> = {};
  for (const [name, field] of filterNames) {
    const value = query.get(name);
    if (value !== null) filter[field] = value;
  }
  return {
    range,
    from,
    to,
    fromMs,
    toMs,
    interval: oneOf(possible, query.get('interval'), oneOf(possible, usual, possible[0] ?? 'month')),
    groupBy: oneOf(groupings, query.get('by'), 'provider'),
    metric: oneOf(metrics, query.get('metric'), 'spend'),
    asTable: query.get('as') === 'table',
    filter,
  };
}

export function askOf({ fromMs, toMs, interval, groupBy, filter }: UsageView): UsageAsk {
  return { fromMs, toMs, interval, groupBy, ...(Object.keys(filter).length > 0 ? { filter } : {}) };
}

/** The changes of an address that take every filter away. */
export const noFilter = { provider: null, model: null, client: null, task: null, rule: null } as const;
