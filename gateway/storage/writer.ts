/**
 * The one writer: gathers what a turn of the event loop writes, commits it as one transaction, then tells each who waits.
 * A commit is a write to the operating system's memory (WAL, `synchronous=NORMAL`), about 20 µs: less than a thread's hop.
 */
import type { Database } from 'better-sqlite3';
import type { Acknowledge, RequestFinish, RequestRecorder, RequestStart, StartedRow } from '../contract/records.ts';
import { type CommitBatch, type Operation, prepareCommitBatch, type Result } from './commit-batch.ts';
import type { SettingsWrite } from './settings-writes.ts';

/** A write that is not in the database. `code` is SQLite's (`SQLITE_FULL`), or `CLOSED`. */
export class WriteFailedError extends Error {
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(`The log could not be written: ${message}`, { cause });
    this.name = 'WriteFailedError';
    this.code = code;
  }
}

export interface Writer extends RequestRecorder {
  /** @returns whether it changed anything. Rejects with WriteFailedError */
  write(operation: SettingsWrite): Promise<boolean>;
  /** Commits everything gathered now: what is asked of the log next sees it. */
  flush(): void;
  /** Waits until everything handed over is committed or has failed; later writes are refused. */
  close(): Promise<void>;
}

export interface WriterOptions {
  /** Called after this many transactions, when the journal may be taken into the database. */
  readonly onCheckpointDue: () => void;
}

/** With more requests than this under way, a start waits for its finish, so that most rows are written once … */
const fewRequests = 3;
/** … but no longer than this. */
const startWaitMs = 2;
/** Turns of the event loop that a busy moment's writes are gathered for. */
const turnsToGather = 3;
/** Another process that holds the lock (a backup, say) is waited for this long. */
const lockedOutMs = 2_000;
const lockedOutRetryMs = 20;
const transactionsPerCheckpoint = 1_000;

type Settle = (error: Error | null, changed: boolean) => void;

/** An operation and who waits for it. */
interface Pending {
  readonly operation: Operation;
  readonly settle: Settle;
}

/** A request's first half: while it is gathered and not committed, its finish may still join it. */
class StartOperation implements StartedRow, Pending {
  readonly start: RequestStart;
  finish: RequestFinish | null = null;
  /** Where it stands among the starts that wait for their finish; -1 once it was handed to a commit. */
  place = -1;
  readonly #acknowledgeStart: Acknowledge;
  #acknowledgeFinish: Acknowledge | null = null;

  constructor(start: RequestStart, acknowledge: Acknowledge) {
    this.start = start;
    this.#acknowledgeStart = acknowledge;
  }

  get operation(): Operation {
    return { kind: 'request', start: this.start, finish: this.finish };
  }

  join(finish: RequestFinish, acknowledge: Acknowledge): void {
    this.finish = finish;
    this.#acknowledgeFinish = acknowledge;
  }

  readonly settle: Settle = (error) => {
    this.#acknowledgeStart(error);
    this.#acknowledgeFinish?.(error);
  };
}

/** The connection must be the only one that writes; reading it elsewhere is free. */
export function openWriter(database: Database, options: WriterOptions): Writer {
  return new GroupWriter(prepareCommitBatch(database), options);
}

class GroupWriter implements Writer {
  readonly #commit: CommitBatch;
  readonly #options: WriterOptions;
  #pending: Pending[] = [];
  /** Starts that wait, at most a moment, for their finish. */
  #waiting: StartOperation[] = [];
  #open = 0;
  #turn: NodeJS.Immediate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lockedSince: number | null = null;
  #transactions = 0;
  /** How much was pending a turn ago, and how many turns it was waited for. */
  #seen = 0;
  #turnsWaited = 0;
  #onDrained: (() => void) | null = null;
  #closed = false;

