/** A limit that is used up, as a client is told: which it is, how much it allows, and when it may try again. */
import { GatewayError } from '../../chat/error.ts';
import type { Overrun } from '../../limits/limiter.ts';

/** An error that passes with time. */
export interface LimitRefusal {
  readonly error: GatewayError;
  /** Whole, at least 1. */
  readonly retryAfterSeconds: number;
}

/** The code that programs know a rate limit by (OpenAI's). */
const code = 'rate_limit_exceeded';

/** @param atMs milliseconds since 1970 */
export function clientRefusal(overrun: Overrun, atMs: number): LimitRefusal {
  const retryAfterSeconds = secondsUntil(overrun.resetsAtMs, atMs);
  const words = `this key has reached its limit of ${limitWords(overrun)}; ${laterWords(overrun, retryAfterSeconds)}`;
  return { error: new GatewayError('rate-limited', words, { code }), retryAfterSeconds };
}

/** @param atMs milliseconds since 1970 */
export function providerRefusal(provider: string, overrun: Overrun, atMs: number): LimitRefusal {
  const retryAfterSeconds = secondsUntil(overrun.resetsAtMs, atMs);
  const limit = `the provider ${provider} has reached the limit of ${limitWords(overrun)} that is set for it here`;
  const words = `${limit}; ${laterWords(overrun, retryAfterSeconds)}`;
  return { error: new GatewayError('provider-limit', words, { code, provider }), retryAfterSeconds };
}

export function secondsUntil(momentMs: number, atMs: number): number {
  return Math.max(1, Math.ceil((momentMs - atMs) / 1_000));
}

/** `60 requests a minute`. */
function limitWords({ counted, window, limit, aboveUsd }: Overrun): string {
  const many = new Intl.NumberFormat('en-US').format(limit);
  const one = limit === 1 ? '' : 's';
  if (counted === 'concurrent') return `${many} request${one} at the same time`;
  const what = counted === 'tokens' ? `token${one}` : `request${one}`;
  const which = counted === 'expensive' ? ` that may cost more than $${aboveUsd}` : '';
  return `${many} ${what}${which} ${window === 'hour' ? 'an' : 'a'} ${window}`;
}

function laterWords({ counted, resetsAtMs }: Overrun, seconds: number): string {
  if (counted === 'concurrent') return 'try again when one of them is over';
  return `it resets at ${new Date(resetsAtMs).toISOString().replace('.000Z', 'Z')}, in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}
