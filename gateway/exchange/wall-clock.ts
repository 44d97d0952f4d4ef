/** This machine's clock on the wall: the moment, and how far it is from UTC then. */
import { systemOffset } from '../contract/money/local-hour.ts';
import type { DecisionClock } from '../decision/question.ts';

const minuteMs = 60_000;

/**
 * The zone is asked for once a minute, when alone it can change: that costs more than the rest of a plain decision.
 * @param offsetAt minutes to add to UTC at a moment, in milliseconds since 1970
 */
export function createWallClock(offsetAt: (atMs: number) => number = systemOffset): (atMs: number) => DecisionClock {
  let minute = Number.NaN;
  let utcOffsetMinutes = 0;
  return (atMs) => {
    const current = Math.floor(atMs / minuteMs);
    if (current !== minute) {
      minute = current;
      utcOffsetMinutes = offsetAt(atMs);
    }
    return { atMs, utcOffsetMinutes };
  };
}
