/** The errors of the gateway's own making that an exchange may end with. */
import { type ErrorKind, GatewayError } from '../chat/error.ts';
import type { Refusal } from '../decision/decision.ts';

/** A rule's denial is 403: the request is understood, its key is good, and asking again is no use; no client retries it. */
export function refusalOf({ kind, message }: Refusal): GatewayError {
  if (kind === 'denied') return new GatewayError('denied-by-policy', message);
  if (kind === 'not-allowed') return new GatewayError('model-not-allowed', message, { field: 'model' });
  if (kind === 'no-key') return new GatewayError('upstream-auth', message, { code: 'provider_auth_failed' });
  // The code by which programs shorten a conversation and ask again.
  if (kind === 'too-long') return new GatewayError('bad-request', message, { code: 'context_length_exceeded' });
  return new GatewayError(kind === 'unknown-model' ? 'unknown-model' : 'no-target', message, { field: 'model' });
}

/** @param fields what would be lost */
export function lossyTranslation(fields: readonly string[], dialect: string): GatewayError {
  const those = fields.length === 1 ? 'it' : 'them';
  const words = `said in ${dialect} this request would lose ${fields.join(', ')}, which its key or its x-gatehouse-strict header forbids; leave ${those} out, or choose another model`;
  return new GatewayError('untranslatable', words, { code: 'lossy_translation', field: fields[0] ?? 'model' });
}

export function ledgerUnavailable(cause: Error): GatewayError {
  const words = "the request log cannot be written, so nothing is answered; the gateway's own log says why";
  return new GatewayError('ledger-unavailable', words, { cause });
}

export function clientGone(): GatewayError {
  return new GatewayError('client-gone', 'the client closed its connection before the answer was complete');
}

export function keyRevoked(): GatewayError {
  return new GatewayError('key-revoked', 'the key of this request was revoked');
}

/** Between the headers and the end of the body. */
export function keyEndedMeanwhile(): GatewayError {
  return new GatewayError('key-revoked', 'the key of this request was revoked, or its time was over, before its body had come');
}

export function totalTimeout(totalMs: number): GatewayError {
  return new GatewayError('upstream-total-timeout', `no whole answer came within ${totalMs / 1_000} seconds`);
}

/** Nobody was to blame but the request, or how much was asked. */
const refusedKinds: ReadonlySet<ErrorKind> = new Set(['bad-request', 'untranslatable', 'over-budget', 'provider-limit']);

/** The state of a row that ends with this error before anything went out. */
export function stateAfter({ kind }: GatewayError): 'upstream_error' | 'rejected' | 'gateway_error' {
  if (kind.startsWith('upstream')) return 'upstream_error';
  return refusedKinds.has(kind) ? 'rejected' : 'gateway_error';
}

export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('internal', 'something went wrong inside the gateway', { cause: error });
}
