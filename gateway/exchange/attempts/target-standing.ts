/** What an attempt's end says of its target, for its breaker. */
import type { ErrorKind, GatewayError } from '../../chat/error.ts';
import type { BreakerPass, BreakerPlace } from '../live-state/circuit-breakers.ts';
import type { Candidate } from './candidates.ts';

export function breakerPlace({ provider, model, keyReference }: Candidate): BreakerPlace {
  return { provider: provider.id, model, key: keyReference };
}

/** The target's own trouble. Not in here: what is wrong with a request, a key or the config, and a limit that was met. */
const failures: ReadonlySet<ErrorKind> = new Set([
  'upstream-failed',
  'upstream-overloaded',
  'upstream-dns',
  'upstream-connect',
  'upstream-reset',
  'upstream-connect-timeout',
  'upstream-first-byte-timeout',
  'upstream-load-failed',
  'upstream-stalled',
  'upstream-total-timeout',
  'upstream-truncated',
]);

/** It is there, and read the request. */
const answers: ReadonlySet<ErrorKind> = new Set(['upstream-refused', 'upstream-context-too-long', 'upstream-content-policy']);

/** @param status of the answer; null when none came */
export function tellBreaker(pass: BreakerPass, error: GatewayError, status: number | null): void {
  // 408 and 409 are tried again, but are not the target's failure.
  const isRefusal = status !== null && status >= 400 && status < 500;
  if (answers.has(error.kind) || (error.kind === 'upstream-failed' && isRefusal)) pass.succeeded();
  else if (failures.has(error.kind)) pass.failed(error.message.slice(0, 200));
  else if (error.kind.startsWith('upstream')) pass.refused();
  else pass.gaveBack();
}
