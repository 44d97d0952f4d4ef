/** Writes an exchange as the log keeps it. */
import type { FidelityReport } from '../chat/fidelity.ts';
import { unknownUsage, type Usage } from '../chat/usage.ts';
import { countSent, wasSent } from '../contract/attempts.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import type {
  AttemptRecord,
  RecordedCost,
  RecordedUsage,
  RequestFinish,
  RequestItem,
  RequestStart,
} from '../contract/records.ts';
import { errorColumns } from './error-columns.ts';
import { formatRequestId } from '../contract/request-id.ts';
import type { Settlement } from '../contract/money/ledger.ts';
import { estimateUsage } from '../money/estimate-tokens.ts';
import type { Outcome } from './relay/body-sink.ts';

/** Has nobody said what the answer came to, as in one that broke off, so that it can only be estimated? */
export function isUncounted({ usage, seen }: Pick<Outcome, 'usage' | 'seen'>): boolean {
  return seen !== null && (usage === null || usage.outputTokens === null);
}

/** What a request came to, by whose count, and where its last attempt counts; null where no budget applied to it. */
export interface Charge {
  readonly counted: CountedUsage;
  readonly cost: RecordedCost;
  readonly settlement: Settlement | null;
}

/** Tokens with all that is known of them, and who counted. */
export interface CountedUsage {
  /** Null: nothing is known. */
  readonly usage: Usage | null;
  /** True when the provider did not say and the numbers are ours. */
  readonly estimated: boolean;
}

/**
 * What the provider said, or a marked estimate of what passed, or that nothing is known.
 * @param inputTokens of what was asked, estimated; null when that is not needed, or it is not here any more
 */
export function countUsage(outcome: Pick<Outcome, 'usage' | 'seen'>, inputTokens: number | null): CountedUsage {
  const { usage, seen } = outcome;
  if (!seen || inputTokens === null || !isUncounted(outcome)) return { usage, estimated: false };
  const estimate = estimateUsage(inputTokens, seen);
  return { usage: usage ? { ...usage, outputTokens: estimate.outputTokens } : estimate, estimated: true };
}

export function recordUsage({ usage, estimated }: CountedUsage): RecordedUsage {
  return { ...pick(usage ?? unknownUsage), estimated };
}

function pick(usage: Usage): Omit<RecordedUsage, 'estimated'> {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens };
}

export interface Ending {
  readonly start: RequestStart;
  readonly outcome: Outcome;
  /** What it came to. */
  readonly charge: Charge;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly attempts: readonly AttemptRecord[];
  /** Null where nothing was translated. */
  readonly fidelity: FidelityReport | null;
  /** The rule that decided where it goes; null where its model's name did, or nothing was decided. */
  readonly rule: string | null;
  /** What it is for; null where nobody read it. */
  readonly task: string | null;
  /** What it was decided from, as JSON text. */
  readonly decisionJson: string | null;
}

export function finishRow(ending: Ending): RequestFinish {
  const { start, outcome, charge, durationMs, firstTokenMs, attempts, fidelity } = ending;
  const last = attempts.findLast(wasSent);
  const { errorKind, errorMessage } = errorColumns(outcome.error);
  return {
    key: start.key,
    state: outcome.state,
    durationMs,
    firstTokenMs,
    provider: last?.provider ?? null,
    model: last?.model ?? null,
    status: outcome.status,
    usage: recordUsage(charge.counted),
    cost: charge.cost,
    settlement: charge.settlement,
    task: ending.task,
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

export function boundedUsage(json: string | null): string | null {
  return json === null || json.length > rawUsageLimit ? null : json;
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
  task: null,
  usage: { ...pick(unknownUsage), estimated: false },
  costUsd: null,
  costBasis: 'none',
  errorKind: null,
  errorMessage: null,
};

function finishedPart({ cost, attempts, ...finish }: RequestFinish): FinishedPart {
  const { state, durationMs, firstTokenMs, provider, model, status, droppedFields, rule, task, usage, errorKind, errorMessage } =
    finish;
  return {
    state,
    durationMs,
    firstTokenMs,
    provider,
    model,
    status,
    attempts: countSent(attempts),
    droppedFields,
    rule,
    task,
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
