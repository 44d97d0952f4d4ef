/** The windows in which requests are counted: the minute, the hour and the day of the clock on this machine's wall. */

export const windowNames = ['minute', 'hour', 'day'] as const;
export type WindowName = (typeof windowNames)[number];

/** One of them. Moments are milliseconds since 1970. */
export interface Window {
  readonly name: WindowName;
  /** Two moments are in the same window exactly if this is the same, however the clock came from one to the other. */
  readonly id: string;
  readonly startsAtMs: number;
  /** The first moment that is not in it any more. */
  readonly endsAtMs: number;
}

const minuteMs = 60_000;
const spans = { minute: minuteMs, hour: 60 * minuteMs } as const;

/**
 * The window that a moment is in. Both hours of a night in which clocks go back are windows of their own; the day of that night has 25.
 * @param atMs milliseconds since 1970
 */
export function windowAt(name: WindowName, atMs: number): Window {
  return name === 'day' ? dayAt(atMs) : spanAt(name, atMs);
}

function spanAt(name: 'minute' | 'hour', atMs: number): Window {
  const span = spans[name];
  const onWall = atMs - new Date(atMs).getTimezoneOffset() * minuteMs;
  const startsAtMs = atMs - (((onWall % span) + span) % span);
  return { name, id: `${name} ${startsAtMs}`, startsAtMs, endsAtMs: startsAtMs + span };
}

function dayAt(atMs: number): Window {
  const moment = new Date(atMs);
  const [year, month, day] = [moment.getFullYear(), moment.getMonth(), moment.getDate()];
  const startsAtMs = new Date(year, month, day).getTime();
  return { name: 'day', id: `day ${startsAtMs}`, startsAtMs, endsAtMs: new Date(year, month, day + 1).getTime() };
}
