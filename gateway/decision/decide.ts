/** The decision: which targets may answer a request, in which order, and why. A pure function of what it is handed. */

/** What is asked of the engine about one request. */
export interface DecisionFeatures {
  readonly requestedModel: string;
  readonly dialect: string;
}

/** The part of a config that decides. */
export interface DecisionPolicy {
  readonly providers: readonly PolicyProvider[];
  readonly aliases: Readonly<Record<string, { readonly strategy: 'first'; readonly targets: readonly string[] }>>;
}

export interface PolicyProvider {
  readonly id: string;
  readonly enabled: boolean;
  readonly dialects: readonly string[];
}

/** The part of the present state that decides. */
export interface DecisionSnapshot {
  /** Model ids by provider id: written in the config, built in, or found by asking the provider. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Target {
  readonly provider: string;
  readonly model: string;
}

export interface Candidate {
  readonly target: string;
  readonly chosen: boolean;
  readonly reason: string;
}

export type ResolvedAs = 'provider-model' | 'alias' | 'bare-model' | 'unknown';

export interface Decision {
  readonly targets: readonly Target[];
  readonly resolvedAs: ResolvedAs;
  readonly candidates: readonly Candidate[];
  /** Why there is no target, in one sentence; null when there is one. */
  readonly refusal: string | null;
}

/** Reads the requested name as `provider/model`, an alias or a bare model id, and keeps the targets that can serve it. */
export function decide(features: DecisionFeatures, policy: DecisionPolicy, snapshot: DecisionSnapshot): Decision {
  const resolved = resolveName(features.requestedModel, policy, snapshot);
  const judged = resolved.targets.map((target) => judge(target, features, policy));
  const targets = judged.filter((one) => one.candidate.chosen).map((one) => one.target);
  return {
    targets,
    resolvedAs: resolved.as,
    candidates: judged.map((one) => one.candidate),
    refusal: targets.length > 0 ? null : refusalFor(features.requestedModel, resolved.as, judged),
  };
}

interface Resolved {
  readonly as: ResolvedAs;
  readonly targets: readonly Target[];
}

function resolveName(name: string, policy: DecisionPolicy, snapshot: DecisionSnapshot): Resolved {
  const direct = splitName(name, policy);
  if (direct) return { as: 'provider-model', targets: [direct] };
  const alias = Object.hasOwn(policy.aliases, name) ? policy.aliases[name] : undefined;
  if (alias) return { as: 'alias', targets: alias.targets.flatMap((target) => resolveTarget(target, policy, snapshot)) };
  const listing = providersListing(name, policy, snapshot);
  return listing.length > 0 ? { as: 'bare-model', targets: listing } : { as: 'unknown', targets: [] };
}

/** An alias's target: `provider/model`, or a bare model id; never another alias. */
function resolveTarget(name: string, policy: DecisionPolicy, snapshot: DecisionSnapshot): readonly Target[] {
  const direct = splitName(name, policy);
  return direct ? [direct] : providersListing(name, policy, snapshot);
}

/** `provider/model`, split at the first slash, when such a provider exists. */
function splitName(name: string, policy: DecisionPolicy): Target | null {
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) return null;
  const provider = name.slice(0, slash);
  return policy.providers.some((one) => one.id === provider) ? { provider, model: name.slice(slash + 1) } : null;
}

function providersListing(model: string, policy: DecisionPolicy, snapshot: DecisionSnapshot): Target[] {
  return policy.providers
    .filter((provider) => snapshot.models.get(provider.id)?.has(model))
    .map((provider) => ({ provider: provider.id, model }));
}

interface Judged {
  readonly target: Target;
  readonly candidate: Candidate;
}

function judge(target: Target, features: DecisionFeatures, policy: DecisionPolicy): Judged {
  const provider = policy.providers.find((one) => one.id === target.provider);
  const name = `${target.provider}/${target.model}`;
  const refuse = (reason: string): Judged => ({ target, candidate: { target: name, chosen: false, reason } });
  if (!provider) return refuse('there is no such provider');
  if (!provider.enabled) return refuse(`the provider ${provider.id} is switched off`);
  if (!provider.dialects.includes(features.dialect))
    return refuse(`the provider ${provider.id} does not offer ${features.dialect}`);
  return { target, candidate: { target: name, chosen: true, reason: 'named by the request' } };
}

function refusalFor(name: string, as: ResolvedAs, judged: readonly Judged[]): string {
  const reasons = judged.map((one) => `${one.candidate.target}: ${one.candidate.reason}`);
  if (reasons.length > 0) return `no target can serve the model "${name}" (${reasons.join('; ')})`;
  if (as === 'alias') return `the alias "${name}" leads nowhere: no provider lists any of its targets; correct it in the config`;
  return `the model "${name}" is not known; GET /v1/models lists what is`;
}
