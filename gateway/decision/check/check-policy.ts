/** Finds what is wrong with a policy beyond its form: names that lead nowhere, patterns, rules that can never decide. */
import type { RouteTarget } from '../../contract/policy/route.ts';
import { wholeRoute } from '../../contract/policy/route.ts';
import type { Policy, Rule } from '../../contract/policy/rule.ts';
import type { Route } from '../../contract/policy/route.ts';
import { either } from '../words/amounts.ts';
import { conditionProblems } from './check-condition.ts';
import { neverDeciding, pinAt } from './check-order.ts';
import { isLocalTarget } from '../policy/local-target.ts';
import type { PolicyProvider } from '../question.ts';
import { type DirectName, splitName } from '../policy/split-name.ts';

export interface PolicyProblem {
  /** Dotted, from the config's top: `policy.rules.0.use.targets.1`. */
  readonly path: string;
  /** A sentence's rest, for what the path names. */
  readonly message: string;
  /** `error`: it must not come into force. `warning`: it may not do what was meant. */
  readonly severity: 'error' | 'warning';
}

export interface CheckedPolicy {
  readonly policy: Policy;
  readonly aliases: Readonly<Record<string, Route>>;
  readonly providers: readonly (PolicyProvider & { readonly models?: readonly string[] | undefined })[];
  /** Does any provider list a model by this name? Left out where the lists are not known. */
  readonly isListed?: (model: string) => boolean;
  /** Does this provider list it? Null where its list is not known. */
  readonly lists?: (provider: string, model: string) => boolean | null;
}

/** Every problem, in the order of the document. @param checked of sound form */
export function policyProblems(checked: CheckedPolicy): readonly PolicyProblem[] {
  const names = gatherNames(checked);
  const { rules } = checked.policy;
  return [
    ...Object.entries(checked.aliases).flatMap(([name, route]) => aliasProblems(name, route, names)),
    ...rules.flatMap((rule, place) => ruleProblems(rule, `policy.rules.${place}`, names, pinAt(rule, rules))),
    ...neverDeciding(rules),
  ];
}

interface Names {
  readonly providers: ReadonlyMap<string, PolicyProvider>;
  readonly aliases: ReadonlyMap<string, Route>;
  readonly written: ReadonlySet<string>;
  readonly isListed: ((model: string) => boolean) | null;
  readonly lists: CheckedPolicy['lists'];
}

function gatherNames({ providers, aliases, isListed, lists }: CheckedPolicy): Names {
  return {
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    aliases: new Map(Object.entries(aliases)),
    written: new Set(providers.flatMap(({ models }) => models ?? [])),
    isListed: isListed ?? null,
    lists,
  };
}

type Severity = PolicyProblem['severity'];

function aliasProblems(alias: string, route: Route, names: Names): PolicyProblem[] {
  const path = `aliases.${alias}`;
  const led = route.targets.flatMap((target, place): PolicyProblem[] => {
    const name = nameOf(target);
    if (!names.aliases.has(name) || (name === alias && isOffered(name, names))) return [];
    const which = name === alias ? 'this alias itself' : 'an alias too';
    const message = `"${name}" is ${which}, and an alias leads to models only: here it is read as a model's id`;
    return [{ path: `${path}.targets.${place}`, message, severity: 'warning' }];
  });
  return [...led, ...targetProblems(route.targets, `${path}.targets`, names, 'warning'), ...weightProblems(route, path)];
}

/** Does a provider have a model of this name? True where nobody knows. */
function isOffered(name: string, { written, isListed }: Names): boolean {
  return written.has(name) || isListed === null || isListed(name);
}

function ruleProblems(rule: Rule, path: string, names: Names, pin: Rule | null): PolicyProblem[] {
  const problems: PolicyProblem[] = rule.when === undefined ? [] : [...conditionProblems(rule.when, `${path}.when`)];
  const { use } = rule;
  if (use !== undefined) {
    const route = wholeRoute(use);
    const where = typeof use === 'string' || Array.isArray(use) ? `${path}.use` : `${path}.use.targets`;
    const at = typeof use === 'string' ? (_place: number) => where : (place: number) => `${where}.${place}`;
    problems.push(...targetProblems(route.targets, at, names, 'error'), ...weightProblems(route, `${path}.use`));
  }
  for (const [kind, targets] of Object.entries(rule.fallbacks ?? {})) {
    if (targets === undefined) continue;
    const where = `${path}.fallbacks.${kind}`;
    problems.push(...targetProblems(targets, where, names, 'error'), ...idleWeights(targets, where));
  }
  if (rule.shadow) problems.push(...targetProblems([rule.shadow.target], () => `${path}.shadow.target`, names, 'error'));
  if (pin !== null) problems.push(...pinProblems(rule, path, pin, names));
  return problems;
}

