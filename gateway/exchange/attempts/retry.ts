/** What pause a failed attempt is followed by before the same target is asked again. Pure. */

const firstPauseMs = 500;
const longestPauseMs = 8_000;
/** A provider that wants a longer rest is not waited for: its answer goes to the client, who can decide. */
const longestObeyedMs = 30_000;

/**
 * Full jitter: anywhere between nothing and a bound that doubles; never less than the provider asked for.
 * @param failures attempts that failed so far, at least 1
 * @param retryAfterMs what the provider asked for, or null
 * @param random in [0, 1)
 * @param leftMs until the request's deadline: beyond it nothing is waited for
 * @returns milliseconds to wait, or null when waiting is not worth it
 */
export function pauseBeforeRetry(
  failures: number,
  retryAfterMs: number | null,
  random: number,
  leftMs = Number.POSITIVE_INFINITY,
): number | null {
  if (retryAfterMs !== null && retryAfterMs > longestObeyedMs) return null;
  const bound = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  const pauseMs = Math.max(Math.round(random * bound), retryAfterMs ?? 0);
  return pauseMs < leftMs ? pauseMs : null;
}
