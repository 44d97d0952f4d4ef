/** One request as its own page shows it, and what its decision was made from. */
import type { Database } from 'better-sqlite3';
import {
  type AttemptRecord,
  type FidelityRecord,
  fidelityReportSchema,
  type RequestDetail,
  type ShadowRecord,
} from '../contract/records.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import { readPrice } from './price-rows.ts';
import { itemOfRow, type RequestRow } from './request-item.ts';
import { prepareShadowRead } from './shadow-rows.ts';

export interface RequestQueries {
  get(key: number): RequestDetail | null;
}

interface DetailRow extends RequestRow {
  readonly loneAttemptStartedAtMs: number | null;
  readonly loneAttemptDurationMs: number | null;
  readonly loneAttemptKeyReference: string | null;
  readonly loneAttemptHeadMs: number | null;
  readonly decisionKept: number;
  readonly priceJson: string | null;
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
  readonly reservedNanoUsd: number | null;
  readonly overBound: number;
  readonly rawUsageJson: string | null;
  readonly fidelityJson: string | null;
  readonly requestBytes: number;
  readonly responseBytes: number | null;
  readonly configVersion: number;
}

/** Prepares the questions, once for each connection. */
export function prepareRequestQueries(database: Database): RequestQueries {
  const get = database.prepare<[number], DetailRow>(getSql);
  const attempts = database.prepare<[number], AttemptRow>(attemptsSql);
  const shadow = prepareShadowRead(database);
  // All parts of a detail come from one moment of the log.
  const readDetail = database.transaction((key: number): RequestDetail | null => {
    const row = get.get(key);
    return row ? detailOfRow(row, loneAttempt(row) ?? attempts.all(key).map(attemptOfRow), shadow(key)) : null;
  });
  return { get: readDetail };
}

/** The inputs of one request's decision as JSON text; null when none were kept. */
export function prepareDecisionRead(database: Database): (key: number) => string | null {
  const read = database.prepare<[number], string | null>(decisionSql).pluck();
  return (key) => read.get(key) ?? null;
}

/** The attempt of a request that went well at the first, from its own row. */
function loneAttempt(row: DetailRow): AttemptRecord[] | null {
  const { provider, model, status, loneAttemptStartedAtMs: startedAtMs, loneAttemptDurationMs: durationMs } = row;
  if (provider === null || model === null || startedAtMs === null || durationMs === null) return null;
  const costUsd = row.costNanoUsd === null ? null : usdOfNano(row.costNanoUsd);
  const went = { number: 1, provider, model, startedAtMs, durationMs, status, errorKind: null, errorMessage: null, costUsd };
  return [{ ...went, cause: 'first', key: row.loneAttemptKeyReference, waitedMs: 0, headMs: row.loneAttemptHeadMs }];
}

type AttemptRow = Omit<AttemptRecord, 'costUsd'> & { readonly costNanoUsd: number | null };

function attemptOfRow({ costNanoUsd, ...attempt }: AttemptRow): AttemptRecord {
  return { ...attempt, costUsd: costNanoUsd === null ? null : usdOfNano(costNanoUsd) };
}

/** A report that an older program wrote in another shape is left out, not shown wrong. */
function readFidelity(json: string | null): FidelityRecord | null {
  if (json === null) return null;
  const parsed = fidelityReportSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

function detailOfRow(row: DetailRow, attemptList: AttemptRecord[], shadow: ShadowRecord | null): RequestDetail {
  return {
    ...itemOfRow(row),
    attemptList,
    rawUsageJson: row.rawUsageJson,
    requestBytes: row.requestBytes,
    responseBytes: row.responseBytes,
    configVersion: row.configVersion,
    fidelity: readFidelity(row.fidelityJson),
    decisionKept: row.decisionKept === 1,
    shadow,
    price: readPrice(row.priceJson),
    costLines: [],
    cacheSavedUsd: usdOfNano(row.cacheSavedNanoUsd),
    localSavedUsd: usdOfNano(row.localSavedNanoUsd),
    reservedUsd: row.reservedNanoUsd === null ? null : usdOfNano(row.reservedNanoUsd),
    overBound: row.overBound === 1,
  };
}

export const getSql = `
SELECT
  key, state, startedAtMs, durationMs, firstTokenMs, clientId, clients.name AS clientName, dialect, requestedModel,
  provider, model, stream, status, attempts, droppedFields, ruleName AS rule, inputTokens, cachedInputTokens, cacheWriteTokens,
  outputTokens, reasoningTokens, usageEstimated, costNanoUsd, costBasis, errorKind, errorMessage, rawUsageJson, fidelityJson, requestBytes, responseBytes, configVersion,
  loneAttemptStartedAtMs, loneAttemptDurationMs, loneAttemptKeyReference, loneAttemptHeadMs,
  task, priceJson, cacheSavedNanoUsd, localSavedNanoUsd, reservedNanoUsd, overBound,
  decisionJson IS NOT NULL AS decisionKept
FROM requests LEFT JOIN clients ON clients.id = requests.clientId LEFT JOIN prices ON prices.id = requests.priceId
WHERE key = ?`;

export const attemptsSql = `
SELECT
  number, provider, model, startedAtMs, durationMs, status, errorKind, errorMessage, cause, keyReference AS "key", waitedMs, headMs,
  costNanoUsd
FROM attempts WHERE requestKey = ? ORDER BY number`;

export const decisionSql = 'SELECT decisionJson FROM requests WHERE key = ?';
