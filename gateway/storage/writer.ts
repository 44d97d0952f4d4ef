/**
 * The one writer: gathers what a turn of the event loop writes, commits it as one transaction, then tells each who waits.
 * A commit is a write to the operating system's memory (WAL, `synchronous=NORMAL`), about 20 µs: less than a thread's hop.
 */
import type { Database } from 'better-sqlite3';
import type {
  Acknowledge,
  AnswerReservation,
  RequestFinish,
  RequestRecorder,
  RequestStart,
  StartedRow,
} from '../contract/records.ts';
import type { Reservation } from '../contract/money/ledger.ts';
import { type CommitBatch, type Followers, type Operation, prepareCommitBatch, type Result } from './commit-batch.ts';
import { LateWrites, type Outage } from './late-writes.ts';
import { owedOf, type Pending, pendingFinish, pendingReservation, StartOperation } from './pending.ts';
import { asWriteFailure, callSafely, type Settle, WriteFailedError } from './settle.ts';
import type { SettingsWrite } from './settings-writes.ts';
import { WaitingStarts } from './waiting-starts.ts';

export interface Writer extends RequestRecorder {
  /** @returns whether it changed anything. Rejects with WriteFailedError */
  write(operation: SettingsWrite): Promise<boolean>;
  /** As `write`, of what is no setting. */
  apply(operation: Extract<Operation, { kind: 'reopen' | 'reprice' | 'budgets-changed' }>): Promise<boolean>;
  /** Commits everything gathered now, so that what is asked of the log next sees it; while another program holds the lock, it waits on. */
  flush(): void;
  /** Why the log cannot be written; null while it can. */
  outage(): Outage | null;
  /** Waits until everything handed over is committed or has failed; later writes are refused. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly followers: Followers;
  /** Called each time when many transactions have been committed: the journal may be taken into the database. */
  readonly onCheckpointDue: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When an outage begins, and with null when it is over and the log is whole again. Must not throw. */
  readonly onOutage: (outage: Outage | null) => void;
}

/** The start of a whole answer waits for its finish, so that short requests are written once, for one to two of these. */
const startWaitMs = 2;
/** Turns of the event loop that a busy moment's writes are gathered for. */
const turnsToGather = 3;
/** Who else holds the lock (another program, or a moment of a checkpoint) is waited for this long, asking this often. */
const lockedOutMs = 2_000;
const lockedOutRetryMs = 5;
const transactionsPerCheckpoint = 1_000;

/** The connection must be the only one that writes; reading it elsewhere is free. */
export function openWriter(database: Database, options: WriterOptions): Writer {
  return new GroupWriter(prepareCommitBatch(database, options.followers), options);
}

