/** When a gateway process that ended starts again, and when that is given up. Pure. */

/** So many ends within the window, and it is not started again by itself. */
const mostEnds = 5;
const windowMs = 60_000;
const firstDelayMs = 1_000;

/** Exit codes that starting again does not mend: a wrong flag or config, a data folder in use, a port that is taken. */
const lastingCodes: ReadonlySet<number> = new Set([2, 3, 4]);

/**
 * @param endsAtMs when the process ended, the newest last, on a clock that only goes forward
 * @param code the newest end's exit code; null when a signal ended it
 * @returns milliseconds to wait; null to give up
 */
export function nextStartDelay(endsAtMs: readonly number[], code: number | null): number | null {
  if (code !== null && lastingCodes.has(code)) return null;
  const newest = endsAtMs.at(-1) ?? 0;
  const recent = endsAtMs.filter((atMs) => newest - atMs < windowMs).length;
  return recent >= mostEnds ? null : firstDelayMs * 2 ** Math.max(0, recent - 1);
}
