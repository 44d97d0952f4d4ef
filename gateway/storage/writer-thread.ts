/** The writer thread: the only connection that writes. A message is a batch; its answer is sent after the commit. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CommitBatch, prepareCommitBatch } from './commit-batch.ts';
import { connect } from './connect.ts';
import type { Batch } from './request-writes.ts';

/** A checkpoint is made after this many transactions, or fewer when nothing was written for a moment. */
const transactionsPerCheckpoint = 2_000;
const transactionsPerIdleCheckpoint = 250;
const idleMs = 500;

/**
 * What the handle sends: first `open`, when the database is in order, then batches, at last `close`.
 * A batch is answered by its reports, or by `null` when every operation was committed and none has more to say.
 */
export type WriterMessage = 'open' | Batch | 'close';

function serve(port: NonNullable<typeof parentPort>): void {
  let connection: WritingConnection | null = null;
  port.on('message', (message: WriterMessage) => {
    if (message === 'open') {
      connection = openConnection(String(workerData));
      port.postMessage('ready');
    } else if (message === 'close') {
      connection?.close();
      port.close();
    } else if (connection) {
      const reports = connection.commitBatch(message);
      port.postMessage(reports.length === 0 ? null : reports);
      connection.checkpointWhenDue();
    }
  });
}

interface WritingConnection {
  readonly commitBatch: CommitBatch;
  /** To be called after the answer to a batch, so that nobody waits for a checkpoint that is not theirs. */
  checkpointWhenDue(): void;
  close(): void;
}

function openConnection(file: string): WritingConnection {
  const database = connect(file);
  // SQLite's own checkpoints, inside a commit, are only a bound for the journal's size.
  database.pragma('wal_autocheckpoint = 32000');
  database.pragma('journal_size_limit = 67108864');
  let transactions = 0;

  const checkpoint = (): void => {
    transactions = 0;
    try {
      database.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // What was written is safe in the journal; a disk that fails shows at the next commit.
    }
  };
  const idle = setTimeout(() => {
    if (transactions >= transactionsPerIdleCheckpoint) checkpoint();
  }, idleMs);

  return {
    commitBatch: prepareCommitBatch(database),
    checkpointWhenDue() {
      transactions += 1;
      if (transactions >= transactionsPerCheckpoint) checkpoint();
      else if (transactions >= transactionsPerIdleCheckpoint) idle.refresh();
    },
    close() {
      clearTimeout(idle);
      database.close();
    },
  };
}

if (parentPort) serve(parentPort);
