/** What a person is told of money, once: kept, shown, notified and sent to webhooks. */
import { z } from 'zod';

export const alertKinds = ['budget-threshold', 'budget-spent', 'over-bound', 'unusual-spend'] as const;

export const alertSchema = z.object({
  id: z.string(),
  kind: z.enum(alertKinds),
  atMs: z.number().int(),
  /** In one sentence: what happened, where, what to do. */
  message: z.string(),
  /** The budget's id and name; null for spending that is unusual. */
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

export const alertSettingsSchema = z.strictObject({
  /** Sent to when there is an alert: signed where a secret is named (Standard Webhooks), and sent again until it is taken. */
  webhooks: z
    .array(
      z.strictObject({
        url: webhookUrl,
        /** `vault:<name>` or `env:<NAME>`. */
        secret: z
          .string()
          .regex(/^(?:vault:[a-z0-9][a-z0-9._-]{0,63}|env:[A-Za-z_][A-Za-z0-9_]{0,127})$/, 'must be vault:<name> or env:<NAME>')
          .optional(),
      }),
    )
    .max(16)
    .default([]),
  /** Shows them as notifications of the desktop. */
  desktop: z.boolean().default(true),
  /** An hour that costs this many times the usual, and at least so much; false for none. */
  unusualSpend: z
    .union([z.literal(false), z.strictObject({ times: z.number().min(1.1).max(1_000), minUsd: z.number().nonnegative() })])
    .default({ times: 5, minUsd: 1 }),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;
