/** One evaluation of a question: what the live decision and its explanation are both made of. */
import type { CompiledRoute } from './compiled-policy.ts';
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
  const { features, policy, snapshot, clock } = question;
  const weighing = weigh(question, evaluateRules(policy, features, clock, notes));
  const { destination } = weighing.outcome;
  if (destination !== null && destination.deny !== null) return { weighing, as: 'rule', route: null, judged: [], ordered: [] };
  if (destination !== null && destination.route !== null) {
    return evaluateRoute(weighing, 'rule', destination.route);
  }
  const { as, route, targets } = resolveRequested(features.requestedModel, policy, snapshot);
  const judged = judgeAll(targets, weighing);
  return { weighing, as, route, judged, ordered: orderTargets(route, usableOf(judged), weighing) };
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