  constructor(commit: CommitBatch, options: WriterOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  start(start: RequestStart, acknowledge: Acknowledge): StartedRow {
    const started = new StartOperation(start, acknowledge);
    if (this.#refuses(acknowledge)) return started;
    this.#open += 1;
    started.place = this.#waiting.length;
    this.#waiting.push(started);
    if (this.#open <= fewRequests) this.hurry();
    else this.#flushAfter(startWaitMs);
    return started;
  }

  finish(started: StartedRow, finish: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    this.#open -= 1;
    if (started instanceof StartOperation && started.place >= 0) {
      this.#takeFromWaiting(started);
      started.join(finish, acknowledge);
      this.#pending.push(started);
    } else this.#pending.push({ operation: { kind: 'request', start: null, finish }, settle: acknowledge });
    this.#flushSoon();
  }

  reject(start: RequestStart, finish: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    this.#pending.push({ operation: { kind: 'request', start, finish }, settle: acknowledge });
    this.#flushSoon();
  }

  hurry(): void {
    this.#takeAllWaiting();
    this.#flushSoon();
  }

  write(write: SettingsWrite): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle: Settle = (error, changed) => (error ? reject(error) : resolve(changed));
      if (this.#refuses((error) => settle(error, false))) return;
      this.#pending.push({ operation: { kind: 'settings', write }, settle });
      this.hurry();
    });
  }

  flush(): void {
    this.#takeAllWaiting();
    if (this.#lockedSince === null) this.#flushNow();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#takeAllWaiting();
    if (this.#pending.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        this.hurry();
      });
    }
  }

  /** An acknowledgement never comes before its call has returned. */
  #refuses(acknowledge: Acknowledge): boolean {
    if (this.#closed) setImmediate(acknowledge, new WriteFailedError('Gatehouse is stopping.', 'CLOSED'));
    return this.#closed;
  }

  #flushSoon(): void {
    if (this.#turn === null) this.#turn = setImmediate(this.#flushTurn);
  }

  /** While other requests run and every turn brings more writes, a few turns are waited for: they share one commit. */
  readonly #flushTurn = (): void => {
    const more = this.#open > 1 && this.#pending.length > this.#seen;
    if (more && this.#turnsWaited < turnsToGather) {
      this.#seen = this.#pending.length;
      this.#turnsWaited += 1;
      this.#turn = setImmediate(this.#flushTurn);
      return;
    }
    this.#turn = null;
    this.#flushNow();
  };

  #flushAfter(milliseconds: number): void {
    if (this.#timer === null) this.#timer = setTimeout(this.#flushTimer, milliseconds);
  }

  readonly #flushTimer = (): void => {
    this.#timer = null;
    this.#takeAllWaiting();
    this.#flushNow();
  };

  #takeAllWaiting(): void {
    for (const started of this.#waiting) {
      started.place = -1;
      this.#pending.push(started);
    }
    this.#waiting.length = 0;
  }

  /** The last one takes the free place: the order of starts among each other means nothing. */
  #takeFromWaiting(started: StartOperation): void {
    const last = this.#waiting.pop();
    if (last && last !== started) {
      this.#waiting[started.place] = last;
      last.place = started.place;
    }
    started.place = -1;
  }

  #flushNow(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    const results = this.#commit(pending.map(({ operation }) => operation)) ?? this.#whenLockedOut(pending.length);
    if (!results) return;
    this.#lockedSince = null;
    this.#pending = [];
    this.#seen = 0;
    this.#turnsWaited = 0;
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = null;
    settleAll(pending, results);
    this.#countTransaction();
    if (this.#pending.length === 0) this.#onDrained?.();
  }

  /** Another process holds the lock: the batch waits for it, and fails when that takes too long. */
  #whenLockedOut(operations: number): Result[] | null {
    const now = performance.now();
    this.#lockedSince ??= now;
    if (now - this.#lockedSince < lockedOutMs) {
      this.#flushAfter(lockedOutRetryMs);
      return null;
    }
    const error = new WriteFailedError('another program holds the database; close it.', 'SQLITE_BUSY');
    return Array.from({ length: operations }, () => ({ error }));
  }

  #countTransaction(): void {
    this.#transactions += 1;
    if (this.#transactions % transactionsPerCheckpoint === 0) this.#options.onCheckpointDue();
  }
}

function settleAll(pending: readonly Pending[], results: readonly Result[]): void {
  for (let index = 0; index < pending.length; index += 1) {
    const one = pending[index];
    const result = results[index];
    if (one && result) callSafely(one.settle, result);
  }
}

/** One that throws must not keep the others waiting; its error still surfaces. */
function callSafely(settle: Settle, result: Result): void {
  try {
    if ('error' in result) settle(asWriteFailure(result.error), false);
    else settle(null, result.changed);
  } catch (thrown) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}

function asWriteFailure(error: Error): WriteFailedError {
  if (error instanceof WriteFailedError) return error;
  return new WriteFailedError(error.message, 'code' in error ? String(error.code) : '', error);
}
