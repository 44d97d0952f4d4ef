/** When a rule holds: tests of what is known of a request before anybody is asked. */
import { z } from 'zod';

/** What a request is for: said by its client, or inferred from what it holds. */
export const inferredTasks = ['chat', 'code', 'vision', 'long-context', 'tools', 'embedding', 'extraction'] as const;
export type InferredTask = (typeof inferredTasks)[number];

/** The least private first. A request's own word only ever raises what its client's key says. */
export const sensitivities = ['normal', 'private', 'secret'] as const;
export const sensitivitySchema = z.enum(sensitivities);
export type Sensitivity = z.infer<typeof sensitivitySchema>;

export const weekDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Of the client's key; `none` is a key without a tier, or no key. */
export const testedTiers = ['low', 'standard', 'premium', 'none'] as const;
const testedTierSchema = z.enum(testedTiers);
export type TestedTier = z.infer<typeof testedTierSchema>;

const wildcardText = z.string().min(1).max(256);

/** A regular expression without look-around and back-references: its time grows with the text and no faster (RE2). */
const pattern = z.strictObject({ matches: z.string().min(1).max(512) });

/** Equal to the text, in which `*` stands for anything; to one of several; or matching a pattern, found anywhere in it. */
export const textTestSchema = z.union([wildcardText, z.array(wildcardText).min(1).max(64), pattern], {
  error: 'must be a text (* stands for anything), a list of texts, or {"matches": "a regular expression"}',
});
export type TextTest = z.infer<typeof textTestSchema>;

const bound = z.number().nonnegative().optional();
const boundNames = ['above', 'atLeast', 'below', 'atMost'] as const;

/** Equal to the number, or within bounds. */
export const numberTestSchema = z.union(
  [
    z.number().nonnegative(),
    z
      .strictObject({ above: bound, atLeast: bound, below: bound, atMost: bound })
      .refine((test) => boundNames.some((name) => test[name] !== undefined), 'needs one of above, atLeast, below, atMost'),
  ],
  { error: 'must be a number, or {"above": …, "atLeast": …, "below": …, "atMost": …} with one of them at least' },
);
export type NumberTest = z.infer<typeof numberTestSchema>;

export const timeOfDaySchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00');

/** By this machine's own clock. From `from` up to, and without, `to`; past midnight when `to` is the earlier. */
export const timeTestSchema = z.strictObject({
  from: timeOfDaySchema.default('00:00'),
  /** The same as `from`: all day. */
  to: timeOfDaySchema.default('00:00'),
  days: z.array(z.enum(weekDays)).min(1).max(7).optional(),
});
export type TimeTest = z.infer<typeof timeTestSchema>;

/** Carriers of keys: what they hold must not come into a log by way of a rule. */
const secretHeaders: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
];

const headerName = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'must be a header name in lower case')
  .refine((name) => !secretHeaders.includes(name), 'carries a key, and a rule must not look at it');

const tagName = z.string().regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots, dashes or underscores (at most 64)');

/** True: it is there, whatever it says. False: it is not. */
const optionalText = z.union([z.boolean(), textTestSchema], {
  error: 'must be true (it is there), false (it is not), or a test of its text',
});
export type OptionalTextTest = z.infer<typeof optionalText>;

/** Every part that is given must hold. */
const parts = {
  /** As the client wrote it. */
  model: textTestSchema.optional(),
  /** The name that the client's key was given. */
  client: textTestSchema.optional(),
  /** The format that the client speaks. */
  dialect: textTestSchema.optional(),
  task: textTestSchema.optional(),
  sensitivity: z
    .union([sensitivitySchema, z.array(sensitivitySchema).min(1).max(3)], {
      error: 'must be normal, private or secret, or a list of them',
    })
    .optional(),
  tier: z
    .union([testedTierSchema, z.array(testedTierSchema).min(1).max(4)], {
      error: 'must be low, standard, premium or none, or a list of them',
    })
    .optional(),
  inputTokens: numberTestSchema.optional(),
  /** What the client allows the answer to have; a request that says nothing is no number. */
  maxOutputTokens: numberTestSchema.optional(),
  stream: z.boolean().optional(),
  tools: z.boolean().optional(),
  images: z.boolean().optional(),
  /** Does it ask for an answer by a JSON schema, or in JSON? */
  schema: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  header: z.record(headerName, optionalText).optional(),
  metadata: z.record(tagName, optionalText).optional(),
  time: timeTestSchema.optional(),
} as const;

const conditionParts = z.strictObject(parts);

export type Condition = z.infer<typeof conditionParts> & {
  readonly all?: readonly Condition[] | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
};

const several = (): z.ZodType<readonly Condition[]> =>
  z
    .array(z.lazy(() => conditionSchema))
    .min(1)
    .max(32);

export const conditionSchema: z.ZodType<Condition> = z.strictObject({
  ...parts,
  all: several().optional(),
  any: several().optional(),
  not: z.lazy(() => conditionSchema).optional(),
});
