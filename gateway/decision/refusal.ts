/** Why nobody is asked: a kind for programs, and one sentence for people. */
import type { ReasonCode } from '../contract/decision.ts';
import type { Refusal } from './decision.ts';
import type { Evaluation } from './evaluate.ts';
import { either } from './words/amounts.ts';
import { allowedWords, nameOf, refusedBecause } from './words/reason-words.ts';
import { deniedModels } from './policy/allowed-models.ts';
import type { DecisionSnapshot } from './question.ts';

export function refusalOf(evaluation: Evaluation): Refusal {
  const { weighing, as, judged } = evaluation;
  const deny = weighing.outcome.destination?.deny ?? null;
  if (deny !== null) return { kind: 'denied', message: deny };
  if (as === 'unknown') {
    const words = `the model "${weighing.features.requestedModel}" is not known; GET /v1/models lists what is`;
    return { kind: 'unknown-model', message: words + unaskedWords(weighing.snapshot) };
  }
  if (judged.some(({ code }) => code === 'unlisted')) return { kind: 'unlisted', message: messageOf(evaluation) };
  return { kind: kindOf(judged.map(({ code }) => code)), message: messageOf(evaluation) };
}

/** What a key may not use says nothing of why the rest cannot be asked. */
function kindOf(all: readonly ReasonCode[]): Refusal['kind'] {
  const codes = all.filter((code) => code !== 'not-allowed');
  if (codes.length === 0 && all.length > 0) return 'not-allowed';
  if (codes.includes('no-key')) return 'no-key';
  const isTooLong = codes.includes('context') && codes.every((code) => code === 'context' || code === 'cost');
  return isTooLong ? 'too-long' : 'no-target';
}

function messageOf(evaluation: Evaluation): string {
  const { weighing, as, judged } = evaluation;
  const name = weighing.features.requestedModel;
  const rule = weighing.outcome.destination?.name;
  if (judged.every(({ code }) => code === 'unlisted')) {
    const who = as === 'rule' ? `the rule "${rule}"` : `the alias "${name}"`;
    return `${who} leads nowhere: no provider lists any of its targets; correct it in the config${unaskedWords(weighing.snapshot)}`;
  }
  if (judged.every(({ code }) => code === 'not-allowed')) return notAllowedWords(evaluation);
  const reasons = judged.map((one) => `${nameOf(one)}: ${refusedBecause(one, weighing)}`);
  const of = as === 'rule' ? ` of the rule "${rule}"` : '';
  return `no target${of} can serve the model "${name}" (${reasons.join('; ')})`;
}

/** Names its key's list: whoever holds the key may know what it is for. */
function notAllowedWords({ weighing, judged }: Evaluation): string {
  const { features } = weighing;
  const names = [...new Set(judged.flatMap(({ provider, model }) => deniedModels(features, provider, model)))];
  const asked = names.length === 1 ? names.join() : `any of ${either(names, 'and')}`;
  return `this key may not use ${asked}; it may use ${allowedWords(features.allowedModels)}`;
}

/** So many are told of; a person mends one after the other. */
const toldProblems = 3;

/** The name may be in a list that could not be had. */
function unaskedWords(snapshot: DecisionSnapshot): string {
  const listProblems = snapshot.listProblems();
  if (listProblems.size === 0) return '';
  const told = [...listProblems].slice(0, toldProblems);
  const words = told.map(([id, problem]) => `the provider ${id} could not be asked: ${problem}`);
  if (listProblems.size > toldProblems) words.push(`and ${listProblems.size - toldProblems} more`);
  return ` (${words.join(' ')})`;
}
