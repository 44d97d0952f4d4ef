/** From the gateway's answer to what chart and table show. Both are made of the same groups. Pure. */
import type { UsageAnswer, UsageFigures, UsageGrouping, UsageInterval } from '../../../gateway/contract/money/usage.ts';
import { formatDay, formatMoment } from '../../components/formats.ts';

export type Group = UsageAnswer['groups'][number];

const without: Readonly<Record<UsageGrouping, string>> = {
  provider: 'no provider',
  model: 'no model',
  client: 'no key',
  task: 'no task known',
  rule: 'no rule',
};

export function groupName({ id, name }: Pick<Group, 'id' | 'name'>, groupBy: UsageGrouping): string {
  return id === '' ? without[groupBy] : name === '' ? id : name;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

export interface AmountSeries {
  /** Null for the groups that are too small to be drawn alone. */
  readonly group: Group | null;
  readonly count: number;
  readonly values: readonly number[];
}

/** The largest groups, and the rest of them as one: nothing is left out of the sum. The largest first. */
export function seriesOf(
  groups: readonly Group[],
  amount: (figures: UsageFigures) => number,
  most: number,
): readonly AmountSeries[] {
  const all = groups.map((group) => ({ group, count: 1, values: group.figures.map(amount) }));
  const sorted = all
    .filter(({ values }) => values.some((value) => value !== 0))
    .toSorted((one, other) => sum(other.values) - sum(one.values));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1);
  const values = (rest[0]?.values ?? []).map((_value, place) => sum(rest.map((one) => one.values[place] ?? 0)));
  return [...sorted.slice(0, most - 1), { group: null, count: rest.length, values }];
}

const two = (amount: number) => String(amount).padStart(2, '0');

/** An interval's name below the axis, and in full. */
export function pointOf(
  interval: UsageInterval,
  startMs: number,
  nowMs: number,
): { readonly short: string; readonly full: string } {
  const at = new Date(startMs);
  const day = formatDay(startMs, nowMs);
  const dayAlone = day.replace(/^\S+ /, '');
  if (interval === 'hour') {
    const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
    return { short: at.getHours() === 0 ? dayAlone : hour, full: `${day}, from ${hour}` };
  }
  if (interval === 'month') {
    const month = formatMoment(startMs).split(' ').slice(1, 3).join(' ');
    return { short: month, full: month };
  }
  return interval === 'week' ? { short: dayAlone, full: `week from ${day}` } : { short: dayAlone, full: day };
}
