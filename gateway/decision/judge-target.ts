/** Judges one target: can it do the request, and may it? What speaks against it is a code; words are made of it when asked for. */
import type { DecidingFacts, ReasonCode, TargetState } from '../contract/decision.ts';
import { deniedModels } from './policy/allowed-models.ts';
import type { CompiledPolicy, NamedTarget } from './policy/compiled-policy.ts';
import type { Candidate, Target } from './decision.ts';
import { answersWithText, askedOutputTokens, estimateCost } from './estimate.ts';
import type { RuleOutcome } from './evaluate-rules.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot, PolicyProvider } from './question.ts';

/** All that a decision is made from. */
export interface Question {
  readonly features: DecisionFeatures;
  readonly policy: CompiledPolicy;
  readonly snapshot: DecisionSnapshot;
  readonly clock: DecisionClock;
  readonly seed: number;
}

/** The question, and what the rules have said of it. */
export interface Weighing extends Question {
  readonly outcome: RuleOutcome;
  /** How long the answer may be, by the request and the rules. */
  readonly askedTokens: number | null;
}

export interface Judged extends Candidate {
  target: Target | null;
  code: ReasonCode;
  readonly named: NamedTarget;
  /** Was it named so exactly that what is known of its abilities does not count? */
  readonly exact: boolean;
  /** It goes first because it answered this session last. */
  kept: boolean;
  /** Both are read when they are first needed. */
  facts: DecidingFacts | null;
  state: TargetState | null;
}

/** Reads what is known of a target's model, once. */
export function factsOf(judged: Judged, { snapshot }: Question): DecidingFacts {
  judged.facts ??= snapshot.facts(judged.provider, judged.model);
  return judged.facts;
}

/** Does it run on this machine? Its own server may say that it does not, whatever its name is. */
export function isHere(judged: Judged, question: Question): boolean {
  return judged.named.local && factsOf(judged, question).forwarded !== true;
}

/** Reads how a target stands, once. */
export function stateOf(judged: Judged, { snapshot }: Question): TargetState {
  judged.state ??= snapshot.state(judged.provider, judged.model);
  return judged.state;
}

export function weigh(question: Question, outcome: RuleOutcome): Weighing {
  const { features, policy, snapshot, clock, seed } = question;
  return { features, policy, snapshot, clock, seed, outcome, askedTokens: askedOutputTokens(features, outcome.settings) };
}

/** @param exact one target alone is named exactly: there is no other to prefer, and what is known of it may be wrong */
export function judgeAll(targets: readonly NamedTarget[], weighing: Weighing, exact = targets.length === 1): Judged[] {
  return targets.map((named) => judge(named, weighing, exact));
}

function judge(named: NamedTarget, weighing: Weighing, exact: boolean): Judged {
  const { providerId, provider, model } = named;
  const dialects = provider === null ? none : dialectsFor(provider, weighing.features, weighing.snapshot);
  const [dialect] = dialects;
  const judged: Judged = {
    provider: providerId,
    model,
    target: null,
    code: 'next',
    named,
    exact,
    kept: false,
    facts: null,
    state: null,
  };
  const code = obstacle(judged, dialect, weighing);
  if (code !== null) judged.code = code;
  else if (dialect !== undefined) judged.target = { provider: providerId, model, dialect, dialects };
  return judged;
}

const none: readonly string[] = [];

function obstacle(judged: Judged, dialect: string | undefined, weighing: Weighing): ReasonCode | null {
  const { named, exact } = judged;
  const { provider, providerId } = named;
  const { features, snapshot, outcome } = weighing;
  if (provider === null) return 'unlisted';
  if (deniedModels(features, providerId, named.model).length > 0) return 'not-allowed';
  if (!provider.enabled) return 'provider-off';
  if (dialect === undefined) return 'dialect';
  if (snapshot.keyProblem(providerId) !== null) return 'no-key';
  if (outcome.pinnedBy !== null && !isHere(judged, weighing)) return 'not-local';
  if (exact && outcome.limits.maxCostUsd === undefined) return null;
  const facts = factsOf(judged, weighing);
  const unable = exact ? null : inability(provider, facts, weighing);
  return unable ?? costObstacle(judged, facts, weighing);
}

/** What is known to be too much for it; what is not known is tried. */
function inability(provider: PolicyProvider, facts: DecidingFacts, { features, askedTokens }: Weighing): ReasonCode | null {
  if (features.tools && facts.tools === false) return 'tools';
  if (features.images && facts.vision === false) return 'images';
  if (features.schema && facts.structuredOutput === false) return 'schema';
  if (features.reasoning && facts.reasoning === false) return 'reasoning';
  // Texts to be made vectors are read one by one, and what only is counted may be too long.
  if (!answersWithText(features)) return null;
  const { contextTokens, maxOutputTokens } = facts;
  if (contextTokens !== null && neededContext(provider, features.inputTokens, askedTokens) > contextTokens) return 'context';
  return askedTokens !== null && maxOutputTokens !== null && askedTokens > maxOutputTokens ? 'output' : null;
}

/** Gemini counts what it reads and what it writes apart; Ollama shifts its window while it writes. */
const readsApart: readonly string[] = ['gemini', 'ollama'];

/** Tokens that a model must have room for. */
export function neededContext(provider: PolicyProvider, inputTokens: number, outputTokens: number | null): number {
  if (outputTokens === null || readsApart.some((one) => provider.dialects.includes(one))) return inputTokens;
  return inputTokens + outputTokens;
}

function costObstacle(judged: Judged, facts: DecidingFacts, weighing: Weighing): ReasonCode | null {
  const { maxCostUsd, unknownPrice } = weighing.outcome.limits;
  if (maxCostUsd === undefined) return null;
  const cost = estimateCost(weighing.features, weighing.askedTokens, facts, isHere(judged, weighing));
  if (cost === null) return unknownPrice === 'refuse' ? 'price-unknown' : null;
  return cost > maxCostUsd ? 'cost' : null;
}

/** What it turned out not to offer comes last: it may offer it by now, and nothing else may be left. */
function dialectsFor(provider: PolicyProvider, features: DecisionFeatures, snapshot: DecisionSnapshot): readonly string[] {
  const able = ableDialects(provider, features.dialects);
  const missing = snapshot.missingDialects(provider.id);
  if (missing.length === 0) return able;
  return [...able.filter((one) => !missing.includes(one)), ...able.filter((one) => missing.includes(one))];
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
