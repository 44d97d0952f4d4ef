/** One evaluation of a question: what the live decision and its explanation are both made of. */
import type { CompiledRoute } from './policy/compiled-policy.ts';
import type { ResolvedAs } from './decision.ts';
import { evaluateRules, type RuleNote } from './evaluate-rules.ts';
import { type Judged, judgeAll, type Question, weigh, type Weighing } from './judge-target.ts';
import { orderTargets } from './order-targets.ts';
import { resolveRequested, targetsOf } from './resolve-targets.ts';

export interface Evaluation {
  readonly weighing: Weighing;
  readonly as: ResolvedAs;
  /** Null where the name itself leads to its targets, or a rule denies. */
  readonly route: CompiledRoute | null;
  /** Everybody who could be asked, in the order of writing. */
  readonly judged: readonly Judged[];
  /** Those who can, in the order to ask them. */
  readonly ordered: readonly Judged[];
}

/** @param notes gets what every rule did, for the trace; null on the way of a request */
export function evaluate(question: Question, notes: RuleNote[] | null): Evaluation {
  const { features, policy, clock } = question;
  const weighing = weigh(question, evaluateRules(policy, features, clock, notes));
  const { destination } = weighing.outcome;
  if (destination !== null && destination.deny !== null) return { weighing, as: 'rule', route: null, judged: [], ordered: [] };
  const evaluation =
    destination !== null && destination.route !== null
      ? evaluateRoute(weighing, 'rule', destination.route)
      : evaluateName(weighing);
  return evaluation.ordered.length > 0 ? evaluation : orLarger(evaluation);
}

function evaluateName(weighing: Weighing): Evaluation {
  const { features, policy, snapshot } = weighing;
  const { as, route, targets } = resolveRequested(features.requestedModel, policy, snapshot);
  const judged = judgeAll(targets, weighing);
  return { weighing, as, route, judged, ordered: orderTargets(route, usableOf(judged), weighing) };
}

/** Where nobody can be asked and the prompt is too long for somebody, those may do it whom a rule names for such a prompt. */
function orLarger(evaluation: Evaluation): Evaluation {
  const { weighing, as, judged } = evaluation;
  const route = weighing.outcome.fallbacks?.get('contextTooLong');
  if (!route || !judged.some(({ code }) => code === 'context')) return evaluation;
  const named = targetsOf(route, weighing.policy, weighing.snapshot);
  const others = named.filter((one) => !judged.some(({ provider, model }) => provider === one.providerId && model === one.model));
  const larger = judgeAll(others, weighing, false);
  return { weighing, as, route, judged: [...judged, ...larger], ordered: orderTargets(route, usableOf(larger), weighing) };
}

function evaluateRoute(weighing: Weighing, as: ResolvedAs, route: CompiledRoute): Evaluation {
  const judged = judgeAll(targetsOf(route, weighing.policy, weighing.snapshot), weighing);
  return { weighing, as, route, judged, ordered: orderTargets(route, usableOf(judged), weighing) };
}

/** Those of a route beside the request's own that can do it, in the order to ask them. */
export function usableTargets(route: CompiledRoute, weighing: Weighing): readonly Judged[] {
  return evaluateRoute(weighing, 'rule', route).ordered;
}

function usableOf(judged: readonly Judged[]): readonly Judged[] {
  return judged.every(isUsable) ? judged : judged.filter(isUsable);
}

const isUsable = ({ target }: Judged): boolean => target !== null;
