/** Finds what is wrong with a condition beyond its form: patterns that are none, numbers that no request can have. */
import type { Condition, NumberTest, OptionalTextTest, TimeTest } from '../../contract/policy/condition.ts';
import type { PolicyProblem } from './check-policy.ts';
import { patternProblem } from '../policy/pattern.ts';
import { compileTime, minuteOf } from '../policy/wall-time.ts';

/** @param path of the condition: `policy.rules.0.when` */
export function* conditionProblems(condition: Condition, path: string): Generator<PolicyProblem> {
  yield* timeProblems(timesIn(condition), path);
  yield* partProblems(condition, path);
}

function* partProblems(condition: Condition, path: string): Generator<PolicyProblem> {
  for (const part of ['model', 'client', 'dialect', 'task'] as const) yield* textProblems(condition[part], `${path}.${part}`);
  for (const part of ['header', 'metadata'] as const) {
    for (const [name, test] of Object.entries(condition[part] ?? {})) yield* textProblems(test, `${path}.${part}.${name}`);
  }
  for (const part of ['inputTokens', 'maxOutputTokens'] as const) yield* numberProblems(condition[part], `${path}.${part}`);
  for (const [place, inner] of (condition.all ?? []).entries()) yield* partProblems(inner, `${path}.all.${place}`);
  for (const [place, inner] of (condition.any ?? []).entries()) yield* conditionProblems(inner, `${path}.any.${place}`);
  if (condition.not) yield* conditionProblems(condition.not, `${path}.not`);
}

function* textProblems(test: OptionalTextTest | undefined, path: string): Generator<PolicyProblem> {
  if (typeof test !== 'object' || Array.isArray(test)) return;
  const { matches } = test as { readonly matches: string };
  const problem = patternProblem(matches);
  if (problem === null) return;
  const why = unbounded.test(matches) ? ' (looking around and referring back are left out: their time has no bound)' : '';
  const message = `is not a regular expression that can be used here: ${problem}${why}`;
  yield { path: `${path}.matches`, message, severity: 'error' };
}

/** `(?=a)`, `(?<!a)`, `\1`. */
const unbounded = /\(\?<?[=!]|\\[1-9]/;

/** Of a condition, and of those that must hold with it. */
function timesIn({ time, all = [] }: Condition): readonly TimeTest[] {
  return [...(time === undefined ? [] : [time]), ...all.flatMap(timesIn)];
}

/** Spans that have a moment in common have one at which one of them, or a day, begins. */
function* timeProblems(times: readonly TimeTest[], path: string): Generator<PolicyProblem> {
  if (times.length < 2) return;
  const tests = times.map(compileTime);
  const starts = [0, ...times.map(({ from }) => minuteOf(from))];
  for (let day = 0; day < 7; day += 1) {
    for (const minute of starts) {
      const clock = { atMs: (day * 1_440 + minute) * 60_000, utcOffsetMinutes: 0 };
      if (tests.every((holds) => holds(clock))) return;
    }
  }
  yield { path, message: 'can never hold: its times have no moment in common', severity: 'warning' };
}

/** Tokens are whole numbers: between 5 and 6 there is none. */
function* numberProblems(test: NumberTest | undefined, path: string): Generator<PolicyProblem> {
  if (typeof test !== 'object') return;
  const { above = -1, atLeast = 0, below = Number.POSITIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = test;
  const least = Math.max(Math.floor(above) + 1, Math.ceil(atLeast));
  if (least < below && least <= atMost) return;
  yield { path, message: 'can never hold: no number is within these bounds', severity: 'warning' };
}
