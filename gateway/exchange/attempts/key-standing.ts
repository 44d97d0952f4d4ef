/** What an attempt's end says of the key that it was made with. */
import type { KeyPool } from '../../providers/key-pool.ts';
import type { Candidate } from './candidates.ts';
import type { UpstreamRefusal } from './upstream-error.ts';

type KeyedCandidate = Pick<Candidate, 'keyReference'> & { readonly provider: Pick<Candidate['provider'], 'id'> };

/** @param sentAtMs when the attempt began, milliseconds since 1970 */
export function noteFailure(
  pool: KeyPool,
  { provider, keyReference }: KeyedCandidate,
  refusal: UpstreamRefusal,
  sentAtMs: number,
): void {
  const { error, retryAfterMs, upstreamStatus } = refusal;
  if (keyReference === null) return;
  if (error.kind === 'upstream-rate-limit') pool.rest(provider.id, keyReference, sentAtMs, retryAfterMs);
  else if (error.kind === 'upstream-quota' || upstreamStatus === 402) pool.exhaust(provider.id, keyReference, retryAfterMs);
  else if (error.kind === 'upstream-auth')
    pool.setAside(provider.id, keyReference, upstreamStatus === null ? 'was refused' : `was refused (${upstreamStatus})`);
}

/** It was answered with this key. */
export function noteSuccess(pool: KeyPool, { provider, keyReference }: KeyedCandidate, sentAtMs: number): void {
  if (keyReference !== null) pool.restored(provider.id, keyReference, sentAtMs);
}