class GroupWriter implements Writer {
  readonly #commit: CommitBatch;
  readonly #options: WriterOptions;
  readonly #late: LateWrites;
  #pending: Pending[] = [];
  readonly #waiting = new WaitingStarts();
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
    this.#late = new LateWrites(commit, options);
  }

  outage(): Outage | null {
    return this.#late.outage;
  }

  start(start: RequestStart, acknowledge: Acknowledge): StartedRow {
    const started = new StartOperation(start, acknowledge);
    if (this.#refuses(acknowledge)) return started;
    this.#open += 1;
    started.isOpen = true;
    // A stream's first byte waits for this commit: it is made while its provider is thinking.
    if (start.stream) this.#pushBehindCall(started);
    else this.#letWait(started);
    return started;
  }

  finish(started: StartedRow, finish: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    if (started instanceof StartOperation) this.#countOut(started);
    if (started instanceof StartOperation && this.#waiting.take(started)) {
      started.join(finish, acknowledge);
      this.#pending.push(started);
    } else this.#pending.push(pendingFinish(started, finish, acknowledge));
    if (this.#late.outage) this.#late.forget(finish.key);
    // With nobody else under way there is nothing to gather, and the client waits.
    if (this.#open === 0) queueMicrotask(this.#flushLone);
    else this.#flushSoon();
  }

  reserve(started: StartedRow, reservation: Reservation, answer: AnswerReservation): void {
    if (this.#refuses((error) => error && answer(error))) return;
    if (started instanceof StartOperation && this.#waiting.take(started)) this.#pending.push(started);
    this.#pending.push(pendingReservation(reservation, answer));
    if (this.#open <= 1) queueMicrotask(this.#flushLone);
    else this.#flushSoon();
  }

  release(requestKey: number, costNanoUsd: number, isLast: boolean): void {
    if (!this.#closed) this.#push({ kind: 'release', requestKey, costNanoUsd, isLast }, () => undefined);
  }

  reject(start: RequestStart, finish: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    this.#push({ kind: 'request', start, finish }, acknowledge);
  }

  write(write: SettingsWrite): Promise<boolean> {
    return this.#write({ kind: 'settings', write });
  }

  apply(operation: Operation): Promise<boolean> {
    return this.#write(operation);
  }

  #write(operation: Operation): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle: Settle = (error, changed) => (error ? reject(error) : resolve(changed));
      if (this.#refuses((error) => settle(error, false))) return;
      this.#push(operation, settle);
    });
  }

  flush(): void {
    this.#takeAllWaiting();
    this.#flushLone();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#takeAllWaiting();
    if (this.#pending.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        this.#flushSoon();
      });
    }
    this.#late.close();
  }

  #push(operation: Operation, settle: Settle): void {
    this.#pending.push({ operation, settle, started: null });
    this.#flushSoon();
  }

  /** An acknowledgement never comes before its call has returned. */
  #refuses(acknowledge: Acknowledge): boolean {
    if (this.#closed) setImmediate(acknowledge, new WriteFailedError('Gatehouse is stopping.', 'CLOSED'));
    return this.#closed;
  }

  #flushSoon(): void {
    // While another holds the lock, the timer asks again.
    if (this.#turn === null && this.#lockedSince === null) this.#turn = setImmediate(this.#flushTurn);
  }

  readonly #flushLone = (): void => {
    if (this.#lockedSince === null) this.#flushNow();
  };

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
    for (const started of this.#waiting.takeWaitedOut()) this.#pending.push(started);
    this.#flushNow();
    if (this.#waiting.size > 0) this.#flushAfter(startWaitMs);
  };

  /** Behind what its owner asks of this turn: undici sends on a kept connection in an immediate, which must not wait for ours. */
  #pushBehindCall(started: StartOperation): void {
    this.#pending.push(started);
    queueMicrotask(this.#flushPendingSoon);
  }

  readonly #flushPendingSoon = (): void => {
    if (this.#pending.length > 0) this.#flushSoon();
  };

  #letWait(started: StartOperation): void {
    this.#waiting.add(started);
    this.#flushAfter(startWaitMs);
  }

  #takeAllWaiting(): void {
    for (const started of this.#waiting.takeAll()) this.#pending.push(started);
  }

  #flushNow(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#forgetTurn();
    const committed = this.#commit(pending.map(({ operation }) => operation));
    const results = this.#withPatience(committed, pending.length);
    if (results.length === 0) return;
    // An acknowledgement may hand over more, or flush: what it finds here is only what is not settled.
    this.#pending = pending.slice(results.length);
    const failed = this.#settleAll(pending, results);
    this.#countTransaction();
    if (this.#late.outage && !failed) this.#late.committed();
    if (this.#pending.length === 0) this.#onDrained?.();
  }

  #forgetTurn(): void {
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = null;
    this.#seen = 0;
    this.#turnsWaited = 0;
  }

  /** Results are missing while another holds the lock: that is waited for, and is a failure when it takes too long. */
  #withPatience(results: readonly Result[], operations: number): readonly Result[] {
    if (results.length === operations) {
      this.#lockedSince = null;
      return results;
    }
    const now = performance.now();
    this.#lockedSince ??= now;
    if (now - this.#lockedSince < lockedOutMs) {
      this.#flushAfter(lockedOutRetryMs);
      return results;
    }
    this.#lockedSince = null;
    const error = new WriteFailedError('another program holds the database; close it.', 'SQLITE_BUSY');
    return [...results, ...Array.from({ length: operations - results.length }, () => ({ error }))];
  }

  /** Returns whether the log failed any of them. */
  #settleAll(pending: readonly Pending[], results: readonly Result[]): boolean {
    let failed = false;
    for (const [index, result] of results.entries()) {
      const one = pending[index];
      if (!one) continue;
      if (!('error' in result)) callSafely(one.settle, null, result.changed);
      else {
        const error = asWriteFailure(result.error);
        failed ||= error.isOutage;
        this.#fail(one, error);
        callSafely(one.settle, error, false);
      }
    }
    return failed;
  }

  /** Before its owner is told, who may then finish it. */
  #fail(one: Pending, error: WriteFailedError): void {
    if (one instanceof StartOperation) {
      this.#countOut(one);
      one.isLost = error.isOutage;
    }
    const owed = owedOf(one, error);
    if (owed) this.#late.keep(owed);
    if (error.isOutage) this.#late.failed(error);
  }

  /** A start that failed may be finished by its owner or not: it counts once. */
  #countOut(started: StartOperation): void {
    if (started.isOpen) this.#open -= 1;
    started.isOpen = false;
  }

  #countTransaction(): void {
    this.#transactions += 1;
    if (this.#transactions % transactionsPerCheckpoint === 0) this.#options.onCheckpointDue();
  }
}
