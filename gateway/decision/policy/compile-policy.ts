/** Compiles a policy: conditions into tests, names into targets as far as that is possible, and what it looks at. */
import type { Fallbacks, Rule } from '../../contract/policy/rule.ts';
import { type Route, type RouteTarget, type Strategy, wholeRoute } from '../../contract/policy/route.ts';
import { compileCondition } from './compile-condition.ts';
import type {
  CompiledEntry,
  CompiledPolicy,
  CompiledRoute,
  CompiledRule,
  CompiledWeight,
  NamedBy,
  NamedTarget,
  PolicyDocument,
} from './compiled-policy.ts';
import { hashText } from '../draw.ts';
import { isLocalTarget } from './local-target.ts';
import { looksAtOf } from './looks-at.ts';
import type { PolicyProvider } from '../question.ts';
import { splitName } from './split-name.ts';

/** @param document a policy whose form has been checked; names in it may lead nowhere */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const providers = new Map(document.providers.map((provider) => [provider.id, provider]));
  const aliases = new Map(
    Object.entries(document.aliases).map(([name, route]) => [
      name,
      compileRoute({ id: `alias:${name}`, route, namedBy: 'alias', providers, aliases: null }),
    ]),
  );
  const rules = document.policy.rules.map((rule) => compileRule(rule, providers, aliases));
  const enabledRules = rules.filter(({ rule }) => rule.enabled);
  return {
    document,
    version: document.version ?? 0,
    providers,
    aliases,
    rules,
    enabledRules,
    looksAt: looksAtOf(enabledRules, [...aliases.values()]),
  };
}

type Providers = ReadonlyMap<string, PolicyProvider>;
type Aliases = ReadonlyMap<string, CompiledRoute>;

interface RouteParts {
  readonly id: string;
  readonly route: Route;
  readonly namedBy: NamedBy;
  readonly providers: Providers;
  /** Null within an alias, which never leads to another. */
  readonly aliases: Aliases | null;
}

function compileRule(rule: Rule, providers: Providers, aliases: Aliases): CompiledRule {
  const { name, when, use, deny, pin, parameters, limits, fallbacks, shadow } = rule;
  const id = `rule:${name}`;
  const compile = (route: Route, namedBy: NamedBy) => compileRoute({ id, route, namedBy, providers, aliases });
  return {
    name,
    rule,
    condition: when === undefined ? null : compileCondition(when),
    pins: pin !== undefined,
    deny: deny ?? null,
    route: use === undefined ? null : throughAlias(compile(wholeRoute(use), 'rule')),
    parameters: parameters ?? null,
    limits: limits ?? null,
    fallbacks: fallbacks === undefined ? null : compileFallbacks(fallbacks, (targets) => compile(listOf(targets), 'fallback')),
    shadow:
      shadow === undefined
        ? null
        : { shadow, route: compile(listOf([shadow.target]), 'rule'), drawKey: hashText(`shadow:${name}`) },
  };
}

const fallbackKinds = ['overload', 'timeout', 'contextTooLong', 'contentPolicy'] as const;

function compileFallbacks(
  fallbacks: Fallbacks,
  compile: (targets: readonly RouteTarget[]) => CompiledRoute,
): CompiledRule['fallbacks'] {
  return new Map(
    fallbackKinds.flatMap((kind) => {
      const targets = fallbacks[kind];
      return targets === undefined ? [] : [[kind, compile(targets)] as const];
    }),
  );
}

const listOf = (targets: readonly RouteTarget[]): Route => ({ strategy: 'first', targets: [...targets] });

const ordersEverything: readonly Strategy[] = ['cheapest', 'fastest', 'least-busy', 'loaded'];

/** A rule that only leads to an alias, and says nothing of its own order, does as the alias does: turns and sessions are the same. */
function throughAlias(route: CompiledRoute): CompiledRoute {
  const [only] = route.entries;
  if (route.entries.length !== 1 || !only?.alias || ordersEverything.includes(route.strategy)) return route;
  return route.sticky && !only.alias.sticky ? route : only.alias;
}

function compileRoute({ id, route, namedBy, providers, aliases }: RouteParts): CompiledRoute {
  const entries = route.targets.map((target) => compileEntry(target, providers, aliases));
  const inner = entries.flatMap(({ alias }) => alias ?? []);
  const sticky = route.sticky === 'session';
  return {
    id,
    drawKey: hashText(id),
    strategy: route.strategy,
    sticky,
    splitBy: route.splitBy ?? 'request',
    entries,
    namedBy,
    fixed: fixedTargets(entries, namedBy),
    countsTurns: route.strategy === 'round-robin' || inner.some(({ countsTurns }) => countsTurns),
    keepsSessions: sticky || inner.some(({ keepsSessions }) => keepsSessions),
  };
}

function compileEntry(target: RouteTarget, providers: Providers, aliases: Aliases | null): CompiledEntry {
  const name = typeof target === 'string' ? target : target.model;
  const direct = splitName(name, providers);
  return {
    name,
    weight: compileWeight(target),
    drawKey: hashText(name),
    direct,
    alias: direct === null ? (aliases?.get(name) ?? null) : null,
  };
}

const always = { startsAtMs: 0, endsAtMs: 1 } as const;

function compileWeight(target: RouteTarget): CompiledWeight {
  const weight = typeof target === 'string' ? 1 : (target.weight ?? 1);
  if (typeof weight === 'number') return { from: weight, to: weight, ...always };
  const { from, to, startsAt, endsAt } = weight;
  return { from, to, startsAtMs: Date.parse(startsAt), endsAtMs: Date.parse(endsAt) };
}

/** Each target once, at its first place; null when one of the entries is a bare model id. */
function fixedTargets(entries: readonly CompiledEntry[], namedBy: NamedBy): readonly NamedTarget[] | null {
  const found: NamedTarget[] = [];
  for (const [place, { direct, alias }] of entries.entries()) {
    if (direct) found.push(nameTarget(direct.provider, direct.model, namedBy, [place]));
    else if (alias?.fixed) found.push(...alias.fixed.map((one) => within(one, namedBy, place)));
    else return null;
  }
  return withoutRepeats(found);
}

/** A target of an alias as one of the route that leads to it. What stands in for others does so by whatever name. */
export function within(target: NamedTarget, namedBy: NamedBy, place: number): NamedTarget {
  return { ...target, namedBy: namedBy === 'fallback' ? namedBy : target.namedBy, path: [place, ...target.path] };
}

export function nameTarget(provider: PolicyProvider, model: string, namedBy: NamedBy, path: readonly number[]): NamedTarget {
  return { providerId: provider.id, provider, model, local: isLocalTarget(provider, model), namedBy, listed: false, path };
}

export function withoutRepeats(targets: readonly NamedTarget[]): readonly NamedTarget[] {
  const seen = new Set<string>();
  return targets.filter(({ providerId, model }) => {
    const name = `${providerId}/${model}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
