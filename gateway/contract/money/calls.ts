/** The calls about money: prices, budgets, usage and alerts. */
import { z } from 'zod';
import { alertSchema, webhookSchema, webhookTestSchema } from './alert.ts';
import { budgetStandingSchema } from './budget.ts';
import { priceSchema } from './price.ts';
import { tokenCalibrationSchema } from './tokens.ts';
import { todaySchema, usageAnswerSchema, usageQuerySchema } from './usage.ts';

const nothing = z.strictObject({});
const moment = z.number().int().nonnegative();

/** How a model's price stands; `price` is null where nobody knows one. */
export const listedPriceSchema = z.object({ provider: z.string(), model: z.string(), price: priceSchema.nullable() });
export type ListedPrice = z.infer<typeof listedPriceSchema>;

const repricedSchema = z.object({
  provider: z.string(),
  model: z.string(),
  requests: z.number().int(),
  beforeUsd: z.number(),
  afterUsd: z.number(),
  /** Requests without a cost, before and after. */
  unpricedBefore: z.number().int(),
  unpricedAfter: z.number().int(),
});

export const moneyCalls = {
  /** Prices of what was used in the last 30 days, of what the config prices, and of every model that is listed. */
  'prices.list': { input: nothing, output: z.object({ items: z.array(listedPriceSchema) }) },
  /** Computes the cost of rows anew by the prices of now, from the usage that their providers told. What a provider stated stays. */
  'prices.reprice': {
    input: z
      .strictObject({
        fromMs: moment,
        /** Not included. */
        toMs: moment,
        provider: z.string().max(128).optional(),
        model: z.string().max(256).optional(),
        /** False: only tells what would change. */
        apply: z.boolean().default(false),
      })
      .refine(({ fromMs, toMs }) => fromMs < toMs, { path: ['toMs'], message: 'must be later than fromMs' }),
    output: z.object({
      requests: z.number().int(),
      changed: z.number().int(),
      beforeUsd: z.number(),
      afterUsd: z.number(),
      models: z.array(repricedSchema),
    }),
  },
  /** Every budget of the config and of keys in force, as it stands now. */
  'budgets.list': { input: nothing, output: z.object({ items: z.array(budgetStandingSchema) }) },
  /** Lets a budget through again that was closed because a provider billed more than its bound. Its limit holds as before. */
  'budgets.reopen': { input: z.strictObject({ id: z.string().min(1).max(512) }), output: z.object({ reopened: z.boolean() }) },
  /** How models count tokens, learned from past requests: what estimates before a call stand on. */
  'tokens.calibration': { input: nothing, output: z.object({ items: z.array(tokenCalibrationSchema) }) },
  'usage.query': { input: usageQuerySchema, output: usageAnswerSchema },
  /** The table of the same query, for a spreadsheet or a program. */
  'usage.export': {
    input: z.strictObject({ query: usageQuerySchema, format: z.enum(['csv', 'json']) }),
    output: z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  },
  'usage.today': { input: nothing, output: todaySchema },
  /** Newest first. */
  'alerts.list': {
    input: z.strictObject({ limit: z.number().int().min(1).max(500).default(100) }),
    output: z.object({ items: z.array(alertSchema) }),
  },
  'alerts.see': {
    input: z.strictObject({ ids: z.array(z.string().max(1_024)).min(1).max(500) }),
    /** How many of them nobody had seen. */
    output: z.object({ seen: z.number().int() }),
  },
  /** Sends a test to one webhook, or raises one for the desktop and every webhook of the config; once, and not kept. */
  'alerts.test': {
    input: z.strictObject({ webhook: webhookSchema.optional() }),
    output: z.object({ webhooks: z.array(webhookTestSchema) }),
  },
} as const;
