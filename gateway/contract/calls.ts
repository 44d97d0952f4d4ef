/** The call table: everything a window, a script or a test may ask of the gateway. Both sides of every call are schemas. */
import { z } from 'zod';
import { callErrorKinds } from './call-error.ts';
import { decisionTraceSchema, targetStateSchema } from './decision.ts';
import { clientCalls } from './client-calls.ts';
import { localEngineCalls } from './local-engine/calls.ts';
import { moneyCalls } from './money/calls.ts';
import { requestCalls } from './requests/calls.ts';
import { configSchema, dialectNameSchema, secretReferenceSchema } from './config.ts';
import { modelFactsSchema } from './model-facts.ts';
import { statusSchema } from './status.ts';

export { CallError, type CallErrorKind } from './call-error.ts';

const nothing = z.strictObject({});
const id = z.string().min(1).max(128);

/** How a provider's check went, in words a person understands. */
export const providerCheckSchema = z.object({
  ok: z.boolean(),
  /** `ready`, or the kind of trouble: wrong key, no such address, … */
  outcome: z.enum(['ready', 'no-key', 'key-refused', 'no-credit', 'not-found', 'rate-limited', 'tls', 'offline', 'failed']),
  message: z.string(),
  models: z.number().int().nonnegative().nullable(),
  durationMs: z.number().nonnegative(),
});
export type ProviderCheck = z.infer<typeof providerCheckSchema>;

/** A key's part among its provider's, and whether it is asked at present. Times are milliseconds since 1970. */
export const keyStandingSchema = z.object({
  reference: secretReferenceSchema,
  weight: z.number().int(),
  state: z.enum(['ready', 'resting', 'set-aside']),
  untilMs: z.number().nullable(),
  /** Why it is not asked, in a clause. */
  reason: z.string().nullable(),
});
export type KeyStanding = z.infer<typeof keyStandingSchema>;

/** Rules and aliases as a document: what may be tried before it is in force. */
export const draftPolicySchema = z.strictObject({
  rules: z.array(z.unknown()),
  aliases: z.record(z.string(), z.unknown()).optional(),
});

/** A place in a document that was refused, by its dotted path, and why. */
const documentProblem = z.object({ path: z.string(), message: z.string() });

/** How one key of one target stands; of those that were asked lately, or that something is held against. */
export const targetStandingSchema = z.object({
  provider: z.string(),
  model: z.string(),
  /** Null where the provider needs no key. */
  key: secretReferenceSchema.nullable(),
  state: targetStateSchema,
  /** Failures within the breaker's window. */
  failures: z.number().int().nonnegative(),
  /** When an open breaker lets a probe through; null while it is closed. */
  untilMs: z.number().nullable(),
  /** What the latest failure was, in a clause. */
  reason: z.string().nullable(),
});
export type TargetStanding = z.infer<typeof targetStandingSchema>;

const configVersionItem = z.object({ version: z.number().int(), savedAtMs: z.number().int(), source: z.string() });

