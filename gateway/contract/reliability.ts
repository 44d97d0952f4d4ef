/** How Gatehouse deals with providers that fail: how often it asks, and when it stops asking for a while. */
import { z } from 'zod';

const milliseconds = z.number().int().min(1).max(3_600_000);

export const breakerSchema = z.strictObject({
  /** So many failures within `windowMs` open the breaker of a target's key. */
  failures: z.number().int().min(1).max(1_000).default(5),
  windowMs: milliseconds.default(60_000),
  /** For so long it is not asked; then `probes` requests find out whether it answers again. */
  openMs: milliseconds.default(30_000),
  probes: z.number().int().min(1).max(100).default(1),
});
export type BreakerSettings = z.infer<typeof breakerSchema>;

export const reliabilitySchema = z.strictObject({
  /** Attempts in all for one request, over keys and targets. */
  attempts: z.number().int().min(1).max(10).default(3),
  breaker: breakerSchema.prefault({}),
  /**
   * Requests in a second or later attempt, at each provider and in all: at most this part of those in their first, and always
   * this many.
   */
  retryBudget: z
    .strictObject({
      percent: z.number().min(0).max(100).default(20),
      minimum: z.number().int().min(0).max(1_000).default(3),
    })
    .prefault({}),
  /** Asks providers that failed, at their lists of models, whether they are back; costs no tokens. */
  healthChecks: z.boolean().default(true),
});
export type ReliabilitySettings = z.infer<typeof reliabilitySchema>;
