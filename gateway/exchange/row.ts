/** Writes an exchange as the log keeps it. */
import type { GatewayError } from '../chat/error.ts';
import type { FidelityReport } from '../chat/fidelity.ts';
import { unknownUsage, type Usage } from '../chat/usage.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import {
  type AttemptRecord,
  noCost,
  type RecordedUsage,
  type RequestFinish,
  type RequestItem,
  type RequestStart,
} from '../contract/records.ts';
import { formatRequestId } from '../contract/request-id.ts';
import { estimateUsage, type InputSeen } from '../money/estimate-tokens.ts';
import type { Outcome } from './relay/body-sink.ts';

/** Has nobody said what the answer came to, as in one that broke off, so that it can only be estimated? */
export function isUncounted({ usage, seen }: Pick<Outcome, 'usage' | 'seen'>): boolean {
  return seen !== null && (usage === null || usage.outputTokens === null);
}

/** What the provider said, or a marked estimate of what passed, or that nothing is known. */
export function recordUsage(outcome: Pick<Outcome, 'usage' | 'seen'>, asked: InputSeen | null): RecordedUsage {
  const { usage, seen } = outcome;
  if (!seen || !asked || !isUncounted(outcome)) return { ...pick(usage ?? unknownUsage), estimated: false };
  const estimate = estimateUsage(asked, seen);
  return { ...pick(usage ? { ...usage, outputTokens: estimate.outputTokens } : estimate), estimated: true };
}

function pick(usage: Usage): Omit<RecordedUsage, 'estimated'> {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens };
}

export interface Ending {
  readonly start: RequestStart;
  readonly outcome: Outcome;
  /** What was asked, for an estimate; null when none is needed. */
  readonly asked: InputSeen | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly attempts: readonly AttemptRecord[];
  /** Null where nothing was translated. */
  readonly fidelity: FidelityReport | null;
  /** The rule that decided where it goes; null where its model's name did, or nothing was decided. */
  readonly rule: string | null;
  /** What it was decided from, as JSON text. */
  readonly decisionJson: string | null;
}

export function finishRow(ending: Ending): RequestFinish {
  const { start, outcome, asked, durationMs, firstTokenMs, attempts, fidelity } = ending;
  const last = attempts.at(-1);
  const { errorKind, errorMessage } = errorColumns(outcome.error);
  return {
    key: start.key,
    state: outcome.state,
    durationMs,
    firstTokenMs,
    provider: last?.provider ?? null,
    model: last?.model ?? null,
    status: outcome.status,
    usage: recordUsage(outcome, asked),
    cost: noCost,
    settlement: null,
    task: null,
    rawUsageJson: boundedUsage(outcome.rawUsageJson),
    responseBytes: outcome.responseBytes,
    errorKind,
    errorMessage,
    attempts,
    fidelityJson: fidelity === null ? null : JSON.stringify(fidelity),
    droppedFields: fidelity?.dropped.length ?? 0,
    rule: ending.rule,
    decisionJson: ending.decisionJson,
  };
}

/** A real usage object has a few hundred bytes; a provider must not be able to fill the log by way of it. */
const rawUsageLimit = 16 * 1024;

function boundedUsage(json: string | null): string | null {
  return json === null || json.length > rawUsageLimit ? null : json;
}

export function errorColumns(error: GatewayError | null): { errorKind: string | null; errorMessage: string | null } {
  return { errorKind: error?.kind ?? null, errorMessage: error?.message.slice(0, 1_000) ?? null };
}

type FinishedPart = Omit<RequestItem, 'id' | 'startedAtMs' | 'clientId' | 'clientName' | 'dialect' | 'requestedModel' | 'stream'>;

/** What a row says while its request runs. */
const running: FinishedPart = {
  state: 'started',
  durationMs: null,
  firstTokenMs: null,
  provider: null,
  model: null,
  status: null,
  attempts: 0,
  droppedFields: 0,
  rule: null,
  usage: { ...pick(unknownUsage), estimated: false },
  costUsd: null,
  costBasis: 'none',
  errorKind: null,
  errorMessage: null,
};

function finishedPart({ cost, attempts, ...finish }: RequestFinish): FinishedPart {
  const { state, durationMs, firstTokenMs, provider, model, status, droppedFields, rule, usage, errorKind, errorMessage } =
    finish;
  return {
    state,
    durationMs,
    firstTokenMs,
    provider,
    model,
    status,
    attempts: attempts.length,
    droppedFields,
    rule,
    usage,
    costUsd: cost.nanoUsd === null ? null : usdOfNano(cost.nanoUsd),
    costBasis: cost.basis,
    errorKind,
    errorMessage,
  };
}

/** The row as watchers see it, before it is finished (`finish` null) or after. */
export function requestItem(start: RequestStart, clientName: string | null, finish: RequestFinish | null): RequestItem {
  const { startedAtMs, clientId, dialect, requestedModel, stream } = start;
  return {
    id: formatRequestId(start.key),
    startedAtMs,
    clientId,
    clientName,
    dialect,
    requestedModel,
    stream,
    ...(finish === null ? running : finishedPart(finish)),
  };
}
