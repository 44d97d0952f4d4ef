/** Writes requests through one connection. This is the hot path: one statement for a request where that can be. */
import type { Database, Statement } from 'better-sqlite3';
import { countSent } from '../contract/attempts.ts';
import type { AttemptRecord, RequestFinish, RequestStart } from '../contract/records.ts';
import { nanoOfUsd } from '../contract/money/nano-usd.ts';
import { isPlain, preparePlainRow } from './plain-request-row.ts';
import type { PriceRows } from './price-rows.ts';
import type { RecoveryMark } from './recovery-mark.ts';
import type { UsageSummaries } from './usage-summaries.ts';

/** The functions throw what SQLite refuses; the caller holds the transaction. */
export interface RequestWrites {
  start(row: RequestStart): void;
  finish(row: RequestFinish): void;
  /** Both halves of a request that is not in the log yet, as one row. */
  whole(start: RequestStart, finish: RequestFinish): void;
}

/** What hears of each row, in its transaction. */
export interface RequestFollowers {
  readonly mark: RecoveryMark;
  readonly summaries: UsageSummaries;
  readonly prices: PriceRows;
}

/** Prepares the statements, once for each connection. */
export function prepareRequestWrites(database: Database, { mark, summaries, prices }: RequestFollowers): RequestWrites {
  const insertStart = database.prepare(insertStartSql);
  const update = database.prepare(updateSql);
  const insertWhole = database.prepare(insertWholeSql);
  const insertPlain = preparePlainRow(database);
  const insertAttempt = database.prepare(insertAttemptSql);

  const insertAttempts = (key: number, attempts: readonly AttemptRecord[]): void => {
    for (const one of attempts) {
      const { number, provider, model, startedAtMs, durationMs, status, errorKind, errorMessage } = one;
      insertAttempt.run(
        key,
        number,
        provider,
        model,
        startedAtMs,
        durationMs,
        status,
        errorKind,
        errorMessage,
        one.cause,
        one.key,
        one.waitedMs,
        one.headMs,
        one.costUsd === null ? null : nanoOfUsd(one.costUsd),
      );
    }
  };

  return {
    start(row) {
      runStart(insertStart, row);
      mark.started(row);
      summaries.inserted(row.key);
    },
    finish(row) {
      const lone = loneAttempt(row);
      const start = mark.openRow(row.key);
      if (!start || runFinish(update, row, lone, prices.idOf(row.cost.price), summaries.nextWrite) !== 1)
        throw new Error('the request is not in the log, or was finished before.');
      if (!lone) insertAttempts(row.key, row.attempts);
      mark.finished(row.key);
      summaries.finished(start, row);
    },
    whole(start, finish) {
      const lone = loneAttempt(finish);
      const priceId = prices.idOf(finish.cost.price);
      if (lone && isPlain(finish)) insertPlain(start, finish, lone, priceId, summaries.nextWrite);
      else runWhole(insertWhole, start, finish, lone, priceId, summaries.nextWrite);
      if (!lone) insertAttempts(finish.key, finish.attempts);
      mark.insertedWhole(start.key);
      summaries.inserted(start.key);
      summaries.finished(start, finish);
    },
  };
}

/**
 * The attempt of a request that went well at the first: what its row does not say of it anyway are three times and the key,
 * which have columns there. Every other attempt has a row of its own.
 */
function loneAttempt({ attempts, provider, model, status }: RequestFinish): AttemptRecord | null {
  const [only] = attempts;
  if (!only || attempts.length > 1 || only.number !== 1 || only.errorKind !== null || only.errorMessage !== null) return null;
  if (only.cause !== 'first' || only.waitedMs !== 0) return null;
  return only.status === status && only.provider === provider && only.model === model ? only : null;
}

// Values are named one by one, twice: arrays spread into the calls were measured to cost a fifth of the whole write.

