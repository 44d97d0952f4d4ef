/** The decision: which targets may answer a request, in which order, and why. A pure function of what it is handed. */
import type { FallbackKind } from '../contract/policy/rule.ts';
import type { CompiledPolicy } from './policy/compiled-policy.ts';
import type { Decision, RouteUse, Target } from './decision.ts';
import { draw } from './draw.ts';
import { type Evaluation, evaluate, usableTargets } from './evaluate.ts';
import { factsOf, type Judged, type Question } from './judge-target.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot } from './question.ts';
import { refusalOf } from './refusal.ts';

/**
 * Decides where a request goes: by the first rule that holds and says so, else by the name it asks for.
 * @param seed of the request (`seedOf`): what is left to chance is drawn from it
 */
export function decide(
  features: DecisionFeatures,
  policy: CompiledPolicy,
  snapshot: DecisionSnapshot,
  clock: DecisionClock,
  seed: number,
): Decision {
  return decisionOf(evaluate({ features, policy, snapshot, clock, seed }, null));
}

export function decideOn({ features, policy, snapshot, clock, seed }: Question): Decision {
  return decide(features, policy, snapshot, clock, seed);
}

/** What an evaluation comes to for the one who asks the targets. */
export function decisionOf(evaluation: Evaluation): Decision {
  const { weighing, as, judged, ordered } = evaluation;
  const { outcome } = weighing;
  const isRefused = ordered.length === 0;
  return {
    targets: targetsIn(ordered),
    fallbacks: outcome.fallbacks === null || isRefused ? noFallbacks : fallbacksOf(evaluation),
    candidates: judged,
    resolvedAs: as,
    rule: outcome.destination === null ? null : outcome.destination.name,
    pinnedBy: outcome.pinnedBy,
    limits: outcome.limits,
    settings: outcome.settings,
    shadow: outcome.shadowRule === null || isRefused ? null : shadowOf(evaluation),
    route: evaluation.route === null ? null : routeUseOf(evaluation.route, weighing.features),
    refusal: isRefused ? refusalOf(evaluation) : null,
  };
}

const noFallbacks: Decision['fallbacks'] = Object.freeze({});

function targetsIn(judged: readonly Judged[]): readonly Target[] {
  const [only] = judged;
  // Nearly every request has one.
  if (judged.length === 1 && only?.target) return [only.target];
  const targets: Target[] = [];
  for (const { target } of judged) if (target !== null) targets.push(target);
  return targets;
}

function routeUseOf(
  { id, countsTurns, keepsSessions }: NonNullable<Evaluation['route']>,
  { session }: DecisionFeatures,
): RouteUse {
  return { id, countsTurns, session: keepsSessions ? session : null };
}

function fallbacksOf({ weighing, ordered }: Evaluation): Decision['fallbacks'] {
  const found: Partial<Record<FallbackKind, readonly Target[]>> = {};
  for (const [kind, route] of weighing.outcome.fallbacks ?? []) {
    const usable = usableTargets(route, weighing);
    const targets = targetsIn(kind === 'contextTooLong' ? largerThan(ordered[0], usable, weighing) : usable);
    if (targets.length > 0) found[kind] = targets;
  }
  return found;
}

/** Who is not known to read more than the first would fail as the first did. Sizes that nobody knows are tried. */
function largerThan(first: Judged | undefined, usable: readonly Judged[], question: Question): readonly Judged[] {
  const size = first ? factsOf(first, question).contextTokens : null;
  return usable.filter((judged) => {
    if (first && judged.provider === first.provider && judged.model === first.model) return false;
    const { contextTokens } = factsOf(judged, question);
    return size === null || contextTokens === null || contextTokens > size;
  });
}

function shadowOf({ weighing, ordered }: Evaluation): Decision['shadow'] {
  const rule = weighing.outcome.shadowRule;
  if (!rule?.shadow) return null;
  const { shadow, route, drawKey } = rule.shadow;
  if (draw(weighing.seed, drawKey) >= shadow.share) return null;
  const asTarget = usableTargets(route, weighing)[0]?.target;
  const first = ordered[0];
  if (!asTarget || (first && asTarget.provider === first.provider && asTarget.model === first.model)) return null;
  return { ...shadow, rule: rule.name, asTarget };
}
