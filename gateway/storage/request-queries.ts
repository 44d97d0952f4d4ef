/** The questions a screen asks of the log, and how its rows become the contract's items. */
import type { Database } from 'better-sqlite3';
import type { RequestFilter } from '../contract/calls.ts';
import {
  type AttemptRecord,
  type FidelityRecord,
  fidelityReportSchema,
  type RequestDetail,
  type RequestItem,
  type RequestState,
  type ShadowRecord,
} from '../contract/records.ts';
import type { CostBasis } from '../contract/money/price.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import { formatRequestId } from '../contract/request-id.ts';
import { readPrice } from './price-rows.ts';
import { prepareShadowRead } from './shadow-rows.ts';

/** `beforeKey` is the key of the last item seen; null for the first page. */
export interface PageRequest {
  readonly filter: RequestFilter;
  readonly beforeKey: number | null;
  readonly limit: number;
}

export interface Page {
  readonly items: readonly RequestItem[];
  /** The key to go on from; null on the last page. */
  readonly lastKey: number | null;
}

export interface RequestQueries {
  list(page: PageRequest): Page;
  get(key: number): RequestDetail | null;
}

interface RequestRow {
  readonly key: number;
  readonly state: RequestState;
  readonly startedAtMs: number;
  readonly durationMs: number | null;
  readonly firstTokenMs: number | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly dialect: string;
  readonly requestedModel: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly stream: number;
  readonly status: number | null;
  readonly attempts: number;
  readonly droppedFields: number;
  readonly rule: string | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly usageEstimated: number;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
}

interface DetailRow extends RequestRow {
  readonly loneAttemptStartedAtMs: number | null;
  readonly loneAttemptDurationMs: number | null;
  readonly loneAttemptKeyReference: string | null;
  readonly loneAttemptHeadMs: number | null;
  readonly decisionKept: number;
  readonly task: string | null;
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

interface ListParameters {
  readonly states: string | null;
  readonly clientId: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly beforeKey: number;
  readonly limit: number;
}

/** Prepares the questions, once for each connection. */
export function prepareRequestQueries(database: Database): RequestQueries {
  const list = database.prepare<[ListParameters], RequestRow>(listSql);
  const get = database.prepare<[number], DetailRow>(getSql);
  const attempts = database.prepare<[number], AttemptRow>(attemptsSql);
  const shadow = prepareShadowRead(database);
  // All parts of a detail come from one moment of the log.
  const readDetail = database.transaction((key: number): RequestDetail | null => {
    const row = get.get(key);
    return row ? detailOfRow(row, loneAttempt(row) ?? attempts.all(key).map(attemptOfRow), shadow(key)) : null;
  });
  return {
    list: ({ filter, beforeKey, limit }) => {
      const rows = list.all({
        states: filter.state ? JSON.stringify(filter.state) : null,
        clientId: filter.clientId ?? null,
        provider: filter.provider ?? null,
        model: filter.model ?? null,
        beforeKey: beforeKey ?? Number.MAX_SAFE_INTEGER,
        // One row more than asked for tells whether there is another page.
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      return { items: shown.map(itemOfRow), lastKey: rows.length > limit ? (shown.at(-1)?.key ?? null) : null };
    },
    get: readDetail,
  };
}

/** The inputs of one request's decision as JSON text; null when none were kept. */
export function prepareDecisionRead(database: Database): (key: number) => string | null {
  const read = database.prepare<[number], string | null>(decisionSql).pluck();
  return (key) => read.get(key) ?? null;
}

function itemOfRow(row: RequestRow): RequestItem {
  return {
    id: formatRequestId(row.key),
    state: row.state,
    startedAtMs: row.startedAtMs,
    durationMs: row.durationMs,
    firstTokenMs: row.firstTokenMs,
    clientId: row.clientId,
    clientName: row.clientName,
    dialect: row.dialect,
    requestedModel: row.requestedModel,
    provider: row.provider,
    model: row.model,
    stream: row.stream === 1,
    status: row.status,
    attempts: row.attempts,
    droppedFields: row.droppedFields,
    rule: row.rule,
    usage: {
      inputTokens: row.inputTokens,
      cachedInputTokens: row.cachedInputTokens,
      cacheWriteTokens: row.cacheWriteTokens,
      outputTokens: row.outputTokens,
      reasoningTokens: row.reasoningTokens,
      estimated: row.usageEstimated === 1,
    },
    costUsd: row.costNanoUsd === null ? null : usdOfNano(row.costNanoUsd),
    costBasis: row.costBasis,
    errorKind: row.errorKind,
    errorMessage: row.errorMessage,
  };
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
    task: row.task,
    price: readPrice(row.priceJson),
    costLines: [],
    cacheSavedUsd: usdOfNano(row.cacheSavedNanoUsd),
    localSavedUsd: usdOfNano(row.localSavedNanoUsd),
    reservedUsd: row.reservedNanoUsd === null ? null : usdOfNano(row.reservedNanoUsd),
    overBound: row.overBound === 1,
  };
}

/** Newest first, from the primary key's end: its plan is asserted by a test. */
export const listSql = `
SELECT
  key, state, startedAtMs, durationMs, firstTokenMs, clientId, clients.name AS clientName, dialect, requestedModel,
  provider, model, stream, status, attempts, droppedFields, ruleName AS rule, inputTokens, cachedInputTokens, cacheWriteTokens,
  outputTokens, reasoningTokens, usageEstimated, costNanoUsd, costBasis, errorKind, errorMessage
FROM requests LEFT JOIN clients ON clients.id = requests.clientId
WHERE key < :beforeKey
  AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:clientId IS NULL OR clientId = :clientId)
  AND (:provider IS NULL OR provider = :provider)
  AND (:model IS NULL OR model = :model)
ORDER BY key DESC
LIMIT :limit`;

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