function runStart(insert: Statement, row: RequestStart): void {
  insert.run(
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

/** Returns how many rows there were to finish. */
function runFinish(
  update: Statement,
  row: RequestFinish,
  lone: AttemptRecord | null,
  priceId: number | null,
  usageWrite: number,
): number {
  const { usage } = row;
  return update.run(
    row.state,
    row.durationMs,
    row.firstTokenMs,
    row.provider,
    row.model,
    row.status,
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.cacheWriteTokens,
    usage.outputTokens,
    usage.reasoningTokens,
    usage.estimated ? 1 : 0,
    row.cost.nanoUsd,
    row.cost.basis,
    priceId,
    row.cost.cacheSavedNanoUsd,
    row.cost.localSavedNanoUsd,
    usageWrite,
    row.task,
    row.settlement?.heldNanoUsd ?? null,
    row.responseBytes,
    row.errorKind,
    row.errorMessage,
    row.rawUsageJson,
    row.fidelityJson,
    row.droppedFields,
    countSent(row.attempts),
    lone === null ? null : lone.startedAtMs,
    lone === null ? null : lone.durationMs,
    lone === null ? null : lone.key,
    lone === null ? null : lone.headMs,
    row.rule,
    row.decisionJson,
    row.key,
  ).changes;
}

function runWhole(
  insert: Statement,
  start: RequestStart,
  row: RequestFinish,
  lone: AttemptRecord | null,
  priceId: number | null,
  usageWrite: number,
): void {
  const { usage } = row;
  insert.run(
    start.key,
    start.startedAtMs,
    start.clientId,
    start.dialect,
    start.requestedModel,
    start.stream ? 1 : 0,
    start.requestBytes,
    start.configVersion,
    row.state,
    row.durationMs,
    row.firstTokenMs,
    row.provider,
    row.model,
    row.status,
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.cacheWriteTokens,
    usage.outputTokens,
    usage.reasoningTokens,
    usage.estimated ? 1 : 0,
    row.cost.nanoUsd,
    row.cost.basis,
    priceId,
    row.cost.cacheSavedNanoUsd,
    row.cost.localSavedNanoUsd,
    usageWrite,
    row.task,
    row.responseBytes,
    row.errorKind,
    row.errorMessage,
    row.rawUsageJson,
    row.fidelityJson,
    row.droppedFields,
    countSent(row.attempts),
    lone === null ? null : lone.startedAtMs,
    lone === null ? null : lone.durationMs,
    lone === null ? null : lone.key,
    lone === null ? null : lone.headMs,
    row.rule,
    row.decisionJson,
  );
}

const insertStartSql = `
INSERT INTO requests (state, key, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion)
VALUES ('started', ?, ?, ?, ?, ?, ?, ?, ?)`;

const updateSql = `
UPDATE requests SET
  state = ?, durationMs = ?, firstTokenMs = ?, provider = ?, model = ?, status = ?,
  inputTokens = ?, cachedInputTokens = ?, cacheWriteTokens = ?, outputTokens = ?, reasoningTokens = ?, usageEstimated = ?,
  costNanoUsd = ?, costBasis = ?, priceId = ?, cacheSavedNanoUsd = ?, localSavedNanoUsd = ?, usageWrite = ?, task = ?, reservedNanoUsd = ?,
  responseBytes = ?, errorKind = ?, errorMessage = ?, rawUsageJson = ?, fidelityJson = ?, droppedFields = ?,
  attempts = ?, loneAttemptStartedAtMs = ?, loneAttemptDurationMs = ?, loneAttemptKeyReference = ?, loneAttemptHeadMs = ?,
  ruleName = ?, decisionJson = ?
WHERE key = ? AND state = 'started'`;

const insertWholeSql = `
INSERT INTO requests (
  key, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion,
  state, durationMs, firstTokenMs, provider, model, status,
  inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageEstimated,
  costNanoUsd, costBasis, priceId, cacheSavedNanoUsd, localSavedNanoUsd, usageWrite, task,
  responseBytes, errorKind, errorMessage, rawUsageJson, fidelityJson, droppedFields, attempts,
  loneAttemptStartedAtMs, loneAttemptDurationMs, loneAttemptKeyReference, loneAttemptHeadMs, ruleName, decisionJson
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const insertAttemptSql = `
INSERT INTO attempts (
  requestKey, number, provider, model, startedAtMs, durationMs, status, errorKind, errorMessage,
  cause, keyReference, waitedMs, headMs, costNanoUsd
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
