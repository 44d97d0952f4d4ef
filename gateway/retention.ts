/** Keeps the log as long as the config says: older rows go a few at a time, behind the requests that run. */
import type { Log } from './log.ts';

export interface RetentionInput {
  /** Null: rows stay. */
  keepDays(): number | null;
  /** Takes the oldest rows that began before a moment, so many at most. @returns whether there may be more */
  forget(beforeMs: number, most: number): Promise<boolean>;
  /** Do requests run? */
  isBusy(): boolean;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Log;
}

export interface Retention {
  /** Waits for the batch under way; no other begins. */
  close(): Promise<void>;
}

const everyMs = 3_600_000;
/** A start has other things to do. */
const firstAfterMs = 5_000;
const dayMs = 86_400_000;
/** About 2 ms of the request's thread. */
const rowsAtOnce = 200;
const pauseMs = 50;
const busyPauseMs = 500;

/** Looks soon after the start, and every hour from then on. The file does not shrink; its room is used again. */
export function startRetention(input: RetentionInput): Retention {
  let isClosed = false;
  let timer = setTimeout(run, firstAfterMs).unref();
  let batch: Promise<void> = Promise.resolve();

  function run(): void {
    batch = forgetSome();
  }

  async function forgetSome(): Promise<void> {
    const mayBeMore = await forgetBatch(input);
    if (isClosed) return;
    const shortly = input.isBusy() ? busyPauseMs : pauseMs;
    timer = setTimeout(run, mayBeMore ? shortly : everyMs).unref();
  }

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await batch;
    },
  };
}

/** What cannot be written now is tried in an hour; why, the log's own trouble tells. */
async function forgetBatch({ keepDays, forget, now, log }: RetentionInput): Promise<boolean> {
  const days = keepDays();
  if (days === null) return false;
  try {
    return await forget(now() - days * dayMs, rowsAtOnce);
  } catch (error) {
    log('warning', 'Old rows of the request log could not be removed; that is tried again in an hour.', { error: String(error) });
    return false;
  }
}
