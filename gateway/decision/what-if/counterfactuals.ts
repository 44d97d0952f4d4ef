/**
 * What would have to be different for another target to be asked first. Found by trying single changes, and a few of them
 * together; each was decided again by the engine itself before it is told.
 */
import type { Counterfactual } from '../../contract/decision.ts';
import { type Change, ruleChange, ruleMove } from './changes.ts';
import { changesFor } from './candidate-changes.ts';
import type { CompiledPolicy, CompiledRule } from '../policy/compiled-policy.ts';
import { decideOn } from '../decide.ts';
import { type Evaluation, evaluate } from '../evaluate.ts';
import type { Question } from '../judge-target.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot } from '../question.ts';
import { nameOf } from '../words/reason-words.ts';
import { satisfy } from './request-changes.ts';

/** So many are told; more nobody reads. */
export const toldAtMost = 12;
/** Decisions for all of them together: about 10 ms. */
const triesAtMost = 240;
const triesForOne = 40;
/** Changes together, at most. */
const stepsAtMost = 3;

/** With the question as it would be, so that it can be asked again. */
export interface FoundCounterfactual extends Counterfactual {
  readonly question: Question;
}

/**
 * One for each other candidate, and for each rule that would lead elsewhere, as far as there is one and they are not too many.
 * @param seed of the request (`seedOf`)
 */
export function findCounterfactuals(
  features: DecisionFeatures,
  policy: CompiledPolicy,
  snapshot: DecisionSnapshot,
  clock: DecisionClock,
  seed: number,
): readonly Counterfactual[] {
  return searchCounterfactuals({ features, policy, snapshot, clock, seed }).map(({ target, change, about }) => ({
    target,
    change,
    about,
  }));
}

export function searchCounterfactuals(question: Question): readonly FoundCounterfactual[] {
  const search = new Search(question);
  const evaluation = evaluate(question, null);
  for (const judged of evaluation.judged) if (judged !== evaluation.ordered[0]) search.forCandidate(nameOf(judged), evaluation);
  for (const rule of question.policy.rules) search.forRule(rule, evaluation);
  return search.found;
}

class Search {
  readonly found: FoundCounterfactual[] = [];
  readonly #question: Question;
  readonly #first: string | null;
  #tries = triesAtMost;

  constructor(question: Question) {
    this.#question = question;
    this.#first = firstOf(question);
  }

  /** Fewer changes before more, and of as many the likelier first. */
  forCandidate(name: string, evaluation: Evaluation): void {
    let tries = triesForOne;
    let level: Trial[] = [{ changes: [], question: this.#question, evaluation }];
    for (let steps = 1; steps <= stepsAtMost; steps += 1) {
      const next: Trial[] = [];
      for (const trial of level) {
        const judged = trial.evaluation.judged.find((one) => nameOf(one) === name);
        for (const change of judged ? changesFor(judged, trial.evaluation) : []) {
          if (this.#isFull() || tries <= 0) return;
          tries -= 1;
          const changed = this.#try(trial, change);
          if (firstIn(changed.evaluation) === name && this.#take(changed)) return;
          next.push(changed);
        }
      }
      level = next;
    }
  }

  forRule(rule: CompiledRule, { weighing }: Evaluation): void {
    const { destination } = weighing.outcome;
    const leads = rule.route !== null;
    if (rule === destination) this.#tryAlone(ruleChange(`the rule "${rule.name}" was switched off`, rule.name, switchedOff));
    else if (!leads) return;
    else if (!rule.rule.enabled) this.#tryAlone(ruleChange(`the rule "${rule.name}" was switched on`, rule.name, switchedOn));
    else if (rule.condition === null || rule.condition.holds(weighing.features, weighing.clock)) {
      if (destination !== null) this.#tryAlone(ruleMove(rule.name, destination.name));
    } else this.#tryToHold(rule);
  }

  #tryToHold({ condition }: CompiledRule): void {
    const { features, clock } = this.#question;
    const altered = condition === null ? null : satisfy(condition, { features, clock, words: [] });
    if (altered === null) return;
    this.#tryAlone({
      about: 'request',
      words: altered.words.join(' and '),
      apply: (question) => ({ ...question, features: altered.features, clock: altered.clock }),
    });
  }

  #tryAlone(change: Change): void {
    if (this.#isFull()) return;
    const evaluation = evaluate(this.#question, null);
    this.#take(this.#try({ changes: [], question: this.#question, evaluation }, change));
  }

  #try({ changes, question }: Trial, change: Change): Trial {
    this.#tries -= 1;
    const changed = change.apply(question);
    return { changes: [...changes, change], question: changed, evaluation: evaluate(changed, null) };
  }

  /** Keeps it where it is one: decided again, another target comes first. @returns whether it was kept */
  #take({ changes, question }: Trial): boolean {
    const target = firstOf(question);
    if (target === null || target === this.#first) return false;
    const change = `It would be asked first if ${changes.map(({ words }) => words).join(', and ')}.`;
    if (this.found.some((one) => one.target === target && one.change === change)) return false;
    this.found.push({ target, change, about: aboutOf(changes), question });
    return true;
  }

  #isFull(): boolean {
    return this.#tries <= 0 || this.found.length >= toldAtMost;
  }
}

/** Some changes of a question, and what they come to. */
interface Trial {
  readonly changes: readonly Change[];
  readonly question: Question;
  readonly evaluation: Evaluation;
}

function firstOf(question: Question): string | null {
  const [first] = decideOn(question).targets;
  return first ? nameOf(first) : null;
}

function firstIn({ ordered: [first] }: Evaluation): string | null {
  return first ? nameOf(first) : null;
}

/** Of several: what takes most to change. */
function aboutOf(changes: readonly Change[]): Counterfactual['about'] {
  const abouts = changes.map(({ about }) => about);
  return (['policy', 'state', 'request'] as const).find((about) => abouts.includes(about)) ?? 'request';
}

const switchedOff = <R extends { readonly enabled: boolean }>(rule: R): R => ({ ...rule, enabled: false });
const switchedOn = <R extends { readonly enabled: boolean }>(rule: R): R => ({ ...rule, enabled: true });
