/** What remains of a request: the shapes that storage keeps and screens show. */
import { z } from 'zod';
import { clientBudgetSchema, tierSchema } from './money/budget.ts';
import { costBasisSchema, costLineSchema, type CostBasis, type Price, priceSchema } from './money/price.ts';
import type { Reservation, ReservationOutcome, Settlement } from './money/ledger.ts';
import { limitUsedSchema, rateLimitsSchema } from './money/rate-limits.ts';
import { sensitivitySchema } from './policy/condition.ts';

/** `started` while it runs; every other state is final. */
export const requestStateSchema = z.enum([
  'started',
  'ok',
  'upstream_error',
  'gateway_error',
  'client_closed',
  'rejected',
  'interrupted',
]);
export type RequestState = z.infer<typeof requestStateSchema>;
export type FinalState = Exclude<RequestState, 'started'>;

const tokens = z.number().int().nonnegative().nullable();

/** Token counts in one convention: input includes cached tokens, output includes reasoning. Null is unknown, never 0. */
export const recordedUsageSchema = z.object({
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  /** True when the provider did not say and the numbers are ours. */
  estimated: z.boolean(),
});
export type RecordedUsage = z.infer<typeof recordedUsageSchema>;

/** Why an attempt was made: the first of all, or what followed a failure. */
export const attemptCauses = [
  'first',
  'retry',
  'next-key',
  'next-target',
  'fallback-overload',
  'fallback-timeout',
  'fallback-context',
  'fallback-content-policy',
  'learned',
] as const;
export type AttemptCause = (typeof attemptCauses)[number];

