/** Explains a decision: the same evaluation that answers a request, with words for everything that was weighed. */
import type { CandidateTrace, DecisionTrace, RequestFeatures, RuleTrace } from '../contract/decision.ts';
import { findFailure } from './policy/compile-condition.ts';
import type { CompiledPolicy } from './policy/compiled-policy.ts';
import { describeFailure, describeNode } from './words/condition-words.ts';
import { decisionOf } from './decide.ts';
import type { Decision } from './decision.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { RuleNote } from './evaluate-rules.ts';
import { orderedState } from './kept/pack-target.ts';
import { isHere, type Judged, type Question, stateOf } from './judge-target.ts';
import { costOf, durationOf } from './order-targets.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot } from './question.ts';
import { askedBecause, nameOf, refusedBecause } from './words/reason-words.ts';

/**
 * Decides as `decide` does, and says why. `counterfactuals` are left to `findCounterfactuals`: they cost many decisions. Budgets and what
 * became of the targets are no part of a decision, and left to who knows of them.
 * @param seed of the request (`seedOf`)
 */
export function explain(
  features: DecisionFeatures,
  policy: CompiledPolicy,
  snapshot: DecisionSnapshot,
  clock: DecisionClock,
  seed: number,
): DecisionTrace {
  const notes: RuleNote[] = [];
  const question = { features, policy, snapshot, clock, seed };
  const evaluation = evaluate(question, notes);
  return traceOf(question, evaluation, decisionOf(evaluation), notes);
}

function traceOf(question: Question, evaluation: Evaluation, decision: Decision, notes: readonly RuleNote[]): DecisionTrace {
  const { features, policy, snapshot, clock } = question;
  const places = new Map(evaluation.ordered.map((judged, place) => [judged, place + 1]));
  return {
    requestedModel: features.requestedModel,
    resolvedAs: decision.resolvedAs,
    rule: decision.rule,
    pinnedBy: decision.pinnedBy,
    strategy: evaluation.route?.strategy ?? null,
    features: lookedAt(features, policy),
    rules: notes.map((note) => traceRule(note, question)),
    candidates: evaluation.judged.map((judged) => traceCandidate(judged, places.get(judged) ?? null, evaluation)),
    targets: evaluation.ordered.map(nameOf),
    settings: decision.settings ?? { defaults: {}, overrides: {}, caps: {} },
    refusal: decision.refusal?.message ?? null,
    counterfactuals: [],
    budgets: null,
    leftOut: [],
    catalogVersion: snapshot.catalogVersion(),
    configVersion: policy.version,
    atMs: clock.atMs,
  };
}

/** In one order, whatever order they were found out in. Of headers and metadata only what a rule tests. */
function lookedAt(features: DecisionFeatures, { looksAt }: CompiledPolicy): RequestFeatures {
  return {
    requestedModel: features.requestedModel,
    dialect: features.dialect,
    client: features.client,
    task: features.task,
    taskSaid: features.taskSaid,
    sensitivity: features.sensitivity,
    tier: features.tier,
    allowedModels: features.allowedModels,
    inputTokens: features.inputTokens,
    maxOutputTokens: features.maxOutputTokens,
    stream: features.stream,
    tools: features.tools,
    images: features.images,
    schema: features.schema,
    reasoning: features.reasoning,
    session: features.session,
    headers: pickTexts(features.headers, looksAt.headers),
    metadata: pickTexts(features.metadata, looksAt.metadata),
    unread: [...features.unread],
  };
}

function pickTexts(texts: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(texts, name) ? [[name, texts[name] ?? '']] : [])));
}

function traceCandidate(judged: Judged, place: number | null, evaluation: Evaluation): CandidateTrace {
  const { weighing } = evaluation;
  return {
    target: nameOf(judged),
    chosen: place === 1,
    place,
    code: judged.code,
    reason: place === null ? refusedBecause(judged, weighing) : askedBecause(judged, evaluation),
    state: orderedState(stateOf(judged, weighing)),
    ...estimatesOf(judged, weighing),
    local: isHere(judged, weighing),
  };
}

/** Of a size that was not read nothing is estimated. */
function estimatesOf(
  judged: Judged,
  weighing: Evaluation['weighing'],
): Pick<CandidateTrace, 'estimatedCostUsd' | 'estimatedDurationMs'> {
  const isSized = !weighing.features.unread.includes('inputTokens');
  return {
    estimatedCostUsd: isSized || judged.named.local ? costOf(judged, weighing) : null,
    estimatedDurationMs: isSized ? durationOf(judged, weighing) : null,
  };
}

function traceRule({ rule, held, effects }: RuleNote, question: Question): RuleTrace {
  return { name: rule.name, matched: held, effects: [...effects], reason: ruleReason({ rule, held, effects }, question) };
}

function ruleReason({ rule, held, effects }: RuleNote, { features, clock }: Question): string {
  if (!rule.rule.enabled) return 'it is switched off';
  const { condition } = rule;
  if (!held) {
    const failed = condition === null ? null : findFailure(condition, features, clock);
    return failed === null ? 'it does not hold' : describeFailure(failed, features, clock);
  }
  const why = condition === null ? 'it always holds' : describeNode(condition);
  return effects.length === 0 ? `${why}; but rules above have said all that it says` : why;
}
