/** What the log owes while it cannot be written: the ends of requests, kept in memory until a commit succeeds again. */
import type { RequestFinish, RequestStart } from '../contract/records.ts';
import type { CommitBatch, Operation, Result } from './commit-batch.ts';
import { asWriteFailure, type WriteFailedError } from './settle.ts';

/** The log cannot be written. `message` is one sentence; `sinceAtMs` is in milliseconds since 1970. */
export interface Outage {
  readonly message: string;
  readonly sinceAtMs: number;
}

export interface LateWritesOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Once when an outage begins, and with null when everything that was kept is in the log. Must not throw. */
  readonly onOutage: (outage: Outage | null) => void;
}

export interface RequestEnd {
  /** Null when that half is in the log. */
  readonly start: RequestStart | null;
  readonly finish: RequestFinish;
  readonly isStream: boolean;
}

/** About 1 KB each; beyond it the newest are not kept, and stay `started` until the next start of the program. */
const mostKept = 10_000;
/** Written late in one transaction: about 2 ms. */
const batchSize = 100;
/** How often a log in trouble is tried when nothing else is written. */
const retryMs = 250;
/** Changes nothing, yet needs the lock and room in the journal. */
const attemptToWrite: Operation = { kind: 'settings', write: { type: 'try-writing' } };

/** An outage is over when nothing is kept any more, so that its end says that the log is whole. */
export class LateWrites {
  readonly #commit: CommitBatch;
  readonly #options: LateWritesOptions;
  readonly #kept = new Map<number, Operation>();
  #outage: Outage | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(commit: CommitBatch, options: LateWritesOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  get outage(): Outage | null {
    return this.#outage;
  }

  keep(end: RequestEnd): void {
    const { start, finish } = end;
    if (this.#kept.size >= mostKept && !this.#kept.has(finish.key)) return;
    this.#kept.set(finish.key, { kind: 'request', start, finish: asItEnded(end) });
  }

  /** A newer end of the same request is on its way. */
  forget(key: number): void {
    this.#kept.delete(key);
  }

  /** A write failed for a reason that is not its own. */
  failed({ reason, code }: WriteFailedError): void {
    this.#tryLater();
    if (this.#outage) return;
    const message = `The request log cannot be written: ${reason.replace(/\.$/, '')} (${code}).`;
    this.#outage = { message, sinceAtMs: this.#options.now() };
    this.#options.onOutage(this.#outage);
  }

  /** A transaction went through without a failure: what is kept follows at once. */
  committed(): void {
    this.#writeKept(batchSize);
  }

  /** The last try, as far as it goes. */
  close(): void {
    this.#closed = true;
    while (this.#kept.size > 0 && this.#writeBatch(batchSize));
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(this.#tryNow, retryMs).unref();
  }

  /** One write finds out whether more is worth trying. */
  readonly #tryNow = (): void => {
    this.#timer = null;
    this.#writeKept(1);
  };

  #writeKept(most: number): void {
    if (!this.#writeBatch(most)) return this.#tryLater();
    if (this.#kept.size > 0) setImmediate(this.#goOn);
    else this.#end();
  }

  readonly #goOn = (): void => {
    if (this.#closed) return;
    if (this.#kept.size > 0) this.#writeKept(batchSize);
    else this.#end();
  };

  #end(): void {
    if (!this.#outage) return;
    this.#outage = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#options.onOutage(null);
  }

  /** Returns whether all of them are done with. One that cannot be written goes behind the others. */
  #writeBatch(most: number): boolean {
    const batch = firstOf(this.#kept, most);
    const operations = batch.length === 0 ? [attemptToWrite] : batch.map(([, operation]) => operation);
    const results = this.#commit(operations);
    for (const [index, [key, operation]] of batch.entries()) {
      this.#kept.delete(key);
      if (mayYetBeWritten(results[index])) this.#kept.set(key, operation);
    }
    return results.length === operations.length && !results.some(mayYetBeWritten);
  }
}

function firstOf(kept: ReadonlyMap<number, Operation>, most: number): [key: number, operation: Operation][] {
  const first: [number, Operation][] = [];
  for (const entry of kept) if (first.push(entry) >= most) break;
  return first;
}

/** No result means that another program holds the lock. A row that is refused for what it says never gets in. */
function mayYetBeWritten(result: Result | undefined): boolean {
  return result === undefined || ('error' in result && asWriteFailure(result.error).isOutage);
}

/** Its client was told that the log could not be written, whatever the provider had answered. */
function asItEnded({ finish, isStream }: RequestEnd): RequestFinish {
  if (finish.state !== 'ok') return finish;
  return {
    ...finish,
    state: 'gateway_error',
    status: isStream ? finish.status : 503,
    errorKind: 'ledger-unavailable',
    errorMessage: 'The log could not be written when the answer was complete, so the client was refused its end.',
  };
}
