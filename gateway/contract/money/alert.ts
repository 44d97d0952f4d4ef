/** What a person is told of money, once: kept, shown, notified and sent to webhooks. */
import { z } from 'zod';

/**
 * `budget-threshold`: a part of its limit is spent. `budget-spent`: all of it. `budget-refused`: what is left was too little for a
 * request. `over-bound`: a provider billed more than it could by its bound, and the budget is closed. `test`: a person asked for it.
 */
export const alertKinds = ['budget-threshold', 'budget-spent', 'budget-refused', 'over-bound', 'unusual-spend', 'test'] as const;

export const alertSchema = z.object({
  id: z.string(),
  kind: z.enum(alertKinds),
  atMs: z.number().int(),
  /** In one sentence: what happened, where, what to do. */
  message: z.string(),
  /** The budget's id and name; null for spending that is unusual, and for a test. */
  budget: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The part of the limit that was reached; null where there is none. */
  share: z.number().nullable(),
  seenAtMs: z.number().int().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

const webhookUrl = z
  .string()
  .max(2048)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'must be a whole URL, http or https')
  .refine((value) => {
    if (!URL.canParse(value)) return true;
    const { username, password } = new URL(value);
    return username === '' && password === '';
  }, 'must not hold a user name or password; put a secret under secret');

export const webhookSchema = z.strictObject({
  url: webhookUrl,
  /** `vault:<name>` or `env:<NAME>`. */
  secret: z
    .string()
    .regex(/^(?:vault:[a-z0-9][a-z0-9._-]{0,63}|env:[A-Za-z_][A-Za-z0-9_]{0,127})$/, 'must be vault:<name> or env:<NAME>')
    .optional(),
});
export type Webhook = z.infer<typeof webhookSchema>;

export const alertSettingsSchema = z.strictObject({
  /** Sent to when there is an alert: signed where a secret is named (Standard Webhooks), and sent again until it is taken. */
  webhooks: z
    .array(webhookSchema)
    .max(16)
    .superRefine((webhooks, context) => {
      for (const [index, { url }] of webhooks.entries()) {
        const isSecond = webhooks.findIndex((other) => other.url === url) < index;
        if (isSecond) context.addIssue({ code: 'custom', path: [index, 'url'], message: 'is named twice' });
      }
    })
    .default([]),
  /** Shows them as notifications of the desktop. */
  desktop: z.boolean().default(true),
  /** An hour that costs this many times the usual, and at least so much; false for none. */
  unusualSpend: z
    .union([z.literal(false), z.strictObject({ times: z.number().min(1.1).max(1_000), minUsd: z.number().nonnegative() })], {
      error: 'must be false, or {"times": …, "minUsd": …}',
    })
    .default({ times: 5, minUsd: 1 }),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

/** What became of a test that was sent to one webhook. */
export const webhookTestSchema = z.object({
  url: z.string(),
  delivered: z.boolean(),
  /** In one sentence, with what to do where it was not taken. */
  message: z.string(),
  durationMs: z.number().nonnegative(),
});
export type WebhookTest = z.infer<typeof webhookTestSchema>;