export const callTable = {
  'status.get': { input: nothing, output: statusSchema },
  'config.get': {
    input: nothing,
    output: z.object({
      version: z.number().int(),
      /** The document as it stands in the file. */
      document: z.record(z.string(), z.unknown()),
      /** The same with every default filled in and this run's overrides applied. */
      effective: configSchema,
      overrides: z.array(z.object({ path: z.string(), value: z.unknown(), source: z.string() })),
    }),
  },
  'config.apply': {
    input: z.strictObject({ config: z.record(z.string(), z.unknown()), baseVersion: z.number().int().optional() }),
    output: z.object({ version: z.number().int() }),
  },
  'config.versions': {
    input: nothing,
    output: z.object({ items: z.array(configVersionItem) }),
  },
  'config.version': {
    input: z.strictObject({ version: z.number().int().min(1) }),
    output: configVersionItem.extend({ document: z.record(z.string(), z.unknown()) }),
  },
  /** What differs between two versions, or between one and a document that is not in force. */
  'config.diff': {
    input: z.strictObject({
      from: z.number().int().min(1),
      to: z.union([z.number().int().min(1), z.record(z.string(), z.unknown())], {
        error: 'must be the number of a version, or a whole config',
      }),
    }),
    output: z.object({
      changes: z.array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
    }),
  },
  /** Brings an earlier version into force, as a new one. */
  'config.restore': {
    input: z.strictObject({ version: z.number().int().min(1), baseVersion: z.number().int().optional() }),
    output: z.object({ version: z.number().int() }),
  },
  /** Checks rules and aliases as `config.apply` would, and says each rule in a sentence. */
  'policy.validate': {
    input: draftPolicySchema,
    output: z.object({
      problems: z.array(
        documentProblem.extend({
          /** A warning does not keep the policy from coming into force. Left out: it does. */
          severity: z.enum(['error', 'warning']).optional(),
        }),
      ),
      /** By their places in the document; a rule that is refused has no sentence. */
      sentences: z.array(z.string().nullable()),
    }),
  },
  'targets.list': { input: nothing, output: z.object({ items: z.array(targetStandingSchema) }) },
  'secrets.set': {
    input: z.strictObject({ name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/), value: z.string().min(1).max(16_384) }),
    output: z.object({ reference: secretReferenceSchema, lastFour: z.string() }),
  },
  'secrets.list': {
    input: nothing,
    output: z.object({
      items: z.array(z.object({ name: z.string(), lastFour: z.string(), savedAtMs: z.number().int() })),
      keptIn: z.string(),
    }),
  },
  'secrets.delete': { input: z.strictObject({ name: z.string().min(1).max(64) }), output: z.object({ deleted: z.boolean() }) },
  'providers.check': { input: z.strictObject({ id }), output: providerCheckSchema },
  'providers.models': {
    input: z.strictObject({
      id,
      /** False: the newest list that is known, without asking; asks all the same when none is. */
      refresh: z.boolean().default(true),
      /** Takes the list as it now is for the one that later ones are compared with. */
      accept: z.boolean().default(false),
    }),
    output: z.object({
      models: z.array(z.object({ id: z.string(), facts: modelFactsSchema })),
      /** `catalog`: the provider has no list, and these are known of it. */
      source: z.enum(['config', 'provider', 'built-in', 'catalog']),
      /** What differs from the list last accepted; the first of all is taken for accepted. */
      added: z.array(z.string()),
      removed: z.array(z.string()),
      /** With the facts as they were. */
      changed: z.array(z.object({ id: z.string(), before: modelFactsSchema })),
    }),
  },
  /** How the keys of a provider stand, in the config's order. */
  'providers.keys': { input: z.strictObject({ id }), output: z.object({ items: z.array(keyStandingSchema) }) },
  ...clientCalls,
  ...moneyCalls,
  ...localEngineCalls,
  ...requestCalls,
  'decision.explain': {
    input: z
      .strictObject({
        /** A request's body, in the format of its door. */
        request: z.looseObject({ model: z.string().min(1).max(512) }).optional(),
        /** A request of the log instead. */
        id: id.optional(),
        /** The door it would come in by. */
        dialect: dialectNameSchema.default('openai-chat'),
        /** The name of the client that would ask. */
        client: z.string().max(100).optional(),
        headers: z.record(z.string(), z.string()).optional(),
        /** Rules that are not in force, to be asked instead of those that are. */
        policy: draftPolicySchema.optional(),
        /** For a request of the log: by the rules and states of then (as it was decided), or of now. A draft is tried now. */
        at: z.enum(['then', 'now']).optional(),
        counterfactuals: z.boolean().default(true),
      })
      .refine(({ request, id: logged }) => (request === undefined) !== (logged === undefined), {
        path: ['request'],
        message: 'give a request or the id of one in the log, and not both',
      }),
    output: decisionTraceSchema,
  },
  'gateway.start': { input: nothing, output: statusSchema },
  'gateway.stop': { input: nothing, output: statusSchema },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type CallTable = typeof callTable;
export type CallName = keyof CallTable;
/** What a handler receives: checked, with defaults filled in. */
export type CallInput<N extends CallName> = z.output<CallTable[N]['input']>;
/** What a caller may send. */
export type CallArgument<N extends CallName> = z.input<CallTable[N]['input']>;
export type CallOutput<N extends CallName> = z.output<CallTable[N]['output']>;
/** Every call has exactly one handler; a missing or an extra one does not compile. */
export type CallHandlers = { readonly [N in CallName]: (input: CallInput<N>) => Promise<CallOutput<N>> | CallOutput<N> };

export const callErrorKindSchema = z.enum(callErrorKinds);

export const callErrorSchema = z.object({ kind: callErrorKindSchema, message: z.string(), field: z.string().optional() });
export type CallErrorBody = z.infer<typeof callErrorSchema>;

/** The answer to `POST /control/calls/<name>`. */
export type CallAnswer<N extends CallName> = { ok: true; value: CallOutput<N> } | { ok: false; error: CallErrorBody };
