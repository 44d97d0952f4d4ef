/** The decision: which targets may answer a request, in which order, and why. A pure function of what it is handed. */

/** What is asked of the engine about one request. */
export interface DecisionFeatures {
  readonly requestedModel: string;
  /** In which dialects a provider may be asked, the best first: the door's own, then those it can be translated to. */
  readonly dialects: readonly string[];
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
  /** By provider id, in a clause: why it has no usable key. Who is not here has one, or needs none. */
  readonly keyProblems: ReadonlyMap<string, string>;
  /** By provider id, in a sentence: why its newest list of models could not be had. */
  readonly listProblems: ReadonlyMap<string, string>;
  /** By provider id: which dialects it turned out not to offer, whatever its kind is known for. */
  readonly missingDialects: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Target {
  readonly provider: string;
  readonly model: string;
  /** In which dialect it is asked. */
  readonly dialect: string;
  /** All in which it may be asked, that one first: the next is for a provider that turns out not to offer it. */
  readonly dialects: readonly string[];
}

/** A target before anybody has judged it. */
type NamedTarget = Pick<Target, 'provider' | 'model'>;

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
  /** There is no target, and a name was not found in any list: one that is on its way may change that. */
  readonly unlisted: boolean;
  /** There is no target, and a key would have made one. */
  readonly lacksKey: boolean;
}

/** Reads the requested name as `provider/model`, an alias or a bare model id, and keeps the targets that can serve it. */
export function decide(features: DecisionFeatures, policy: DecisionPolicy, snapshot: DecisionSnapshot): Decision {
  const question = { features, policy, snapshot };
  const { as, judged } = judgeName(question);
  const targets: Target[] = [];
  const candidates: Candidate[] = [];
  for (const one of judged) {
    if (one.target) targets.push(one.target);
    candidates.push(one.candidate);
  }
  const nobody = targets.length === 0;
  return {
    targets,
    resolvedAs: as,
    candidates,
    refusal: nobody ? refusalFor(question, as, judged) : null,
    unlisted: nobody && (as === 'unknown' || judged.some(({ obstacle }) => obstacle === 'unlisted')),
    lacksKey: nobody && judged.some(({ obstacle }) => obstacle === 'key'),
  };
}

/** All that a decision is made from. */
interface Question {
  readonly features: DecisionFeatures;
  readonly policy: DecisionPolicy;
  readonly snapshot: DecisionSnapshot;
}

interface Judged {
  /** Null when it was refused. */
  readonly target: Target | null;
  readonly obstacle: 'unlisted' | 'key' | 'config' | null;
  readonly candidate: Candidate;
}

function judgeName(question: Question): { readonly as: ResolvedAs; readonly judged: readonly Judged[] } {
  const { features, policy } = question;
  const { requestedModel: name } = features;
  const direct = splitName(name, policy);
  if (direct) return { as: 'provider-model', judged: [judge(direct, 'named by the request', question)] };
  const alias = Object.hasOwn(policy.aliases, name) ? policy.aliases[name] : undefined;
  if (alias) return { as: 'alias', judged: alias.targets.flatMap((target) => judgeAliasTarget(target, question)) };
  const judged = providersListing(name, question).map((target) => judge(target, 'the provider lists this model', question));
  return { as: judged.length > 0 ? 'bare-model' : 'unknown', judged };
}

/** An alias's target: `provider/model`, or a bare model id; never another alias. */
function judgeAliasTarget(name: string, question: Question): readonly Judged[] {
  const direct = splitName(name, question.policy);
  if (direct) return [judge(direct, 'named by the alias', question)];
  const listing = providersListing(name, question);
  if (listing.length > 0) {
    return listing.map((target) => judge(target, 'named by the alias, and the provider lists this model', question));
  }
  return [refuse(name, 'no provider has this name before its slash, and none lists it as a model', 'unlisted')];
}