const nameOf = (target: RouteTarget): string => (typeof target === 'string' ? target : target.model);

/** @param unknown how bad a provider is that is not there */
function targetProblems(
  targets: readonly RouteTarget[],
  where: string | ((place: number) => string),
  names: Names,
  unknown: Severity,
): PolicyProblem[] {
  const at = typeof where === 'string' ? (place: number) => `${where}.${place}` : where;
  const seen = new Set<string>();
  return targets.flatMap((target, place): PolicyProblem[] => {
    const name = nameOf(target);
    const path = at(place);
    if (seen.has(name))
      return [{ path, message: `names ${name} a second time; only its first place counts`, severity: 'warning' }];
    seen.add(name);
    const problem = nameProblem(name, names, unknown);
    return problem === null ? [] : [{ path, ...problem }];
  });
}

type NameProblem = Pick<PolicyProblem, 'message' | 'severity'>;

function nameProblem(name: string, names: Names, unknown: Severity): NameProblem | null {
  const { providers, aliases, written, isListed } = names;
  const direct = splitName(name, providers);
  if (direct) return directProblem(direct, names);
  if (aliases.has(name) || written.has(name)) return null;
  const slash = name.indexOf('/');
  if (slash > 0 && isListed?.(name) !== true) {
    const ids = [...providers.keys()];
    const there =
      ids.length === 0 ? 'there is no provider yet' : `there ${ids.length === 1 ? 'is' : 'are'} ${either(ids, 'and')}`;
    const message = `names the provider "${name.slice(0, slash)}", which is not there; ${there} (a model whose own name has a slash is written provider/${name})`;
    return { message, severity: unknown };
  }
  if (isOffered(name, names)) return null;
  return { message: `"${name}" is neither an alias nor a model that a provider lists`, severity: 'warning' };
}

function directProblem({ provider: { id, enabled }, model }: DirectName, { lists }: Names): NameProblem | null {
  if (!enabled) return { message: `the provider ${id} is switched off, so it is never asked`, severity: 'warning' };
  if (lists?.(id, model) !== false) return null;
  return { message: `the provider ${id} does not list "${model}"; it is asked for it all the same`, severity: 'warning' };
}

function weightProblems({ strategy, targets }: Route, path: string): PolicyProblem[] {
  if (strategy !== 'weighted') return [];
  const isZero = (target: RouteTarget) => {
    const weight = typeof target === 'string' ? 1 : (target.weight ?? 1);
    return typeof weight === 'number' ? weight === 0 : weight.from === 0 && weight.to === 0;
  };
  if (!targets.every(isZero)) return [];
  const message = 'every weight is 0, so the targets are asked as they are written; give one of them a weight';
  return [{ path: `${path}.targets`, message, severity: 'warning' }];
}

function idleWeights(targets: readonly RouteTarget[], where: string): PolicyProblem[] {
  return targets.flatMap((target, place): PolicyProblem[] =>
    typeof target === 'string' || target.weight === undefined
      ? []
      : [
          {
            path: `${where}.${place}.weight`,
            message: 'says nothing here: fallbacks are asked as they are written',
            severity: 'warning',
          },
        ],
  );
}

/** What a pin that holds with the rule makes of its targets. A bare id may be listed by anybody: nothing is said of it. */
function* pinProblems(rule: Rule, path: string, pin: Rule, names: Names): Generator<PolicyProblem> {
  const warning = (at: string, what: string, then: string): PolicyProblem => ({
    path: at,
    message: `${what} on this machine, where the rule "${pin.name}" keeps the request: ${then}`,
    severity: 'warning',
  });
  if (rule.use !== undefined && wholeRoute(rule.use).targets.every((target) => isElsewhere(target, names)))
    yield warning(`${path}.use`, 'none of these targets runs', 'it refuses all of them');
  for (const [kind, targets = []] of Object.entries(rule.fallbacks ?? {})) {
    for (const [place, target] of targets.entries()) {
      if (isElsewhere(target, names)) yield warning(`${path}.fallbacks.${kind}.${place}`, 'does not run', 'it is never asked');
    }
  }
  if (rule.shadow && isElsewhere(rule.shadow.target, names))
    yield warning(`${path}.shadow.target`, 'does not run', 'it is sent no copy');
}

function isElsewhere(target: RouteTarget, { providers, aliases }: Names): boolean {
  const leaves = aliases.get(nameOf(target))?.targets ?? [target];
  return leaves.every((leaf) => {
    const direct = splitName(nameOf(leaf), providers);
    return direct !== null && !isLocalTarget(direct.provider, direct.model);
  });
}
