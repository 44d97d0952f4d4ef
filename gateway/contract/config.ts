/** The config document: everything a person may set, in one file, without a single secret in it. */
import { z } from 'zod';
import { dialectNames } from './dialect-names.ts';
import { localEngineSchema } from './local-engine/settings.ts';
import { identifierSchema, modelNameSchema, titleSchema } from './names.ts';
import { plainWords, tellingIssues } from './plain-words.ts';
import { routeSchema } from './policy/route.ts';
import { policySchema } from './policy/rule.ts';
import { alertSettingsSchema } from './money/alert.ts';
import { configBudgetSchema } from './money/budget.ts';
import { moneyProblems } from './money/check-money.ts';
import { priceOverrideSchema } from './money/price.ts';
import { rateLimitsSchema } from './money/rate-limits.ts';
import { prewarmSchema } from './prewarm.ts';
import { keyReference } from './provider-keys.ts';
import { keyStyles } from './provider-kinds/entry.ts';
import { providerKindNames, providerKinds } from './provider-kinds.ts';
import { reliabilitySchema } from './reliability.ts';

export type { DialectName } from './dialect-names.ts';
export type { ProviderKind } from './provider-kinds.ts';

/** Wire formats a provider may speak. The name is the provider's endpoint family, not its vendor. */
export const dialectNameSchema = z.enum(dialectNames);
export const providerKindSchema = z.enum(providerKindNames, { error: ({ input }) => kindProblem(input) });

function kindProblem(input: unknown): string {
  if (typeof input !== 'string') return `is missing or is no name; kinds are ${providerKindNames.join(', ')}`;
  return `${JSON.stringify(input.slice(0, 64))} is not a kind of provider; kinds are ${providerKindNames.join(', ')}`;
}

/** A reference to a secret: `vault:<name>` (kept encrypted in the data folder) or `env:<NAME>`. */
export const secretReferenceSchema = z
  .string()
  .regex(
    /^(?:vault:[a-z0-9][a-z0-9._-]{0,63}|env:[A-Za-z_][A-Za-z0-9_]{0,127})$/,
    'must be vault:<name> or env:<NAME>; a key itself is never written into the config',
  );

/** A key by its reference, alone or with its weight among the provider's keys. */
export const providerKeySchema = z.union(
  [secretReferenceSchema, z.strictObject({ ref: secretReferenceSchema, weight: z.number().int().min(1).max(100).optional() })],
  { error: (issue) => keyProblem(issue.input) },
);

/** A union tells only that nothing fits; a person reads which part of what they wrote does not. */
function keyProblem(input: unknown): string | undefined {
  if (typeof input === 'string') return secretReferenceSchema.safeParse(input).error?.issues[0]?.message;
  return 'must be a reference (vault:<name> or env:<NAME>), or {"ref": …, "weight": 1 to 100}';
}

const milliseconds = z.number().int().min(1).max(3_600_000);

/**
 * Timers, in milliseconds: of one upstream call, and of a request in all. `firstByteMs` is for streams; the head of a whole
 * answer comes when the model has finished. It and `idleMs` begin as 60 s, and as 300 s and 120 s where the server is near.
 * `loadMs` (300 s) is for a model that is being loaded; `firstByteMs` begins when it is.
 */
export const timeoutsSchema = z.strictObject({
  connectMs: milliseconds.default(10_000),
  firstByteMs: milliseconds.optional(),
  idleMs: milliseconds.optional(),
  loadMs: milliseconds.optional(),
  totalMs: milliseconds.default(600_000),
});
export type Timeouts = z.infer<typeof timeoutsSchema>;

/**
 * A provider's own timers; what is left out follows the common ones. (A partial of a schema with defaults would fill them in.)
 * The total is the request's, over all providers.
 */
const ownTimeoutsSchema = z.strictObject({
  connectMs: milliseconds.optional(),
  firstByteMs: milliseconds.optional(),
  idleMs: milliseconds.optional(),
  loadMs: milliseconds.optional(),
});

const baseUrl = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const problem = baseUrlProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

/** Says what is wrong with a provider's base URL, or null. */
function baseUrlProblem(value: string): string | null {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return 'must be a whole URL such as http://127.0.0.1:8000/v1';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with http:// or https://';
  if (url.username || url.password) return 'must not hold a user name or password; put the key under keys';
  if (url.search || url.hash) return 'must not hold a query or a fragment';
  return null;
}

const loopbackNames: readonly string[] = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]'];

const ownAddressMessage = "is this gateway's own address; a request would go round in a circle";

