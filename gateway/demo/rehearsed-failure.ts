/** The errors a person may rehearse, worded as providers word them. */
import { type ErrorKind, GatewayError } from '../chat/error.ts';

interface Failure {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
}

const failures: Readonly<Record<number, Failure>> = {
  400: { kind: 'upstream-refused', code: 'invalid_value', message: 'This request is refused.' },
  401: { kind: 'upstream-auth', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  429: { kind: 'upstream-rate-limit', code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 1s.' },
  500: { kind: 'upstream-failed', code: 'server_error', message: 'The server had an error while processing your request.' },
  529: { kind: 'upstream-failed', code: 'overloaded', message: 'The server is overloaded. Please try again later.' },
};

/** @param status one of those that `models.ts` lists */
export function rehearsedFailure(status: number): GatewayError {
  const { kind, code, message } = failures[status] ?? {
    kind: 'upstream-failed',
    code: 'server_error',
    message: 'The server failed.',
  };
  return new GatewayError(kind, `${message} (The demo model error-${status} always answers like this.)`, { status, code });
}

/** Seconds after which a provider that gave this answer may be asked again; null where it does not say. */
export function retryAfterSeconds(error: GatewayError): number | null {
  return error.kind === 'upstream-rate-limit' ? 1 : null;
}
