/** The row of a request that went well at once, as nearly all do: written whole, with what others have left to its defaults. */
import type { Database } from 'better-sqlite3';
import type { AttemptRecord, RequestFinish, RequestStart } from '../contract/records.ts';

/** Says its row nothing that the plain one has no value for? */
export function isPlain({ state, errorKind, fidelityJson, droppedFields, rule, task, cost, usage }: RequestFinish): boolean {
  if (state !== 'ok' || errorKind !== null || fidelityJson !== null || droppedFields > 0 || rule !== null || task !== null)
    return false;
  return cost.cacheSavedNanoUsd === 0 && cost.localSavedNanoUsd === 0 && usage.cacheWriteTokens === null && !usage.estimated;
}

/** Every bound value costs a little; of forty, twelve are the same in nearly every row. */
export type WritePlainRow = (
  start: RequestStart,
  finish: RequestFinish,
  lone: AttemptRecord,
  priceId: number | null,
  usageWrite: number,
) => void;

/** Prepares the statement, once for the connection that writes. */
export function preparePlainRow(database: Database): WritePlainRow {
  const insert = database.prepare(insertSql);
  return (start, row, lone, priceId, usageWrite) => {
    const { usage, cost } = row;
    insert.run(
      start.key,
      start.startedAtMs,
      start.clientId,
      start.dialect,
      start.requestedModel,
      start.stream ? 1 : 0,
      start.requestBytes,
      start.configVersion,
      row.durationMs,
      row.firstTokenMs,
      row.provider,
      row.model,
      row.status,
      usage.inputTokens,
      usage.cachedInputTokens,
      usage.outputTokens,
      usage.reasoningTokens,
      cost.nanoUsd,
      cost.basis,
      priceId,
      usageWrite,
      row.responseBytes,
      row.rawUsageJson,
      lone.startedAtMs,
      lone.durationMs,
      lone.key,
      lone.headMs,
      row.decisionJson,
    );
  };
}

const insertSql = `
INSERT INTO requests (
  state, attempts, key, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion, durationMs, firstTokenMs,
  provider, model, status, inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costNanoUsd, costBasis, priceId, usageWrite,
  responseBytes, rawUsageJson, loneAttemptStartedAtMs, loneAttemptDurationMs, loneAttemptKeyReference, loneAttemptHeadMs, decisionJson
) VALUES ('ok', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
