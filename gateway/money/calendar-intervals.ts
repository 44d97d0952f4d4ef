/** A stretch of time cut where the calendar of this machine cuts it. */
import type { UsageInterval } from '../contract/money/usage.ts';
import { periodAt } from './budgets/periods.ts';

export interface Stretch {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly interval: UsageInterval;
}

/**
 * The first interval begins with the hour of `fromMs`, the last ends at `toMs`; where those lie within a period, its interval is the
 * part of it. Moments are milliseconds since 1970.
 * @returns them in order, each beginning where the one before ends; null where there are more than `most`
 */
export function calendarIntervals(
  { fromMs, toMs, interval }: Stretch,
  most: number,
): { startMs: number; endMs: number }[] | null {
  const intervals: { startMs: number; endMs: number }[] = [];
  for (let startMs = periodAt('hour', fromMs).startsAtMs; startMs < toMs; ) {
    if (intervals.length >= most) return null;
    const endMs = Math.min(periodAt(interval, startMs).endsAtMs, toMs);
    intervals.push({ startMs, endMs });
    startMs = endMs;
  }
  return intervals;
}
