/** Reads names as targets: `provider/model`, an alias, or a bare model id of everybody who lists it. */
import { nameTarget, within, withoutRepeats } from './policy/compile-policy.ts';
import type { CompiledPolicy, CompiledRoute, NamedBy, NamedTarget } from './policy/compiled-policy.ts';
import type { ResolvedAs } from './decision.ts';
import type { DecisionSnapshot } from './question.ts';
import { splitName } from './policy/split-name.ts';

export interface Resolved {
  readonly as: ResolvedAs;
  /** Null where the name itself is the target, or those that list it are. */
  readonly route: CompiledRoute | null;
  readonly targets: readonly NamedTarget[];
}

/** The requested name, where no rule says otherwise. */
export function resolveRequested(name: string, policy: CompiledPolicy, snapshot: DecisionSnapshot): Resolved {
  const direct = resolveDirect(name, policy);
  if (direct) return direct;
  const alias = policy.aliases.get(name);
  if (alias) return { as: 'alias', route: alias, targets: targetsOf(alias, policy, snapshot) };
  const targets = providersListing(name, policy, snapshot, 'request', noPath);
  return { as: targets.length > 0 ? 'bare-model' : 'unknown', route: null, targets };
}

const noPath: readonly number[] = [];
/** The same names come again and again; a client that makes up ever new ones must not fill the memory. */
const mostNames = 512;
const directBy = new WeakMap<CompiledPolicy, Map<string, Resolved>>();

/** A name with a provider before its slash; null for another. */
function resolveDirect(name: string, policy: CompiledPolicy): Resolved | null {
  const names = directBy.get(policy) ?? new Map<string, Resolved>();
  const known = names.get(name);
  if (known) return known;
  const split = splitName(name, policy.providers);
  if (!split) return null;
  const targets = [nameTarget(split.provider, split.model, 'request', noPath)];
  const direct: Resolved = { as: 'provider-model', route: null, targets };
  if (names.size >= mostNames) names.clear();
  directBy.set(policy, names.set(name, direct));
  return direct;
}

/** Every target that a route may lead to, each once, in the order of writing; a name that nobody lists stays as one of nobody. */
export function targetsOf(route: CompiledRoute, policy: CompiledPolicy, snapshot: DecisionSnapshot): readonly NamedTarget[] {
  if (route.fixed !== null) return route.fixed;
  const found: NamedTarget[] = [];
  for (const [place, { name, direct, alias }] of route.entries.entries()) {
    const path = [place];
    if (direct) found.push(nameTarget(direct.provider, direct.model, route.namedBy, path));
    else if (alias) {
      for (const inner of targetsOf(alias, policy, snapshot)) found.push(within(inner, route.namedBy, place));
    } else found.push(...listedOrNobody(name, policy, snapshot, route.namedBy, path));
  }
  return withoutRepeats(found);
}

function listedOrNobody(
  name: string,
  policy: CompiledPolicy,
  snapshot: DecisionSnapshot,
  namedBy: NamedBy,
  path: readonly number[],
): readonly NamedTarget[] {
  const listing = providersListing(name, policy, snapshot, namedBy, path);
  if (listing.length > 0) return listing;
  return [{ providerId: '', provider: null, model: name, local: false, namedBy, listed: false, path }];
}

/** A list may be older than the config: who is not in it any more is left out. */
function providersListing(
  model: string,
  policy: CompiledPolicy,
  snapshot: DecisionSnapshot,
  namedBy: NamedBy,
  path: readonly number[],
): readonly NamedTarget[] {
  return snapshot.listing(model).flatMap((id) => {
    const provider = policy.providers.get(id);
    return provider ? { ...nameTarget(provider, model, namedBy, path), listed: true } : [];
  });
}
