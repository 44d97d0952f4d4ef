/** The handle of the writer thread: gathers what one turn of the event loop writes, hands it over, tells each writer when it is committed. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Acknowledge, RequestFinish, RequestRecorder, RequestStart } from '../contract/records.ts';
import type { Report, WriteFailure } from './commit-batch.ts';
import { appendFinish, appendReject, appendStart, type Field, operationKind } from './request-writes.ts';
import type { SettingsWrite } from './settings-writes.ts';

/** A write that is not in the database. `code` is SQLite's (`SQLITE_FULL`), `WRITER_LOST` or `CLOSED`. */
export class WriteFailedError extends Error {
  readonly code: string;

  constructor({ message, code }: WriteFailure, cause?: unknown) {
    super(`The log could not be written: ${message}`, { cause });
    this.name = 'WriteFailedError';
    this.code = code;
  }
}

export interface Writer extends RequestRecorder {
  /**
   * Does a rare write, in order with the others. Resolves after the commit, with whether anything changed.
   * @throws WriteFailedError
   */
  write(operation: SettingsWrite): Promise<boolean>;
  /** Resolves when everything handed over is committed and the thread has ended. Later writes fail. */
  close(): Promise<void>;
}

/** Starts the thread, which waits for `openWriter`: starting it takes longer than making the database ready, so both go on together. */
export function startWriterThread(file: string): Worker {
  return new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: file, name: 'writer' });
}

/**
 * Lets the thread open the database, which must be in order.
 * @param onLost called once if the thread ends by itself; everything waiting then fails, and so does every later write
 */
export async function openWriter(thread: Worker, onLost: (error: Error) => void = () => undefined): Promise<Writer> {
  const ended = once(thread, 'exit').then(() => {
    throw new WriteFailedError({ message: 'its writer did not start.', code: 'WRITER_LOST' });
  });
  ended.catch(() => undefined);
  thread.postMessage('open');
  await Promise.race([once(thread, 'message'), ended]);
  return new WriterThread(thread, onLost);
}

type Settle = (error: Error | null, changed: boolean) => void;

class WriterThread implements Writer {
  readonly #thread: Worker;
  readonly #onLost: (error: Error) => void;
  #gathered: Field[] = [];
  #waiting: Settle[] = [];
  /** Those of the batch that the thread has now: one at a time, so that the next one gathers more and costs less. */
  #handedOver: readonly Settle[] | null = null;
  #isFlushPlanned = false;
  #refusal: WriteFailedError | null = null;
  #cause: unknown;
  #closing: Promise<void> | null = null;
  #onDrained: (() => void) | null = null;

  constructor(thread: Worker, onLost: (error: Error) => void) {
    this.#thread = thread;
    this.#onLost = onLost;
    thread.on('message', (reports: readonly Report[] | null) => this.#settle(reports));
    thread.on('error', (error) => {
      this.#cause = error;
    });
    thread.on('exit', () => this.#lose());
  }

  start(row: RequestStart, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    appendStart(this.#gathered, row);
    this.#await(acknowledge);
  }

  finish(row: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    appendFinish(this.#gathered, row);
    this.#await(acknowledge);
  }

  reject(start: RequestStart, finish: RequestFinish, acknowledge: Acknowledge): void {
    if (this.#refuses(acknowledge)) return;
    appendReject(this.#gathered, start, finish);
    this.#await(acknowledge);
  }

  write(operation: SettingsWrite): Promise<boolean> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#gathered.push(operationKind.settings, operation);
      this.#await((error, changed) => (error ? reject(error) : resolve(changed)));
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#drainAndEnd();
    return this.#closing;
  }

  async #drainAndEnd(): Promise<void> {
    if (this.#refusal) return;
    this.#refusal = new WriteFailedError({ message: 'Gatehouse is stopping.', code: 'CLOSED' });
    if (this.#waiting.length > 0 || this.#handedOver) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
    }
    if (this.#thread.threadId === -1) return;
    const ended = once(this.#thread, 'exit');
    this.#thread.postMessage('close');
    await ended;
  }

  /** An acknowledgement never comes before its call has returned. */
  #refuses(acknowledge: Acknowledge): boolean {
    const refusal = this.#refusal;
    if (refusal) setImmediate(acknowledge, refusal);
    return refusal !== null;
  }

  #await(settle: Settle): void {
    this.#waiting.push(settle);
    if (!this.#handedOver) this.#planFlush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushPlanned = false;
    if (this.#handedOver || this.#waiting.length === 0) return;
    const batch = this.#gathered;
    this.#handedOver = this.#waiting;
    this.#gathered = [];
    this.#waiting = [];
    this.#thread.postMessage(batch);
  };

  #settle(reports: readonly Report[] | null): void {
    const settled = this.#handedOver ?? [];
    this.#handedOver = null;
    if (reports) settleWithReports(settled, reports);
    else for (const settle of settled) callSafely(settle, null, false);
    if (this.#waiting.length > 0) this.#planFlush();
    else this.#onDrained?.();
  }

  #lose(): void {
    if (this.#closing && !this.#handedOver && this.#waiting.length === 0) return;
    const lost = new WriteFailedError(
      { message: 'its writer has stopped; start Gatehouse again.', code: 'WRITER_LOST' },
      this.#cause,
    );
    const failed = [...(this.#handedOver ?? []), ...this.#waiting];
    this.#refusal = lost;
    this.#handedOver = null;
    this.#gathered = [];
    this.#waiting = [];
    for (const settle of failed) callSafely(settle, lost, false);
    this.#onDrained?.();
    this.#onLost(lost);
  }
}

function settleWithReports(settled: readonly Settle[], reports: readonly Report[]): void {
  const byIndex = new Map(reports.map((report) => [report.index, report]));
  for (const [index, settle] of settled.entries()) {
    const report = byIndex.get(index);
    if (report && 'failure' in report) callSafely(settle, new WriteFailedError(report.failure), false);
    else callSafely(settle, null, report?.changed ?? false);
  }
}

/** One that throws must not keep the others waiting; its error still surfaces. */
function callSafely(settle: Settle, error: Error | null, changed: boolean): void {
  try {
    settle(error, changed);
  } catch (thrown) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}
