/** Asks the decision engine in tests: questions in short, everything that is not said filled in. */
import type { DecidingFacts, TargetState } from '../../gateway/contract/decision.ts';
import { type Route, routeSchema } from '../../gateway/contract/policy/route.ts';
import { policySchema } from '../../gateway/contract/policy/rule.ts';
import { compilePolicy } from '../../gateway/decision/policy/compile-policy.ts';
import type { CompiledPolicy, PolicyDocument } from '../../gateway/decision/policy/compiled-policy.ts';
import type { DecisionFeatures, DecisionSnapshot, PolicyProvider } from '../../gateway/decision/question.ts';
import { blankFeatures } from '../../gateway/exchange/features/blank-features.ts';
import type { z } from 'zod';

export const chat = 'openai-chat';

export const plainFeatures: DecisionFeatures = blankFeatures('m', [chat]);

export const calmState: TargetState = {
  breaker: 'closed',
  key: 'ready',
  firstTokenMs: null,
  tokensPerSecond: null,
  samples: 0,
  inFlight: 0,
  loaded: null,
};

export const unknownFacts: DecidingFacts = {
  contextTokens: null,
  maxOutputTokens: null,
  inputPerMillionUsd: null,
  outputPerMillionUsd: null,
  cachedInputPerMillionUsd: null,
  tools: null,
  vision: null,
  reasoning: null,
  structuredOutput: null,
  forwarded: null,
};

/** How the world stands, by names; what is not named is calm and unknown. */
export interface World {
  /** Model ids by provider id, providers in the config's order. */
  readonly models?: Readonly<Record<string, readonly string[]>>;
  readonly keyProblems?: Readonly<Record<string, string>>;
  readonly listProblems?: Readonly<Record<string, string>>;
  readonly missingDialects?: Readonly<Record<string, readonly string[]>>;
  /** By `provider/model`. */
  readonly facts?: Readonly<Record<string, Partial<DecidingFacts>>>;
  readonly states?: Readonly<Record<string, Partial<TargetState>>>;
  /** By route and session: `rule:code abc`. */
  readonly sessions?: Readonly<Record<string, string>>;
  readonly turns?: Readonly<Record<string, number>>;
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

export function snapshotOf(world: World = {}): DecisionSnapshot {
  const listProblems = new Map(Object.entries(world.listProblems ?? {}));
  return {
    listing: (model) => Object.entries(world.models ?? {}).flatMap(([id, models]) => (models.includes(model) ? id : [])),
    keyProblem: (provider) => own(world.keyProblems, provider) ?? null,
    missingDialects: (provider) => own(world.missingDialects, provider) ?? [],
    listProblems: () => listProblems,
    facts: (provider, model) => ({ ...unknownFacts, ...own(world.facts, `${provider}/${model}`) }),
    state: (provider, model) => ({ ...calmState, ...own(world.states, `${provider}/${model}`) }),
    lastOfSession: (route, session) => own(world.sessions, `${route} ${session}`) ?? null,
    turn: (route) => own(world.turns, route) ?? 0,
    catalogVersion: () => 'catalog-1',
  };
}

export function provider(id: string, changes: Partial<PolicyProvider> = {}): PolicyProvider {
  return { id, enabled: true, dialects: [chat], local: false, ...changes };
}

export type RuleDocument = z.input<typeof policySchema>['rules'] extends readonly (infer R)[] | undefined ? R : never;
export type RouteDocument = z.input<typeof routeSchema>;

export interface PolicyParts {
  readonly providers: readonly PolicyProvider[];
  readonly rules?: readonly RuleDocument[];
  readonly aliases?: Readonly<Record<string, RouteDocument>>;
}

/** As a config would hold it: checked by the schemas, defaults filled in. */
export function documentOf({ providers, rules = [], aliases = {} }: PolicyParts): PolicyDocument {
  const routes = Object.entries(aliases).map(([name, route]): [string, Route] => [name, routeSchema.parse(route)]);
  return { providers, aliases: Object.fromEntries(routes), policy: policySchema.parse({ rules }) };
}

export function policyOf(parts: PolicyParts): CompiledPolicy {
  return compilePolicy(documentOf(parts));
}

/** Monday the 5th of January 2026, noon. */
export const noon = { atMs: Date.UTC(2026, 0, 5, 12), utcOffsetMinutes: 0 } as const;