/** `provider/model`, split at the first slash, when such a provider exists. */
function splitName(name: string, policy: DecisionPolicy): NamedTarget | null {
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) return null;
  const provider = name.slice(0, slash);
  return policy.providers.some((one) => one.id === provider) ? { provider, model: name.slice(slash + 1) } : null;
}

function providersListing(model: string, { policy, snapshot }: Question): NamedTarget[] {
  return policy.providers
    .filter((provider) => snapshot.models.get(provider.id)?.has(model))
    .map((provider) => ({ provider: provider.id, model }));
}

function judge(target: NamedTarget, reason: string, { features, policy, snapshot }: Question): Judged {
  const id = target.provider;
  const provider = policy.providers.find((one) => one.id === id);
  const name = `${id}/${target.model}`;
  if (!provider) return refuse(name, 'there is no such provider', 'config');
  if (!provider.enabled) return refuse(name, `the provider ${id} is switched off`, 'config');
  const dialects = dialectsFor(provider, features, snapshot);
  const [dialect] = dialects;
  if (dialect === undefined) {
    const [door = 'this', ...others] = features.dialects;
    const words = others.length === 0 ? '' : ', nor anything it can be translated to';
    return refuse(name, `the provider ${id} does not offer ${door}${words}`, 'config');
  }
  const keyProblem = snapshot.keyProblems.get(id);
  if (keyProblem !== undefined) return refuse(name, `the provider ${id} ${keyProblem}`, 'key');
  return { target: { ...target, dialect, dialects }, obstacle: null, candidate: { target: name, chosen: true, reason } };
}

/** What it turned out not to offer comes last: it may offer it by now, and nothing else may be left. */
function dialectsFor(provider: PolicyProvider, features: DecisionFeatures, snapshot: DecisionSnapshot): readonly string[] {
  const able = ableDialects(provider, features.dialects);
  const missing = snapshot.missingDialects.get(provider.id);
  if (!missing) return able;
  return [...able.filter((one) => !missing.has(one)), ...able.filter((one) => missing.has(one))];
}

/** The doors' lists and the policy's providers are the same objects for every request: what they come to is kept with them. */
const ableKept = new WeakMap<PolicyProvider, WeakMap<readonly string[], readonly string[]>>();

function ableDialects(provider: PolicyProvider, wanted: readonly string[]): readonly string[] {
  const ofProvider = ableKept.get(provider) ?? new WeakMap<readonly string[], readonly string[]>();
  const known = ofProvider.get(wanted);
  if (known) return known;
  const able = wanted.filter((one) => provider.dialects.includes(one));
  ableKept.set(provider, ofProvider.set(wanted, able));
  return able;
}

function refuse(target: string, reason: string, obstacle: Judged['obstacle']): Judged {
  return { target: null, obstacle, candidate: { target, chosen: false, reason } };
}

function refusalFor({ features, snapshot }: Question, as: ResolvedAs, judged: readonly Judged[]): string {
  const name = features.requestedModel;
  if (as === 'unknown') {
    return `the model "${name}" is not known; GET /v1/models lists what is${unaskedWords(snapshot)}`;
  }
  if (judged.every(({ obstacle }) => obstacle === 'unlisted')) {
    const words = `the alias "${name}" leads nowhere: no provider lists any of its targets; correct it in the config`;
    return words + unaskedWords(snapshot);
  }
  const reasons = judged.map(({ candidate }) => `${candidate.target}: ${candidate.reason}`);
  return `no target can serve the model "${name}" (${reasons.join('; ')})`;
}

/** So many are told of; a person mends one after the other. */
const toldProblems = 3;

/** The name may be in a list that could not be had. */
function unaskedWords({ listProblems }: DecisionSnapshot): string {
  if (listProblems.size === 0) return '';
  const told = [...listProblems].slice(0, toldProblems);
  const words = told.map(([id, problem]) => `the provider ${id} could not be asked: ${problem}`);
  if (listProblems.size > toldProblems) words.push(`and ${listProblems.size - toldProblems} more`);
  return ` (${words.join(' ')})`;
}