/** Loopback in any of its spellings (URL has made decimal, hex and short ones equal), on the port clients use. */
export function isOwnAddress(baseUrl: string, port: number): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const url = new URL(baseUrl);
  const usual = url.protocol === 'https:' ? 443 : 80;
  return loopbackNames.includes(url.hostname.replace(/\.$/, '')) && (url.port === '' ? usual : Number(url.port)) === port;
}

/** What this gateway itself listens on; 0 is not known before it does. */
function ownPorts({ port: usual, ollama }: z.infer<typeof listenSchema>): readonly number[] {
  return [usual, ollama?.port ?? 0].filter((own) => own !== 0);
}

export const providerSchema = z.strictObject({
  id: identifierSchema,
  kind: providerKindSchema,
  enabled: z.boolean().default(true),
  baseUrl: baseUrl.optional(),
  keys: z.array(providerKeySchema).max(64).default([]),
  /** How the key travels, where it is not as the kind says. */
  keyStyle: z.enum(keyStyles).optional(),
  /** For Azure's older addresses, which name the deployment: `2024-10-21`. Left out for those that end in `/openai/v1`. */
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(?:-preview)?$/, 'must be a date such as 2024-10-21, or one with -preview')
    .optional(),
  models: z.array(modelNameSchema).max(10_000).optional(),
  dialects: z.array(dialectNameSchema).min(1).optional(),
  timeouts: ownTimeoutsSchema.optional(),
  /** True for a server near by that sends requests on to others: it does not count as this machine. */
  forwards: z.boolean().optional(),
  /** False for a server that refuses `stream_options`: its streams are then not asked for their usage. */
  streamUsage: z.boolean().optional(),
});
export type ProviderConfig = z.infer<typeof providerSchema>;

/** What one entry's kind does not go with. */
function providerProblems({ kind, baseUrl: address, apiVersion, keys }: ProviderConfig): { field: string; message: string }[] {
  const facts = providerKinds[kind];
  const problems: { field: string; message: string }[] = [];
  if (facts.baseUrl === null && !facts.builtIn && !address)
    problems.push({ field: 'baseUrl', message: `is required for kind ${kind}` });
  if (facts.builtIn && address) problems.push({ field: 'baseUrl', message: `the ${kind} provider has no address` });
  if (apiVersion !== undefined && !facts.takesApiVersion)
    problems.push({ field: 'apiVersion', message: `is not a setting of kind ${kind}` });
  const references = keys.map(keyReference);
  const twice = references.find((reference, place) => references.indexOf(reference) !== place);
  if (twice !== undefined) problems.push({ field: 'keys', message: `${twice} is named twice; give it a weight instead` });
  return problems;
}

/** `https://app.example`, `http://localhost:5173`: exactly what a browser sends as Origin. */
const origin = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  const exact = url !== null && url.origin !== 'null' && url.origin === value;
  if (!exact) context.addIssue({ code: 'custom', message: 'must be an exact origin such as http://localhost:5173' });
});

const hostName = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/,
    'must be a host name, with a port or without',
  );

const port = z.number().int().min(0).max(65_535);

/** A port of its own for programs that speak only Ollama's API and know of no key: whoever asks there is this one client. */
const ollamaDoorSchema = z.strictObject({
  port,
  /** The name of a client key that something limits: a hard budget, a tier, rate limits or a list of models. */
  client: titleSchema,
});

export const listenSchema = z.strictObject({
  host: z.enum(['127.0.0.1']).default('127.0.0.1'),
  port: port.default(4283),
  allowedOrigins: z.array(origin).max(64).default([]),
  allowedHosts: z.array(hostName).max(64).default([]),
  ollama: ollamaDoorSchema.optional(),
});

const pricesSchema = z.strictObject({
  /** By `provider/model`; each goes before what the provider and the catalog say. */
  overrides: z.record(modelNameSchema, priceOverrideSchema).default({}),
  /** By whose price the savings of models on this machine are told. */
  compareLocalWith: z
    .string()
    .regex(/^[^/]+\/.+$/, 'must be provider/model')
    .default('openai/gpt-5-mini'),
});