/** One call to one upstream. Times are milliseconds; `status` is null when no answer came. */
export const attemptRecordSchema = z.object({
  number: z.number().int().min(1),
  provider: z.string(),
  model: z.string(),
  startedAtMs: z.number().int(),
  durationMs: z.number().nonnegative(),
  status: z.number().int().nullable(),
  errorKind: z.string().nullable(),
  errorMessage: z.string().nullable(),
  cause: z.enum(attemptCauses),
  /** What the config calls the key; null where none was needed. */
  key: z.string().nullable(),
  /** The pause before it, and until its model was loaded. */
  waitedMs: z.number().nonnegative(),
  /** From its sending to the head of its answer; null when none came. */
  headMs: z.number().nonnegative().nullable(),
  /** US dollars. Of a failed one: what its provider may have billed, by an estimate; 0 where it cannot have. Null: not known. */
  costUsd: z.number().nonnegative().nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecordSchema>;

/** An item of `requests.list`. Durations are milliseconds from a monotonic clock. */
export const requestItemSchema = z.object({
  id: z.string(),
  state: requestStateSchema,
  startedAtMs: z.number().int(),
  durationMs: z.number().nonnegative().nullable(),
  firstTokenMs: z.number().nonnegative().nullable(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  dialect: z.string(),
  requestedModel: z.string(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  stream: z.boolean(),
  status: z.number().int().nullable(),
  /** That were sent; those left out are in the list of them all the same (`attempts.ts`). */
  attempts: z.number().int().nonnegative(),
  /** How many fields a translation had to leave out; 0 where nothing was lost or nothing translated. */
  droppedFields: z.number().int().nonnegative(),
  /** The rule that decided where it went; null where its model's name did. */
  rule: z.string().nullable(),
  /** What it was for, where that was read; null where nothing asked for it, and while it runs. */
  task: z.string().nullable(),
  usage: recordedUsageSchema,
  /** US dollars, of all its attempts; null where nobody knows. */
  costUsd: z.number().nonnegative().nullable(),
  costBasis: costBasisSchema,
  errorKind: z.string().nullable(),
  errorMessage: z.string().nullable(),
});
export type RequestItem = z.infer<typeof requestItemSchema>;

const fidelityNoteSchema = z.object({ field: z.string(), words: z.string(), count: z.number().int().min(1) });

/** What a translation between two dialects kept, emulated and dropped: fields by their paths, and words for a person. */
export const fidelityReportSchema = z.object({
  from: z.string(),
  to: z.string(),
  kept: z.array(z.string()),
  emulated: z.array(fidelityNoteSchema),
  dropped: z.array(fidelityNoteSchema),
});
export type FidelityRecord = z.infer<typeof fidelityReportSchema>;

/** A copy of a request that went to another target after the answer, for comparison. */
export const shadowRecordSchema = z.object({
  target: z.string(),
  rule: z.string(),
  status: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  firstTokenMs: z.number().nonnegative().nullable(),
  usage: recordedUsageSchema,
  /** US dollars, beside its request's own cost; null where nobody knows. */
  costUsd: z.number().nonnegative().nullable(),
  costBasis: costBasisSchema,
  /** By which it was computed; null where none was. */
  price: priceSchema.nullable(),
  /** What budgets held for it; null where none applied. US dollars. */
  reservedUsd: z.number().nullable(),
  /** The provider billed more than that. */
  overBound: z.boolean(),
  /** The provider's own usage object, as it sent it (JSON text). */
  rawUsageJson: z.string().nullable(),
  errorKind: z.string().nullable(),
  errorMessage: z.string().nullable(),
  /** Characters of text that it answered; beside the original's. */
  textLength: z.number().int().nonnegative().nullable(),
});
export type ShadowRecord = z.infer<typeof shadowRecordSchema>;

/** The whole of one request, as its own page shows it. */
export const requestDetailSchema = requestItemSchema.extend({
  attemptList: z.array(attemptRecordSchema),
  /** The provider's own usage object, as it sent it (JSON text). */
  rawUsageJson: z.string().nullable(),
  requestBytes: z.number().int().nonnegative(),
  responseBytes: z.number().int().nonnegative().nullable(),
  configVersion: z.number().int().nonnegative(),
  /** Null where nothing was translated. */
  fidelity: fidelityReportSchema.nullable(),
  /** Is what its decision was made from still kept, so that `decision.explain` can make it again? */
  decisionKept: z.boolean(),
  shadow: shadowRecordSchema.nullable(),
  /** By which its cost was computed; null where none was. */
  price: priceSchema.nullable(),
  /** What its cost is made of; empty where the provider stated it, or nobody knows. */
  costLines: z.array(costLineSchema),
  /** What the provider's cache saved, and what asking a model on this machine did. US dollars. */
  cacheSavedUsd: z.number(),
  localSavedUsd: z.number(),
  /** What budgets held for its last attempt; null where none applied. US dollars. */
  reservedUsd: z.number().nullable(),
  /** The provider billed more than the upper bound that was reserved. */
  overBound: z.boolean(),
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

/** A program's key, without the key. `prefix` is what may be shown: `llmgw_AbCd`. */
export const clientItemSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  /** Its requests are refused rather than sent on without one of their fields. */
  strict: z.boolean(),
  sensitivity: sensitivitySchema,
  createdAtMs: z.number().int(),
  revokedAtMs: z.number().int().nullable(),
  /** From then on it opens nothing; null: it stays. */
  expiresAtMs: z.number().int().nullable(),
  /** Its keys in force, the newest first; two while a rotation overlaps. `prefix` above is the newest one's. */
  keys: z.array(z.object({ prefix: z.string(), createdAtMs: z.number().int(), endsAtMs: z.number().int().nullable() })),
  /** Which program it was made for, as the person names it. */
  app: z.string().nullable(),
  tier: tierSchema.nullable(),
  budgets: z.array(clientBudgetSchema),
  limits: rateLimitsSchema,
  /** Left out for one without limits. */
  limitsUsed: z.array(limitUsedSchema).optional(),
  /** Texts in which `*` stands for anything, held against `provider/model` after routing; null: any. */
  allowedModels: z.array(z.string()).nullable(),
  lastSeenAtMs: z.number().int().nullable(),
});
export type ClientItem = z.infer<typeof clientItemSchema>;

/** The first half of a row: written before the first upstream byte. `key` is the request's number (request-id.ts). */
export interface RequestStart {
  readonly key: number;
  readonly startedAtMs: number;
  readonly clientId: string | null;
  readonly dialect: string;
  readonly requestedModel: string;
  readonly stream: boolean;
  readonly requestBytes: number;
  readonly configVersion: number;
}

/** What a request cost, as exactly as it can be known. */
export interface RecordedCost {
  /** Of all its attempts; null: not known. */
  readonly nanoUsd: number | null;
  readonly basis: CostBasis;
  /** By which it was computed: one object for one price, so that the log keeps it once. */
  readonly price: Price | null;
  /** The true net: below nothing where more was written to the cache than read from it. */
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
}

export const noCost: RecordedCost = { nanoUsd: 0, basis: 'none', price: null, cacheSavedNanoUsd: 0, localSavedNanoUsd: 0 };

/** The second half: committed before the client's last byte. */
export interface RequestFinish {
  readonly key: number;
  readonly state: FinalState;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly status: number | null;
  readonly usage: RecordedUsage;
  readonly cost: RecordedCost;
  /** Where its last attempt counts; null where no budget applied to it. */
  readonly settlement: Settlement | null;
  readonly task: string | null;
  readonly rawUsageJson: string | null;
  readonly responseBytes: number | null;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
  readonly attempts: readonly AttemptRecord[];
  /** A `FidelityRecord` as JSON text; null where nothing was translated. */
  readonly fidelityJson: string | null;
  /** The number of fields that the report calls dropped. */
  readonly droppedFields: number;
  readonly rule: string | null;
  /** What the decision was made from (gateway/decision), as JSON text; null when nothing was decided. */
  readonly decisionJson: string | null;
}

/** Called once, after the commit; with an error when the write is not in the log. */
export type Acknowledge = (error: Error | null) => void;

/** Called once, after the commit; with an error when nothing is held because the ledger could not be written. */
export type AnswerReservation = (outcome: ReservationOutcome | Error) => void;

/** The first half of a row, on its way into the log or there already. Only the log looks inside. */
export interface StartedRow {
  readonly start: RequestStart;
}

/** The log as an exchange sees it. Of one request, the halves are committed in their order, or together. */
export interface RequestRecorder {
  /** @returns what its finish must name */
  start(row: RequestStart, acknowledge: Acknowledge): StartedRow;
  /** Somebody waits: commits what was handed over, and acknowledges it, before this returns (unless the log is locked). */
  flush(): void;
  /** Holds money back for the next attempt, behind the first half of the row; answered after the commit. */
  reserve(started: StartedRow, reservation: Reservation, answer: AnswerReservation): void;
  /**
   * The attempt that money was held for is over: counts what it may have cost, and lets go of the rest.
   * @param isLast no finish of its request will settle it
   */
  release(requestKey: number, costNanoUsd: number, isLast: boolean): void;
  finish(started: StartedRow, row: RequestFinish, acknowledge: Acknowledge): void;
  /** A request refused before anything was started: both halves at once. */
  reject(start: RequestStart, finish: RequestFinish, acknowledge: Acknowledge): void;
}
