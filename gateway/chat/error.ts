/** The one error of a request's path, and the one table of its kinds. */

/**
 * How each kind is answered: our HTTP status, whether another target may be tried (`movable`), and whether the same one may
 * be asked again after a pause (`retryable`). Both are only ever asked before the client's first byte.
 */
const kinds = {
  'bad-request': { status: 400, movable: false, retryable: false },
  unauthorized: { status: 401, movable: false, retryable: false },
  'host-not-allowed': { status: 403, movable: false, retryable: false },
  'origin-not-allowed': { status: 403, movable: false, retryable: false },
  'not-found': { status: 404, movable: false, retryable: false },
  'method-not-allowed': { status: 405, movable: false, retryable: false },
  'body-too-large': { status: 413, movable: false, retryable: false },
  'upgrade-required': { status: 426, movable: false, retryable: false },
  'unsupported-media-type': { status: 415, movable: false, retryable: false },
  'too-many-wrong-keys': { status: 429, movable: false, retryable: false },
  'unknown-model': { status: 404, movable: false, retryable: false },
  'denied-by-policy': { status: 403, movable: false, retryable: false },
  /** A hard budget has no room: nothing was asked of anyone. */
  'over-budget': { status: 429, movable: true, retryable: false },
  'model-not-allowed': { status: 403, movable: false, retryable: false },
  'rate-limited': { status: 429, movable: false, retryable: true },
  'provider-limit': { status: 429, movable: true, retryable: true },
  'no-target': { status: 404, movable: false, retryable: false },
  untranslatable: { status: 400, movable: true, retryable: false },
  'upstream-auth': { status: 502, movable: true, retryable: false },
  'upstream-rate-limit': { status: 429, movable: true, retryable: true },
  'upstream-quota': { status: 429, movable: true, retryable: false },
  'upstream-refused': { status: 400, movable: false, retryable: false },
  'upstream-context-too-long': { status: 400, movable: false, retryable: false },
  'upstream-content-policy': { status: 400, movable: false, retryable: false },
  'upstream-overloaded': { status: 503, movable: true, retryable: true },
  'upstream-failed': { status: 502, movable: true, retryable: true },
  'upstream-dns': { status: 502, movable: true, retryable: false },
  'upstream-connect': { status: 502, movable: true, retryable: false },
  'upstream-reset': { status: 502, movable: true, retryable: true },
  'upstream-connect-timeout': { status: 504, movable: true, retryable: false },
  'upstream-tls': { status: 502, movable: true, retryable: false },
  'upstream-first-byte-timeout': { status: 504, movable: true, retryable: false },
  /** The server could not load the model: there is no room for it, or it broke. */
  'upstream-load-failed': { status: 503, movable: true, retryable: false },
  'upstream-load-timeout': { status: 504, movable: true, retryable: false },
  'upstream-stalled': { status: 504, movable: true, retryable: false },
  'upstream-total-timeout': { status: 504, movable: false, retryable: false },
  'upstream-redirect': { status: 502, movable: true, retryable: false },
  'upstream-protocol': { status: 502, movable: true, retryable: false },
  'upstream-too-large': { status: 502, movable: true, retryable: false },
  'upstream-truncated': { status: 502, movable: true, retryable: false },
  'client-gone': { status: 499, movable: false, retryable: false },
  'client-slow': { status: 499, movable: false, retryable: false },
  'key-revoked': { status: 401, movable: false, retryable: false },
  'loop-detected': { status: 508, movable: false, retryable: false },
  'ledger-unavailable': { status: 503, movable: false, retryable: false },
  'shutting-down': { status: 503, movable: false, retryable: false },
  internal: { status: 500, movable: false, retryable: false },
} as const;

export type ErrorKind = keyof typeof kinds;

export interface ErrorFacts {
  /** Overrides the table, for an upstream's own status that is passed on. */
  readonly status?: number;
  /** The request's field at fault. */
  readonly field?: string;
  /** A program's code, when it is not simply the kind. */
  readonly code?: string;
  readonly provider?: string;
  /** Overrides the table, for an upstream that says `x-should-retry: false`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** What went wrong, in words for a person and a kind for a program. The kind never comes from words in a message. */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly movable: boolean;
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly code: string;
  readonly provider: string | undefined;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.status = facts.status ?? kinds[kind].status;
    this.movable = kinds[kind].movable;
    this.retryable = facts.retryable ?? kinds[kind].retryable;
    this.field = facts.field;
    this.code = facts.code ?? kind.replaceAll('-', '_');
    this.provider = facts.provider;
  }
}

/** The same error in other words. */
export function withMessage(error: GatewayError, message: string): GatewayError {
  const { kind, status, code, retryable, provider, field, cause } = error;
  return new GatewayError(kind, message, {
    status,
    code,
    retryable,
    cause,
    ...(provider === undefined ? {} : { provider }),
    ...(field === undefined ? {} : { field }),
  });
}
