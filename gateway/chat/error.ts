/** The one error of a request's path, and the one table of its kinds. */

/** How each kind is answered: our HTTP status, and whether another target may be tried. */
const kinds = {
  'bad-request': { status: 400, movable: false },
  'unknown-model': { status: 404, movable: false },
  'no-target': { status: 503, movable: false },
  'upstream-auth': { status: 502, movable: true },
  'upstream-rate-limit': { status: 429, movable: true },
  'upstream-refused': { status: 400, movable: false },
  'upstream-failed': { status: 502, movable: true },
  'upstream-overloaded': { status: 503, movable: true },
  'upstream-dns': { status: 502, movable: true },
  'upstream-connect': { status: 502, movable: true },
  'upstream-connect-timeout': { status: 504, movable: true },
  'upstream-tls': { status: 502, movable: true },
  'upstream-first-byte-timeout': { status: 504, movable: true },
  'upstream-stalled': { status: 504, movable: true },
  'upstream-total-timeout': { status: 504, movable: false },
  'upstream-redirect': { status: 502, movable: true },
  'upstream-protocol': { status: 502, movable: true },
  'upstream-too-large': { status: 502, movable: true },
  'upstream-truncated': { status: 502, movable: true },
  'client-gone': { status: 499, movable: false },
  'client-slow': { status: 499, movable: false },
  'ledger-unavailable': { status: 503, movable: false },
  'shutting-down': { status: 503, movable: false },
  internal: { status: 500, movable: false },
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
  readonly cause?: unknown;
}

/** What went wrong, in words for a person and a kind for a program. The kind never comes from words in a message. */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  /** May another target still answer this request? Only ever asked before the client's first byte. */
  readonly movable: boolean;
  readonly field: string | undefined;
  readonly code: string;
  readonly provider: string | undefined;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.status = facts.status ?? kinds[kind].status;
    this.movable = kinds[kind].movable;
    this.field = facts.field;
    this.code = facts.code ?? kind.replaceAll('-', '_');
    this.provider = facts.provider;
  }
}
