/** The explanation of a decision, as screens show it and scripts read it. */
import { z } from 'zod';
import { modelFactsSchema } from './model-facts.ts';
import { budgetPeriodSchema, tierSchema } from './money/budget.ts';
import { sensitivitySchema } from './policy/condition.ts';
import { requestSettingsSchema } from './policy/rule.ts';

/** What is read of a request only where something may depend on it. */
export const readOnDemand = [
  'task',
  'inputTokens',
  'maxOutputTokens',
  'tools',
  'images',
  'schema',
  'reasoning',
  'session',
] as const;
export type ReadOnDemand = (typeof readOnDemand)[number];

/** What is known of a request when it is decided. Null: it does not say. */
export const featuresSchema = z.object({
  requestedModel: z.string(),
  /** The format that the client speaks. */
  dialect: z.string(),
  client: z.string().nullable(),
  task: z.string(),
  /** Did the client say its task, or was it inferred? */
  taskSaid: z.boolean(),
  sensitivity: sensitivitySchema,
  /** Of its key; null for a key without one, or no key. */
  tier: tierSchema.nullable(),
  /** What its key may use: texts in which `*` stands for anything, held against `provider/model`; null: any. */
  allowedModels: z.array(z.string()).readonly().nullable(),
  /** Estimated. */
  inputTokens: z.number().int().nonnegative(),
  maxOutputTokens: z.number().int().nonnegative().nullable(),
  stream: z.boolean(),
  tools: z.boolean(),
  images: z.boolean(),
  schema: z.boolean(),
  reasoning: z.boolean(),
  /** What makes requests one session: opaque; null when nothing does. */
  session: z.string().nullable(),
  /** Those that the policy looks at, by their names. */
  headers: z.record(z.string(), z.string()),
  metadata: z.record(z.string(), z.string()),
  /** Nothing depended on these, so that they were not read: what stands above in their place is nobody's saying. */
  unread: z.array(z.enum(readOnDemand)).readonly(),
});
export type RequestFeatures = z.infer<typeof featuresSchema>;

/** How a target stands at the moment of a decision; what is not known is null. */
export const targetStateSchema = z.object({
  breaker: z.enum(['closed', 'open', 'half-open']),
  /** Of the provider's keys; `none` where it needs none. */
  key: z.enum(['ready', 'resting', 'set-aside', 'missing', 'none']),
  /** Milliseconds to the first token, and tokens a second: decaying averages of its answers. */
  firstTokenMs: z.number().nonnegative().nullable(),
  tokensPerSecond: z.number().nonnegative().nullable(),
  /** Answers those averages stand on. */
  samples: z.number().int().nonnegative(),
  inFlight: z.number().int().nonnegative(),
  /** Is the model in memory? Null where that is not known, as of a provider far away. */
  loaded: z.boolean().nullable(),
});
export type TargetState = z.infer<typeof targetStateSchema>;

