/** Hours as this machine's clock on the wall tells them: days and months are then made of whole ones, in Kolkata too. */

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** No zone changes within a quarter of an hour. */
const quarterMs = 900_000;

/** The beginning of a moment's hour, both in milliseconds since 1970. @param utcOffsetMinutes minutes to add to UTC at that moment */
export function hourStartsAt(atMs: number, utcOffsetMinutes: number = systemOffset(atMs)): number {
  const offsetMs = utcOffsetMinutes * minuteMs;
  return Math.floor((atMs + offsetMs) / hourMs) * hourMs - offsetMs;
}

/**
 * Does the same for many moments: the zone is asked for once for each quarter of an hour in a row.
 * @param offsetAt minutes to add to UTC at a moment
 */
export function createHourOf(offsetAt: (atMs: number) => number = systemOffset): (atMs: number) => number {
  let quarter = Number.NaN;
  let offset = 0;
  return (atMs) => {
    const current = Math.floor(atMs / quarterMs);
    if (current !== quarter) {
      quarter = current;
      offset = offsetAt(atMs);
    }
    return hourStartsAt(atMs, offset);
  };
}

/** Minutes to add to UTC at a moment, by this machine's zone. */
export function systemOffset(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset();
}
