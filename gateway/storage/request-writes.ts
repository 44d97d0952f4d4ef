/**
 * How a request's two halves travel to the writer thread and into the log.
 * This is the hot path: an operation is a run of plain values in one flat array, which crosses threads at the lowest cost measured.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { AttemptRecord, RequestFinish, RequestStart } from '../contract/records.ts';
import type { RecoveryMark } from './recovery-mark.ts';
import type { SettingsWrite } from './settings-writes.ts';

/** What a batch is made of. */
export type Field = string | number | null | SettingsWrite;
export type Batch = readonly Field[];

/** The first field of each operation. */
export const operationKind = { start: 0, finish: 1, reject: 2, settings: 3 } as const;

/** Fields after the kind. A finish is followed by its attempts, whose count is its last field. */
const startFields = 8;
const finishFields = 17;
const attemptFields = 8;

/** Appends a start, its kind first. */
export function appendStart(batch: Field[], row: RequestStart): void {
  batch.push(operationKind.start);
  appendStartFields(batch, row);
}

/** Appends a finish with its attempts. */
export function appendFinish(batch: Field[], row: RequestFinish): void {
  batch.push(operationKind.finish);
  appendFinishFields(batch, row);
}

/** Appends both halves as one operation. */
export function appendReject(batch: Field[], start: RequestStart, finish: RequestFinish): void {
  batch.push(operationKind.reject);
  appendStartFields(batch, start);
  appendFinishFields(batch, finish);
}

/** Where the operation at `offset` ends. */
export function endOfOperation(batch: Batch, offset: number): number {
  switch (batch[offset]) {
    case operationKind.start:
      return offset + 1 + startFields;
    case operationKind.finish:
      return endOfFinish(batch, offset + 1);
    case operationKind.reject:
      return endOfFinish(batch, offset + 1 + startFields);
    default:
      return offset + 2;
  }
}

function endOfFinish(batch: Batch, offset: number): number {
  return offset + finishFields + Number(batch[offset + finishFields - 1]) * attemptFields;
}

function appendStartFields(batch: Field[], row: RequestStart): void {
  batch.push(
    row.key,
    row.startedAtMs,
    row.clientId,
    row.dialect,
    row.requestedModel,
    row.stream ? 1 : 0,
    row.requestBytes,
    row.configVersion,
  );
}

function appendFinishFields(batch: Field[], row: RequestFinish): void {
  const { usage, attempts } = row;
  batch.push(
    row.key,
    row.state,
    row.durationMs,
    row.firstTokenMs,
    row.provider,
    row.model,
    row.status,
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.outputTokens,
    usage.reasoningTokens,
    usage.estimated ? 1 : 0,
    row.responseBytes,
    row.errorKind,
    row.errorMessage,
    row.rawUsageJson,
    attempts.length,
  );
  for (const attempt of attempts) appendAttempt(batch, attempt);
}

function appendAttempt(batch: Field[], attempt: AttemptRecord): void {
  batch.push(
    attempt.number,
    attempt.provider,
    attempt.model,
    attempt.startedAtMs,
    attempt.durationMs,
    attempt.status,
    attempt.errorKind,
    attempt.errorMessage,
  );
}

/** Writes requests through one connection. The functions throw what SQLite refuses; the caller holds the transaction. */
export interface RequestWrites {
  /** `offset` is that of the operation's first field after its kind. */
  start(batch: Batch, offset: number): void;
  finish(batch: Batch, offset: number): void;
  reject(batch: Batch, offset: number): void;
}

/** Prepares the statements, once for each connection. */
export function prepareRequestWrites(database: Database, mark: RecoveryMark): RequestWrites {
  const insert = database.prepare(insertSql);
  const update = database.prepare(updateSql);
  const insertAttempt = database.prepare(insertAttemptSql);

  const end = (batch: Batch, at: number): void => {
    if (runUpdate(update, batch, at) !== 1) throw new Error('the request is not in the log, or was finished before.');
    const attempts = Number(batch[at + finishFields - 1]);
    for (let index = 0; index < attempts; index += 1) {
      runInsertAttempt(insertAttempt, batch, at, at + finishFields + index * attemptFields);
    }
  };

  return {
    start(batch, offset) {
      runInsert(insert, batch, offset);
      mark.started(Number(batch[offset]));
    },
    finish(batch, offset) {
      end(batch, offset);
      mark.finished(Number(batch[offset]));
    },
    reject(batch, offset) {
      runInsert(insert, batch, offset);
      end(batch, offset + startFields);
    },
  };
}

// Values are named one by one: a nested array for each statement was measured about 2 µs slower for each request.

function runInsert(insert: Statement, batch: Batch, at: number): void {
  insert.run(batch[at], batch[at + 1], batch[at + 2], batch[at + 3], batch[at + 4], batch[at + 5], batch[at + 6], batch[at + 7]);
}

/** Returns how many rows there were to finish. */
function runUpdate(update: Statement, batch: Batch, at: number): number {
  return update.run(
    batch[at + 1],
    batch[at + 2],
    batch[at + 3],
    batch[at + 4],
    batch[at + 5],
    batch[at + 6],
    batch[at + 7],
    batch[at + 8],
    batch[at + 9],
    batch[at + 10],
    batch[at + 11],
    batch[at + 12],
    batch[at + 13],
    batch[at + 14],
    batch[at + 15],
    batch[at + 16],
    batch[at],
  ).changes;
}

function runInsertAttempt(insertAttempt: Statement, batch: Batch, request: number, at: number): void {
  insertAttempt.run(
    batch[request],
    batch[at],
    batch[at + 1],
    batch[at + 2],
    batch[at + 3],
    batch[at + 4],
    batch[at + 5],
    batch[at + 6],
    batch[at + 7],
  );
}

const insertSql = `
INSERT INTO requests (key, state, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion)
VALUES (?, 'started', ?, ?, ?, ?, ?, ?, ?)`;

const updateSql = `
UPDATE requests SET
  state = ?, durationMs = ?, firstTokenMs = ?, provider = ?, model = ?, status = ?,
  inputTokens = ?, cachedInputTokens = ?, outputTokens = ?, reasoningTokens = ?, usageEstimated = ?,
  responseBytes = ?, errorKind = ?, errorMessage = ?, rawUsageJson = ?, attempts = ?
WHERE key = ? AND state = 'started'`;

const insertAttemptSql = `
INSERT INTO attempts (requestKey, number, provider, model, startedAtMs, durationMs, status, errorKind, errorMessage)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
