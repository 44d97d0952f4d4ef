/** Hours as this machine's clock on the wall tells them: days and months are then made of whole ones, in Kolkata too. */

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** No zone changes within a quarter of an hour. */
const quarterMs = 900_000;

/**
 * Makes a function from a moment to the beginning of its hour, both in milliseconds since 1970. The zone is asked for once
 * for each quarter of an hour in a row.
 * @param offsetAt minutes to add to UTC at a moment
 */
export function createHourOf(offsetAt: (atMs: number) => number = systemOffset): (atMs: number) => number {
  let quarter = Number.NaN;
  let offsetMs = 0;
  return (atMs) => {
    const current = Math.floor(atMs / quarterMs);
    if (current !== quarter) {
      quarter = current;
      offsetMs = offsetAt(atMs) * minuteMs;
    }
    const local = atMs + offsetMs;
    return Math.floor(local / hourMs) * hourMs - offsetMs;
  };
}

function systemOffset(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset();
}
