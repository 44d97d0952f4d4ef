/** How a row of the log becomes the contract's item. */
import { usdOfNano } from '../contract/money/nano-usd.ts';
import type { CostBasis } from '../contract/money/price.ts';
import type { RequestItem, RequestState } from '../contract/records.ts';
import { formatRequestId } from '../contract/request-id.ts';

export interface RequestRow {
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
  readonly task: string | null;
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

export function itemOfRow(row: RequestRow): RequestItem {
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
    task: row.task,
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
