/** Usage over a range of time, from summaries by the hour: the chart, its table and the export are this one answer. */
import { z } from 'zod';

export const usageGroupings = ['provider', 'model', 'client', 'task', 'rule'] as const;
export const usageGroupingSchema = z.enum(usageGroupings);
export type UsageGrouping = z.infer<typeof usageGroupingSchema>;

export const usageIntervals = ['hour', 'day', 'week', 'month'] as const;
export type UsageInterval = (typeof usageIntervals)[number];

const word = z.string().max(512);

/**
 * Hours are whole and begin with the wall's clock. The hour of `fromMs` is the first, whole; the last is the one that begins before `toMs`.
 * At most 10,000 figures (intervals of all groups) are answered.
 */
export const usageQuerySchema = z
  .strictObject({
    fromMs: z.number().int().nonnegative(),
    /** Not included. */
    toMs: z.number().int().nonnegative(),
    /** By the calendar of this machine. */
    interval: z.enum(usageIntervals).default('day'),
    groupBy: usageGroupingSchema.optional(),
    /** An empty text stands for those without one. A model is named `provider/model`, or by itself for any provider's. */
    filter: z
      .strictObject({
        provider: word.optional(),
        model: word.optional(),
        clientId: word.optional(),
        task: word.optional(),
        rule: word.optional(),
      })
      .optional(),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, { path: ['toMs'], message: 'must be later than fromMs' });
export type UsageQuery = z.output<typeof usageQuerySchema>;

/** Milliseconds. Percentiles are of a histogram whose bounds lie 5 % apart; the others are exact. */
export const distributionSchema = z.object({
  count: z.number().int().positive(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
export type Distribution = z.infer<typeof distributionSchema>;

const count = z.number().int().nonnegative();

export const usageFiguresSchema = z.object({
  requests: count,
  /** Failures of a provider or of the gateway, refusals, and what a stop interrupted; not clients that left. */
  errors: count,
  /** US dollars, of requests and of copies, as far as their cost is known. */
  costUsd: z.number(),
  /** Of that what is estimated. */
  estimatedUsd: z.number(),
  /** Requests whose cost nobody knows. */
  unpriced: count,
  /** Copies that rules sent to other targets for comparison. Beside their cost they are in no figure but these; no client's key pays for them. */
  copies: count,
  /** What they cost: a part of `costUsd`. */
  copiesUsd: z.number(),
  /** Those whose cost nobody knows. */
  copiesUnpriced: count,
  /** What the provider's cache saved, by its own prices. */
  cacheSavedUsd: z.number(),
  /** What models on this machine saved, by the price of the model that they are compared with. */
  localSavedUsd: z.number(),
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
  reasoningTokens: count,
});
export type UsageFigures = z.infer<typeof usageFiguresSchema>;

/** Figures with what only a table shows. */
export const usageTotalsSchema = usageFiguresSchema.extend({
  /** Clients that left (`client-gone`) too. */
  errorKinds: z.record(z.string(), count),
  /** Of requests that went well. */
  duration: distributionSchema.nullable(),
  firstToken: distributionSchema.nullable(),
  /** Tokens a second of streams, behind the first, over all; null where nothing was measured. */
  tokensPerSecond: z.number().nullable(),
});
export type UsageTotals = z.infer<typeof usageTotalsSchema>;

export const usageAnswerSchema = z.object({
  intervals: z.array(z.object({ startMs: z.number().int(), endMs: z.number().int() })),
  /** The most expensive first, then by requests; one alone where nothing is grouped. */
  groups: z.array(
    z.object({
      /** What a filter names it by (a model `provider/model`); empty for those without one. */
      id: z.string(),
      name: z.string(),
      totals: usageTotalsSchema,
      /** For each interval. */
      figures: z.array(usageFiguresSchema),
    }),
  ),
  total: usageTotalsSchema,
});
export type UsageAnswer = z.infer<typeof usageAnswerSchema>;

/** Today so far, for Home and the status bar. */
export const todaySchema = z.object({ dayStartsAtMs: z.number().int(), figures: usageFiguresSchema });
export type Today = z.infer<typeof todaySchema>;
