/** The calls about client keys: who may ask, for what, and how much. */
import { z } from 'zod';
import { clientBudgetSchema, tierSchema } from './money/budget.ts';
import { rateLimitsSchema } from './money/rate-limits.ts';
import { sensitivitySchema } from './policy/condition.ts';
import { clientItemSchema } from './records.ts';

const id = z.string().min(1).max(128);
const moment = z.number().int().positive();

/** What a key's requests are held to. */
const terms = {
  /** Refuse its requests rather than leave one of their fields out. */
  strict: z.boolean(),
  /** Of its requests, where they do not say more. */
  sensitivity: sensitivitySchema,
  budgets: z.array(clientBudgetSchema).max(16),
  /** Adds the tier's limits for a call and a day to its budgets. */
  tier: tierSchema.nullable(),
  limits: rateLimitsSchema,
  /** Texts in which `*` stands for anything, held against `provider/model` after routing; null: any. */
  allowedModels: z.array(z.string().min(1).max(256)).min(1).max(256).nullable(),
  /** Milliseconds since 1970; null: it stays. */
  expiresAtMs: moment.nullable(),
  /** The program that it is for. */
  app: z.string().trim().min(1).max(100).nullable(),
} as const;

const name = z.string().trim().min(1).max(100);

export const clientCalls = {
  'clients.create': {
    input: z.strictObject({
      name,
      strict: terms.strict.default(false),
      sensitivity: terms.sensitivity.default('normal'),
      budgets: terms.budgets.default([]),
      tier: terms.tier.default(null),
      limits: terms.limits.default({}),
      allowedModels: terms.allowedModels.default(null),
      expiresAtMs: terms.expiresAtMs.default(null),
      app: terms.app.default(null),
    }),
    output: z.object({ id: z.string(), key: z.string() }),
  },
  'clients.update': {
    input: z.strictObject({
      id,
      name: name.optional(),
      strict: terms.strict.optional(),
      sensitivity: terms.sensitivity.optional(),
      budgets: terms.budgets.optional(),
      tier: terms.tier.optional(),
      limits: terms.limits.optional(),
      allowedModels: terms.allowedModels.optional(),
      expiresAtMs: terms.expiresAtMs.optional(),
      app: terms.app.optional(),
    }),
    output: z.object({ updated: z.literal(true) }),
  },
  /** A new key for the same client; its older ones open the door for so long yet. The key is told this once. */
  'clients.rotate': {
    input: z.strictObject({
      id,
      overlapMinutes: z
        .number()
        .int()
        .min(0)
        .max(30 * 24 * 60)
        .default(24 * 60),
    }),
    output: z.object({ key: z.string(), olderEndAtMs: z.number().int() }),
  },
  'clients.list': { input: z.strictObject({}), output: z.object({ items: z.array(clientItemSchema) }) },
  'clients.revoke': { input: z.strictObject({ id }), output: z.object({ revoked: z.boolean() }) },
} as const;
