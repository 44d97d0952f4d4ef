/** How much may be asked in which time, of a client's key or of a provider. */
import { z } from 'zod';

const count = z.number().int().min(1).max(1_000_000_000).optional();

/** Windows are fixed and follow the clock: the minute, the hour, the day on this machine's wall. Tokens are those read and written. */
export const rateLimitsSchema = z.strictObject({
  requestsPerMinute: count,
  requestsPerHour: count,
  requestsPerDay: count,
  tokensPerMinute: count,
  tokensPerHour: count,
  tokensPerDay: count,
  /** Requests that run at the same time. */
  concurrent: z.number().int().min(1).max(10_000).optional(),
  /** Calls that may cost more than so much, by their estimate. */
  expensive: z
    .strictObject({ aboveUsd: z.number().nonnegative().max(1_000_000), perHour: count, perDay: count })
    .refine(({ perHour, perDay }) => perHour !== undefined || perDay !== undefined, 'needs perHour or perDay')
    .optional(),
});
export type RateLimits = z.infer<typeof rateLimitsSchema>;

/** How far one limit is used up in the window that is open. */
export const limitUsedSchema = z.object({
  counted: z.enum(['requests', 'tokens', 'expensive']),
  window: z.enum(['minute', 'hour', 'day']),
  limit: z.number().int(),
  used: z.number().int(),
  /** Milliseconds since 1970. */
  resetsAtMs: z.number().int(),
});