export const configSchema = z
  .strictObject({
    version: z.literal(1),
    listen: listenSchema.prefault({}),
    access: z.strictObject({ requireKey: z.boolean().default(true) }).prefault({}),
    providers: z
      .array(providerSchema)
      .max(256)
      .default([{ id: 'demo', kind: 'demo', enabled: true, keys: [] }]),
    aliases: z.record(modelNameSchema, routeSchema).default({}),
    policy: policySchema.prefault({}),
    timeouts: timeoutsSchema.prefault({}),
    reliability: reliabilitySchema.prefault({}),
    prewarm: z.array(prewarmSchema).max(16).default([]),
    /** Answers of `/v1/responses` that no provider keeps are kept in memory, so that a client may continue them. */
    responses: z.strictObject({ keep: z.boolean().default(true) }).prefault({}),
    prices: pricesSchema.prefault({}),
    budgets: z.array(configBudgetSchema).max(256).default([]),
    limits: z.strictObject({ providers: z.record(identifierSchema, rateLimitsSchema).default({}) }).prefault({}),
    alerts: alertSettingsSchema.prefault({}),
    localEngine: localEngineSchema.prefault({}),
    /** Rows of the log that are older go, within the hour; what they add up to stays in the summaries. Left out: they stay. */
    log: z.strictObject({ keepDays: z.number().int().min(1).max(36_500).optional() }).prefault({}),
  })
  .superRefine((config, context) => {
    const seen = new Set<string>();
    for (const [index, provider] of config.providers.entries()) {
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['providers', index, field], message });
      if (seen.has(provider.id)) refuse('id', `"${provider.id}" is used twice; every provider needs an id of its own`);
      seen.add(provider.id);
      for (const { field, message } of providerProblems(provider)) refuse(field, message);
      const address = provider.baseUrl ?? providerKinds[provider.kind].baseUrl;
      if (address !== null && ownPorts(config.listen).some((own) => isOwnAddress(address, own)))
        refuse('baseUrl', ownAddressMessage);
    }
    for (const [index, { url }] of config.alerts.webhooks.entries()) {
      if (ownPorts(config.listen).some((own) => isOwnAddress(url, own)))
        context.addIssue({ code: 'custom', path: ['alerts', 'webhooks', index, 'url'], message: ownAddressMessage });
    }
    if (config.listen.ollama?.port === config.listen.port && config.listen.port !== 0)
      context.addIssue({ code: 'custom', path: ['listen', 'ollama', 'port'], message: 'must be another port than listen.port' });
    for (const [place, { model }] of config.prewarm.entries()) {
      const named = config.providers.find(({ id }) => id === model.slice(0, model.indexOf('/')));
      if (named && providerKinds[named.kind].loadedList?.shape !== 'ollama')
        context.addIssue({ code: 'custom', path: ['prewarm', place, 'model'], message: 'must be a model of an Ollama' });
    }
    for (const { path, message } of moneyProblems(config)) context.addIssue({ code: 'custom', path: [...path], message });
    for (const name of Object.keys(config.aliases)) {
      if (name.includes('/')) {
        context.addIssue({
          code: 'custom',
          path: ['aliases', name],
          message: 'an alias must not hold a slash; that form names provider/model',
        });
      }
    }
  });
/** The document with every default filled in: what the gateway runs on. */
export type GatewayConfig = z.infer<typeof configSchema>;
/** The document as a person may write it, defaults left out. */
export type GatewayConfigDocument = z.input<typeof configSchema>;

/** A place in a document that was refused, and why. `path` is dotted: `providers.0.baseUrl`. */
export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Checks a config document.
 * @returns the config with defaults filled in, or every problem with its path
 */
export function parseConfig(document: unknown): { ok: true; config: GatewayConfig } | { ok: false; problems: ConfigProblem[] } {
  const parsed = configSchema.safeParse(document, { error: plainWords });
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = new Map<string, ConfigProblem>();
  // What is said first of a place says enough of it.
  for (const problem of parsed.error.issues.flatMap(tellingIssues).flatMap(problemsOfIssue)) {
    if (!problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return { ok: false, problems: [...problems.values()] };
}

/** The first provider or webhook that is this gateway itself, listening on `port`: for one that was not known when the config was checked. */
export function findOwnAddress({ providers, alerts }: GatewayConfig, port: number): ConfigProblem | null {
  const index = providers.findIndex(({ baseUrl }) => baseUrl !== undefined && isOwnAddress(baseUrl, port));
  if (index >= 0) return { path: `providers.${index}.baseUrl`, message: ownAddressMessage };
  const webhook = alerts.webhooks.findIndex(({ url }) => isOwnAddress(url, port));
  return webhook < 0 ? null : { path: `alerts.webhooks.${webhook}.url`, message: ownAddressMessage };
}

function problemsOfIssue(issue: z.core.$ZodIssue): ConfigProblem[] {
  const at = (...rest: PropertyKey[]) => [...issue.path, ...rest].map(String).join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: at(key), message: 'is not a known setting' }));
  return [{ path: at() || '(document)', message: issue.message }];
}