/** Why a candidate was chosen or refused: a code for programs; its words are beside it. */
export const reasonCodes = [
  'chosen',
  'next',
  'demoted-latency',
  'demoted-weight',
  'demoted-state',
  'provider-off',
  'dialect',
  'no-key',
  'unlisted',
  'not-allowed',
  'not-local',
  'tools',
  'images',
  'schema',
  'reasoning',
  'context',
  'output',
  'cost',
  'price-unknown',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const candidateTraceSchema = z.object({
  /** `provider/model`. */
  target: z.string(),
  chosen: z.boolean(),
  /** Its place in the order to ask, from 1; null when it is refused. */
  place: z.number().int().min(1).nullable(),
  code: z.enum(reasonCodes),
  /** In a sentence. */
  reason: z.string(),
  state: targetStateSchema,
  /** US dollars by the estimated tokens; null where the price or the length is not known. */
  estimatedCostUsd: z.number().nonnegative().nullable(),
  /** Milliseconds to the last token, by the averages. */
  estimatedDurationMs: z.number().nonnegative().nullable(),
  local: z.boolean(),
});
export type CandidateTrace = z.infer<typeof candidateTraceSchema>;

export const ruleTraceSchema = z.object({
  name: z.string(),
  matched: z.boolean(),
  /** What it did to this request; empty when it did not hold, or when rules above had said it all. */
  effects: z.array(z.enum(['use', 'deny', 'pin', 'parameters', 'limits', 'fallbacks', 'shadow'])),
  /** Why it held or not, in a sentence: the first test that failed, with what the request has instead. */
  reason: z.string(),
});
export type RuleTrace = z.infer<typeof ruleTraceSchema>;

/** The smallest change after which another target would be asked first; tried with the engine itself. */
export const counterfactualSchema = z.object({
  target: z.string(),
  /** In a sentence: what would have to be different. */
  change: z.string(),
  /** What it would change: the request, the policy, or how the world stands. */
  about: z.enum(['request', 'policy', 'state']),
});
export type Counterfactual = z.infer<typeof counterfactualSchema>;

/** How one budget stood, or stands, to one target of a request. Money is US dollars. */
export const budgetTraceSchema = z.object({
  /** As `budgets.list` names it. */
  id: z.string(),
  name: z.string(),
  period: budgetPeriodSchema,
  mode: z.enum(['hard', 'soft']),
  /** `provider/model`. */
  target: z.string(),
  limitUsd: z.number(),
  /** Less what is spent and held; null where that was not asked, since nobody could say what the request may cost. */
  leftUsd: z.number().nullable(),
  /** Held for requests that ran. */
  reservedUsd: z.number(),
  /** What the request may cost there at most, with the shortest answer that it may be held to; null where nobody can say. */
  askedUsd: z.number().nullable(),
  /** Milliseconds since 1970; null for one by the call. */
  resetsAtMs: z.number().int().nullable(),
  /** Why it lets nothing through until then; null where it does. */
  closed: z.string().nullable(),
  /** Does it let the request not through? */
  refuses: z.boolean(),
  /** All of this in a sentence. */
  reason: z.string(),
});
export type BudgetTrace = z.infer<typeof budgetTraceSchema>;

export const decisionTraceSchema = z.object({
  requestedModel: z.string(),
  /** How the name was read, or that a rule went before it. */
  resolvedAs: z.enum(['rule', 'provider-model', 'alias', 'bare-model', 'unknown']),
  /** The rule that decided where the request goes; null where its model's name did. */
  rule: z.string().nullable(),
  /** The rule that keeps it on this machine. */
  pinnedBy: z.string().nullable(),
  strategy: z.string().nullable(),
  features: featuresSchema,
  rules: z.array(ruleTraceSchema),
  candidates: z.array(candidateTraceSchema),
  /** `provider/model`, in the order to ask. */
  targets: z.array(z.string()),
  /** What the policy writes into the request. */
  settings: z.object({
    defaults: requestSettingsSchema,
    overrides: requestSettingsSchema,
    caps: requestSettingsSchema,
  }),
  refusal: z.string().nullable(),
  counterfactuals: z.array(counterfactualSchema),
  /**
   * What budgets say of it, which are asked behind the decision, target by target. Of then: those that refused a target, as they stood
   * at that moment. Of now: every budget that would apply, as it stands. Null where nobody asked.
   */
  budgets: z.object({ asOf: z.enum(['then', 'now']), items: z.array(budgetTraceSchema) }).nullable(),
  /** Targets of a request of the log that were not sent anything, as a budget or their provider's limit had no room for it, and why. */
  leftOut: z.array(z.object({ target: z.string(), reason: z.string() })),
  /** Which prices and abilities it stood on: the version of the catalog. */
  catalogVersion: z.string(),
  /**
   * Of a request of the log that is decided anew: what these rules look at and nobody read when it came. It is taken for not
   * said. Left out where that is nothing.
   */
  notReadThen: z.array(z.string()).optional(),
  configVersion: z.number().int().nonnegative(),
  atMs: z.number().int(),
});
export type DecisionTrace = z.infer<typeof decisionTraceSchema>;

/** What is known of a model where a decision is made; only what decides. */
export const decidingFactsSchema = modelFactsSchema
  .pick({
    contextTokens: true,
    maxOutputTokens: true,
    inputPerMillionUsd: true,
    outputPerMillionUsd: true,
    cachedInputPerMillionUsd: true,
    tools: true,
    vision: true,
    reasoning: true,
    structuredOutput: true,
  })
  .extend({
    /** Does its server send what it is asked on to another machine, by its own list? Null: that does not say. */
    forwarded: z.boolean().nullable(),
  });
export type DecidingFacts = z.infer<typeof decidingFactsSchema>;
