/** One rule of the policy: when it holds, and what it then does. */
import { z } from 'zod';
import { modelNameSchema, titleSchema } from '../names.ts';
import { conditionSchema } from './condition.ts';
import { routeTargetSchema, shortRouteSchema } from './route.ts';

const targets = z.array(routeTargetSchema).min(1).max(16);
const milliseconds = z.number().int().min(1).max(3_600_000).optional();
const tokens = z.number().int().min(1).max(100_000_000);

export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high'] as const;

/** Settings of a request by the names that Gatehouse has for them, whatever its format calls them. */
export const requestSettingsSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxOutputTokens: tokens.optional(),
  reasoningEffort: z.enum(reasoningEfforts).optional(),
  seed: z.number().int().optional(),
});
export type RequestSettings = z.infer<typeof requestSettingsSchema>;

export const parametersSchema = z.strictObject({
  /** Written where the request says nothing. */
  defaults: requestSettingsSchema.optional(),
  /** Written whatever the request says. */
  overrides: requestSettingsSchema.optional(),
  /** What the request may at most ask for; an answer without a limit gets this one. */
  caps: z.strictObject({ temperature: z.number().min(0).max(2).optional(), maxOutputTokens: tokens.optional() }).optional(),
});
export type Parameters = z.infer<typeof parametersSchema>;

export const ruleLimitsSchema = z.strictObject({
  /** US dollars that one call may cost at most, by its estimate; a target that may cost more is refused. */
  maxCostUsd: z.number().nonnegative().optional(),
  /** May a target be asked whose price nobody knows, where a cost is limited? */
  unknownPrice: z.enum(['allow', 'refuse']).optional(),
  /** Milliseconds to the first token: a target known to be slower is asked after the others. */
  firstTokenMs: milliseconds,
  /** Attempts in all for one request. */
  attempts: z.number().int().min(1).max(10).optional(),
  timeouts: z.strictObject({ firstByteMs: milliseconds, idleMs: milliseconds, totalMs: milliseconds }).optional(),
});
export type RuleLimits = z.infer<typeof ruleLimitsSchema>;

/** Where to turn, before the rule's other targets, when one failed in such a way. */
export const fallbacksSchema = z.strictObject({
  /** 429, 503, 529 and the like. */
  overload: targets.optional(),
  timeout: targets.optional(),
  /** The prompt is longer than the model can read. */
  contextTooLong: targets.optional(),
  /** The provider's filter refused the prompt or the answer. */
  contentPolicy: targets.optional(),
});
export type Fallbacks = z.infer<typeof fallbacksSchema>;
export type FallbackKind = keyof Fallbacks;

/** A copy of a sample of the requests goes to another target too, after the answer; nobody waits for it. */
export const shadowSchema = z.strictObject({
  target: modelNameSchema,
  /** Which part of the requests: 0.05 is one in twenty. */
  share: z.number().gt(0).max(1),
  /** Copies a day, at most. */
  maxPerDay: z.number().int().min(1).max(100_000).default(100),
  /** US dollars a day, at most, by their estimates. */
  maxUsdPerDay: z.number().positive().optional(),
});
export type Shadow = z.infer<typeof shadowSchema>;

const effects = ['use', 'deny', 'pin', 'parameters', 'limits', 'fallbacks', 'shadow'] as const;

const saysSomething = (effect: unknown) =>
  typeof effect !== 'object' || effect === null ? effect !== undefined : Array.isArray(effect) || Object.keys(effect).length > 0;

export const ruleSchema = z
  .strictObject({
    name: titleSchema,
    enabled: z.boolean().default(true),
    /** Left out: always. */
    when: conditionSchema.optional(),
    /** The request never leaves this machine, whatever any other rule, fallback or header says. */
    pin: z.literal('local').optional(),
    /** The first rule with `use` or `deny` that holds decides; those after it only pin. */
    use: shortRouteSchema.optional(),
    /** Refuses the request, with these words. */
    deny: z.string().min(1).max(500).optional(),
    parameters: parametersSchema.optional(),
    limits: ruleLimitsSchema.optional(),
    fallbacks: fallbacksSchema.optional(),
    shadow: shadowSchema.optional(),
  })
  .superRefine((rule, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (rule.use !== undefined && rule.deny !== undefined) refuse('deny', 'cannot stand beside use: a rule sends on or refuses');
    if (!effects.some((effect) => saysSomething(rule[effect])))
      refuse('use', `does nothing yet: give it one of ${effects.join(', ')}`);
  });
export type Rule = z.infer<typeof ruleSchema>;

export const policySchema = z
  .strictObject({ rules: z.array(ruleSchema).max(200).default([]) })
  .superRefine(({ rules }, context) => {
    const seen = new Set<string>();
    for (const [place, { name }] of rules.entries()) {
      if (seen.has(name))
        context.addIssue({
          code: 'custom',
          path: ['rules', place, 'name'],
          message: `"${name}" is used twice; every rule needs its own`,
        });
      seen.add(name);
    }
  });
export type Policy = z.infer<typeof policySchema>;
