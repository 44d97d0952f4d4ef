/** How long a provider asks to be left alone, in every form that providers have for it. Pure. */
import { isRecord } from './error-codes.ts';
import type { UpstreamHeaders } from './upstream-error.ts';

const plainNumber = /^\d{1,13}(?:\.\d+)?$/;

/** Beyond this a number of seconds is a moment: seconds since 1970 (in 2001), or milliseconds. */
const firstTimestamp = 1_000_000_000;
const firstMillisecondTimestamp = 100_000_000_000;

/**
 * Reads `retry-after-ms` and `x-ms-retry-after-ms` first, then `retry-after` (RFC 9110 10.2.3), and, where a limit was met, the
 * headers that tell when a limit begins anew. Dates are compared to the provider's own, so that a wrong clock here does no harm.
 * @param nowMs milliseconds since 1970, for a provider that does not tell the time
 * @param isLimited is it the answer to a request too many? Other answers tell of their limits, too, and mean nothing by it.
 * @returns milliseconds, or null when it does not say or says nothing sensible
 */
export function readRetryAfter(headers: UpstreamHeaders, nowMs: number, isLimited: boolean): number | null {
  const milliseconds = readNumber(headers['retry-after-ms']) ?? readNumber(headers['x-ms-retry-after-ms']);
  if (milliseconds !== null) return Math.ceil(milliseconds);
  const value = single(headers['retry-after']);
  if (value !== null) return readDelay(value, headers, nowMs);
  return isLimited ? readReset(headers, nowMs) : null;
}

const retryInfo = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * Google has no header for it: `{details: [{"@type": "…RetryInfo", "retryDelay": "34.07s"}]}` (google/rpc/error_details.proto).
 * @param error an error object
 * @returns milliseconds, or null when it does not say
 */
export function readRetryInfo(error: Readonly<Record<string, unknown>>): number | null {
  const details: readonly unknown[] = Array.isArray(error['details']) ? error['details'] : [];
  const info = details.find((one) => isRecord(one) && one['@type'] === retryInfo);
  const told = isRecord(info) ? info['retryDelay'] : null;
  return typeof told === 'string' ? readGoDuration(told) : null;
}

function readDelay(value: string, headers: UpstreamHeaders, nowMs: number): number | null {
  const seconds = readNumber(value);
  if (seconds !== null) return Math.ceil(seconds * 1_000);
  return /^[A-Z][a-z]{2}/.test(value) ? untilDate(value, headers, nowMs) : null;
}

interface Reset {
  readonly waitMs: number;
  /** What is left of the limit until then; null where it is not told. */
  readonly remaining: number | null;
}

/**
 * Of several limits those count that are used up, and of those the last to begin anew. Where no remainder is told, the first
 * to begin anew is the best guess; where there is one of every limit, none of them was met.
 */
function readReset(headers: UpstreamHeaders, nowMs: number): number | null {
  const usedUp: number[] = [];
  const untold: number[] = [];
  for (const { waitMs, remaining } of findResets(headers, nowMs)) {
    if (remaining === 0) usedUp.push(waitMs);
    else if (remaining === null) untold.push(waitMs);
  }
  if (usedUp.length > 0) return Math.max(...usedUp);
  return untold.length > 0 ? Math.min(...untold) : null;
}

/** `x-ratelimit-reset`, `x-ratelimit-reset-tokens-minute`, `ratelimit-reset`, `anthropic-ratelimit-input-tokens-reset`. */
const resetName = /^(?:(?:x-)?ratelimit-reset(?:-[a-z-]+)?|anthropic-ratelimit-[a-z-]+-reset)$/;

function findResets(headers: UpstreamHeaders, nowMs: number): Reset[] {
  const resets: Reset[] = [];
  for (const name in headers) {
    if (!resetName.test(name)) continue;
    const value = single(headers[name]);
    const waitMs = value === null ? null : readWait(value, headers, nowMs);
    const remaining = readNumber(headers[name.replace('reset', 'remaining')]);
    if (waitMs !== null) resets.push({ waitMs, remaining });
  }
  return resets;
}

/** Seconds, a moment as a number or in RFC 3339, or a duration as Go writes it. */
function readWait(value: string, headers: UpstreamHeaders, nowMs: number): number | null {
  const number = readNumber(value);
  if (number === null) return /^\d{4}-\d\d-\d\dT/.test(value) ? untilDate(value, headers, nowMs) : readGoDuration(value);
  if (number < firstTimestamp) return Math.ceil(number * 1_000);
  const atMs = number < firstMillisecondTimestamp ? number * 1_000 : number;
  return futureOnly(atMs - clockOf(headers, nowMs));
}

const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};
const goDuration = /^(?:\d{1,9}(?:\.\d{1,9})?(?:h|ms|m|s|us|µs|ns))+$/;

/** `2m30s`, `1h`, `6m0s`, `7.66s`, `120ms`. */
function readGoDuration(value: string): number | null {
  if (value.length > 64 || !goDuration.test(value)) return null;
  let sum = 0;
  for (const [, number, unit = ''] of value.matchAll(/([\d.]+)([a-zµ]+)/g)) sum += Number(number) * (unitMs[unit] ?? 0);
  return Math.ceil(sum);
}

/** `Sun Nov  6 08:49:37 1994`: a date of the standard that names no zone, and means GMT (RFC 9110 5.6.7). */
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

function untilDate(value: string, headers: UpstreamHeaders, nowMs: number): number | null {
  const date = Date.parse(asctime.test(value) ? `${value} GMT` : value);
  return Number.isNaN(date) ? null : futureOnly(date - clockOf(headers, nowMs));
}

/** The provider's own time when it answered. */
function clockOf(headers: UpstreamHeaders, nowMs: number): number {
  const told = Date.parse(single(headers['date']) ?? '');
  return Number.isNaN(told) ? nowMs : told;
}

/** A moment that has passed says nothing: the usual pause is kept. */
function futureOnly(waitMs: number): number | null {
  return waitMs > 0 ? Math.ceil(waitMs) : null;
}

function readNumber(value: string | string[] | undefined): number | null {
  const text = single(value);
  return text !== null && plainNumber.test(text) ? Number(text) : null;
}

function single(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined ? null : text.trim();
}
