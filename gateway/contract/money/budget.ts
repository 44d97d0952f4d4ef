/** Budgets: what may be spent by whom in which time. A hard one is a wall; a soft one warns. */
import { z } from 'zod';
import { identifierSchema, modelNameSchema, titleSchema } from '../names.ts';
import { tiers } from './tiers.ts';

export { tierLimits, tiers, type Tier } from './tiers.ts';

export const budgetPeriods = ['call', 'hour', 'day', 'week', 'month'] as const;
export const budgetPeriodSchema = z.enum(budgetPeriods);
export type BudgetPeriod = z.infer<typeof budgetPeriodSchema>;

const share = z.number().gt(0).max(1);

const limitFields = {
  /** By the calendar of this machine; `call` limits what one request may cost. */
  period: budgetPeriodSchema,
  limitUsd: z.number().nonnegative().max(1_000_000),
  mode: z.enum(['hard', 'soft']).default('hard'),
  /** Parts of the limit at which it warns. */
  warnAt: z.array(share).max(8).default([0.5, 0.8, 1]),
  /**
   * May a model be asked whose price nobody knows? It cannot be held to the limit.
   * Refused when hard, allowed when soft, unless it says so.
   */
  unknownPrice: z.enum(['allow', 'refuse']).optional(),
} as const;

/** What one call may cost is a wall or nothing: there is no period in which a warning would be of use. */
function refuseSoftCall(
  { period, mode }: { readonly period: BudgetPeriod; readonly mode: string },
  context: z.RefinementCtx,
): void {
  if (period === 'call' && mode === 'soft')
    context.addIssue({ code: 'custom', path: ['mode'], message: 'must be hard for one call; a warning needs a period' });
}

/** A budget of one client's key. */
export const clientBudgetSchema = z.strictObject(limitFields).superRefine(refuseSoftCall);
export type ClientBudget = z.infer<typeof clientBudgetSchema>;

/** Whose spending counts: everything, or what went to one provider, one model (`provider/model`) or came by one rule. */
const scopeFields = {
  provider: identifierSchema.optional(),
  model: modelNameSchema.optional(),
  rule: titleSchema.optional(),
} as const;

/** A budget of the config. At most one of provider, model and rule; none: it is for everything. */
export const configBudgetSchema = z
  .strictObject({ name: titleSchema, ...scopeFields, ...limitFields })
  .superRefine((budget, context) => {
    const { provider, model, rule } = budget;
    refuseSoftCall(budget, context);
    const named = [provider, model, rule].filter((one) => one !== undefined);
    if (named.length > 1)
      context.addIssue({ code: 'custom', path: ['model'], message: 'a budget is for one provider, one model or one rule' });
    if (model !== undefined && !model.includes('/'))
      context.addIssue({ code: 'custom', path: ['model'], message: 'must be provider/model' });
  });
export type ConfigBudget = z.infer<typeof configBudgetSchema>;

export const tierSchema = z.enum(tiers);

/** How one budget stands in its present period. Money is US dollars, moments are milliseconds since 1970. */
export const budgetStandingSchema = z.object({
  /** Stays the same while its scope, period and owner do. */
  id: z.string(),
  name: z.string(),
  /** What it is for, in words: `everything`, `the key "editor"`. */
  scope: z.object({
    kind: z.enum(['all', 'provider', 'model', 'rule', 'client']),
    /** Of the client its id. Null for everything. */
    of: z.string().nullable(),
    name: z.string().nullable(),
  }),
  /** `tier`: by the tier of the client. */
  origin: z.enum(['config', 'client', 'tier']),
  period: budgetPeriodSchema,
  mode: z.enum(['hard', 'soft']),
  limitUsd: z.number(),
  warnAt: z.array(z.number()),
  /** Of the period, null for one by the call. */
  periodId: z.string().nullable(),
  startsAtMs: z.number().nullable(),
  endsAtMs: z.number().nullable(),
  settledUsd: z.number(),
  /** For requests that run now. */
  reservedUsd: z.number(),
  /** Requests whose cost nobody knows; they are not in the sum. */
  unpriced: z.number().int(),
  /** Why it lets nothing through until the period ends or a person opens it again; null while it does. */
  closed: z.string().nullable(),
  /** What the period will come to if it goes on as it went; null while too little is known. */
  forecastUsd: z.number().nullable(),
});
export type BudgetStanding = z.infer<typeof budgetStandingSchema>;
