/** Finds what is wrong with a condition beyond its form: patterns that are none, numbers that no request can have. */
import type { Condition, NumberTest, OptionalTextTest } from '../contract/policy/condition.ts';
import type { PolicyProblem } from './check-policy.ts';
import { patternProblem } from './pattern.ts';

/** @param path of the condition: `policy.rules.0.when` */
export function* conditionProblems(condition: Condition, path: string): Generator<PolicyProblem> {
  for (const part of ['model', 'client', 'dialect', 'task'] as const) yield* textProblems(condition[part], `${path}.${part}`);
  for (const part of ['header', 'metadata'] as const) {
    for (const [name, test] of Object.entries(condition[part] ?? {})) yield* textProblems(test, `${path}.${part}.${name}`);
  }
  for (const part of ['inputTokens', 'maxOutputTokens'] as const) yield* numberProblems(condition[part], `${path}.${part}`);
  for (const part of ['all', 'any'] as const) {
    for (const [place, inner] of (condition[part] ?? []).entries()) yield* conditionProblems(inner, `${path}.${part}.${place}`);
  }
  if (condition.not) yield* conditionProblems(condition.not, `${path}.not`);
}

function* textProblems(test: OptionalTextTest | undefined, path: string): Generator<PolicyProblem> {
  if (typeof test !== 'object' || Array.isArray(test)) return;
  const problem = patternProblem((test as { readonly matches: string }).matches);
  if (problem === null) return;
  const message = `is not a regular expression that can be used here: ${problem}`;
  yield { path: `${path}.matches`, message, severity: 'error' };
}

/** Tokens are whole numbers: between 5 and 6 there is none. */
function* numberProblems(test: NumberTest | undefined, path: string): Generator<PolicyProblem> {
  if (typeof test !== 'object') return;
  const { above = -1, atLeast = 0, below = Number.POSITIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = test;
  const least = Math.max(Math.floor(above) + 1, Math.ceil(atLeast));
  if (least < below && least <= atMost) return;
  yield { path, message: 'can never hold: no number is within these bounds', severity: 'warning' };
}
