/** What a model costs, as a config may say it and as a row of the log names it. */
import { z } from 'zod';

const rate = z.number().nonnegative().max(1_000_000).optional();

/**
 * US dollars. What is left out costs what it is a part of: cached, written and heard tokens as input, reasoning and spoken ones as
 * output; calls, searches, minutes and characters nothing.
 */
const rateFields = {
  inputPerMillionUsd: rate,
  outputPerMillionUsd: rate,
  cachedInputPerMillionUsd: rate,
  /** Written to the provider's cache for five minutes, or however long it keeps it unasked. */
  cacheWritePerMillionUsd: rate,
  cacheWriteHourPerMillionUsd: rate,
  reasoningPerMillionUsd: rate,
  audioInputPerMillionUsd: rate,
  cachedAudioInputPerMillionUsd: rate,
  audioOutputPerMillionUsd: rate,
  imageInputPerMillionUsd: rate,
  cachedImageInputPerMillionUsd: rate,
  imageOutputPerMillionUsd: rate,
  perRequestUsd: rate,
  perSearchUsd: rate,
  perAudioMinuteUsd: rate,
  perMillionCharactersUsd: rate,
} as const;

export const ratesSchema = z.strictObject(rateFields);
export type Rates = z.infer<typeof ratesSchema>;

/** Rates for requests that read more than so many tokens: of the whole request, not of what is beyond. What is left out stays as it is. */
export const longContextSchema = z.strictObject({ aboveInputTokens: z.number().int().min(1), ...rateFields });
export type LongContextRates = z.infer<typeof longContextSchema>;

/** Tiers and factors say nothing without a rate that they change. */
function saysRate(price: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(price).some(([name, value]) => name.endsWith('Usd') && value !== undefined);
}

/** A model's price as a person may write it: the whole of it, nothing is added from the catalog. */
export const priceOverrideSchema = z
  .strictObject({
    ...rateFields,
    longContext: z.array(longContextSchema).max(8).optional(),
    /** What a service tier (`flex`, `batch`, `priority`) costs beside the usual: 0.5 is half of it. */
    serviceTiers: z.record(z.string().min(1).max(64), z.number().nonnegative().max(100)).optional(),
  })
  .refine(saysRate, 'must say at least one rate of its own, such as inputPerMillionUsd; 0 is one');
export type PriceOverride = z.infer<typeof priceOverrideSchema>;

/** Who says a price: the config, the provider's own list, the packaged catalog; `local` for a model on this machine, which costs nothing. */
export const priceSourceSchema = z.enum(['config', 'provider', 'catalog', 'local']);
export type PriceSource = z.infer<typeof priceSourceSchema>;

/** A price in force, with who says so. A change of any part makes it another price. */
export const priceSchema = z.object({
  rates: ratesSchema,
  longContext: z.array(longContextSchema).readonly(),
  serviceTiers: z.record(z.string(), z.number().nonnegative()),
  source: priceSourceSchema,
  /** The catalog's edition (`genai-prices 0.1.8`) or the day it was corrected, the config's version (`config 12`), or the day that the provider said it. */
  version: z.string(),
  /** Where a person can read it; null where nobody says. */
  url: z.string().nullable(),
  /** It holds a fee of which answers tell nothing, and that may be asked more than once: what is computed by it is an estimate. */
  isApproximate: z.literal(true).optional(),
});
export type Price = z.infer<typeof priceSchema>;

/**
 * What a row's cost stands on. `stated`: the provider said what it billed. `computed`: from its own usage. `estimated`: at least a part
 * of it is of tokens that we counted, or may not have been billed. `free`: it ran here. `unknown`: nobody knows a price, or a count.
 * `none`: nothing was asked of anyone.
 */
export const costBasisSchema = z.enum(['stated', 'computed', 'estimated', 'free', 'unknown', 'none']);
export type CostBasis = z.infer<typeof costBasisSchema>;

/** One part of a cost: so many of what, at which rate. */
export const costLineSchema = z.object({
  /** The rate's name, `inputPerMillionUsd`. */
  rate: z.string(),
  quantity: z.number().nonnegative(),
  rateUsd: z.number().nonnegative(),
  usd: z.number().nonnegative(),
});
export type CostLine = z.infer<typeof costLineSchema>;
