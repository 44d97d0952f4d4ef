/** When a failed attempt is followed by another, by which, and after what pause. Pure. */
import type { GatewayError } from '../../chat/error.ts';
import type { Candidate } from './candidates.ts';

/** Attempts in all for one request, over keys and targets. */
export const attemptLimit = 3;

/** What another key of the same provider may mend; all else is the provider's own trouble, whatever the key. */
const keyShaped: ReadonlySet<string> = new Set(['upstream-auth', 'upstream-quota', 'upstream-rate-limit']);

/**
 * Where to turn after a failure: to the same target's next key when the key is to blame, else to the next target. The last
 * attempt belongs to the next target, however many keys are left.
 * @param failed the place in the list that failed
 * @param attempts made so far, this one included
 * @returns a place in the list, or null when nobody else can be asked
 */
export function nextPlace(
  candidates: readonly Pick<Candidate, 'provider' | 'model'>[],
  failed: number,
  error: GatewayError,
  attempts: number,
): number | null {
  if (!error.movable) return null;
  const nextKey = failed + 1 < candidates.length ? failed + 1 : null;
  const { provider, model } = candidates[failed] ?? {};
  const later = candidates.findIndex((one, place) => place > failed && (one.provider !== provider || one.model !== model));
  const nextTarget = later === -1 ? null : later;
  if (!keyShaped.has(error.kind)) return nextTarget;
  return attempts + 1 >= attemptLimit ? (nextTarget ?? nextKey) : nextKey;
}

const firstPauseMs = 500;
const longestPauseMs = 8_000;
/** A provider that wants a longer rest is not waited for: its answer goes to the client, who can decide. */
const longestObeyedMs = 30_000;

/**
 * Full jitter: anywhere between nothing and a bound that doubles; never less than the provider asked for.
 * @param failures attempts that failed so far, at least 1
 * @param retryAfterMs what the provider asked for, or null
 * @param random in [0, 1)
 * @returns milliseconds to wait, or null when waiting is not worth it
 */
export function pauseBeforeRetry(failures: number, retryAfterMs: number | null, random: number): number | null {
  if (retryAfterMs !== null && retryAfterMs > longestObeyedMs) return null;
  const bound = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  return Math.max(Math.round(random * bound), retryAfterMs ?? 0);
}

/**
 * Reads how long a provider asks to be left alone (RFC 9110 10.2.3, and the millisecond headers of OpenAI and Azure).
 * @param now milliseconds since 1970, to which a date is compared
 * @returns milliseconds, or null when it does not say or says nothing sensible
 */
export function readRetryAfter(headers: Readonly<Record<string, string | string[] | undefined>>, now: number): number | null {
  const milliseconds = single(headers['retry-after-ms']) ?? single(headers['x-ms-retry-after-ms']);
  if (milliseconds !== null && /^\d{1,9}(?:\.\d+)?$/.test(milliseconds)) return Math.ceil(Number(milliseconds));
  const value = single(headers['retry-after']);
  if (value === null) return null;
  if (/^\d{1,9}(?:\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) || date <= now ? null : date - now;
}

function single(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined ? null : text.trim();
}
