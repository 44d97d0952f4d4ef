/** How those who wait for a write are told of its end. */

/** What SQLite says of a row that it refuses for what the row holds. */
const refusedForItself = /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** A write that is not in the database. `code` is SQLite's (`SQLITE_FULL`), or `CLOSED`. */
export class WriteFailedError extends Error {
  readonly code: string;
  readonly reason: string;

  constructor(reason: string, code: string, cause?: unknown) {
    super(`The log could not be written: ${reason}`, { cause });
    this.name = 'WriteFailedError';
    this.code = code;
    this.reason = reason;
  }

  /** Is it the log that cannot be written, so that any other write would have failed too? */
  get isOutage(): boolean {
    return this.code.startsWith('SQLITE_') && !refusedForItself.test(this.code);
  }
}

/** Told once. `changed` says whether a settings write had any effect. */
export type Settle = (error: Error | null, changed: boolean) => void;

/** One that throws must not keep the others waiting; its error still surfaces. */
export function callSafely(settle: Settle, error: Error | null, changed: boolean): void {
  try {
    settle(error, changed);
  } catch (thrown) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}

export function asWriteFailure(error: Error): WriteFailedError {
  if (error instanceof WriteFailedError) return error;
  return new WriteFailedError(error.message, 'code' in error ? String(error.code) : '', error);
}
