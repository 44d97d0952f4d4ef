/** Holds sentences and problems to their rules while rules are edited and moved faster than the gateway is asked. */
import { describe, expect, test } from 'vitest';
import {
  mistakesOf,
  type PolicyCheck,
  problemsBelow,
  ruleProblems,
  sentenceOf,
  whereOf,
} from '../../../../renderer/stores/policy-check.ts';

const rules = [
  { name: 'a', use: 'x' },
  { name: 'b', use: '' },
];
const check: PolicyCheck = {
  policy: { rules, aliases: {} },
  sentences: ['Everything goes to x.', null],
  problems: [
    { path: 'rules.1.use', message: 'is empty', severity: 'error' },
    { path: 'rules.1.name', message: 'is odd', severity: 'warning' },
    { path: 'aliases.gpt-5.5.targets.0', message: 'is no name', severity: 'error' },
    { path: 'rules.10', message: 'of another rule', severity: 'error' },
  ],
};

describe('a rule', () => {
  test('has its sentence and its problems wherever it was moved to since', () => {
    expect(sentenceOf(check, rules[0], 1)).toBe('Everything goes to x.');
    expect([...ruleProblems(check, rules[1], 0)]).toEqual([['use', 'is empty']]);
  });

  test('that was edited since keeps what was said of it until it is checked again', () => {
    expect(sentenceOf(check, { ...rules[0], use: 'z' }, 0)).toBe('Everything goes to x.');
    expect(sentenceOf(check, { name: 'renamed', use: 'x' }, 0)).toBe('Everything goes to x.');
  });

  test('that nothing is known of has no sentence and no problems', () => {
    expect(sentenceOf(null, rules[0], 0)).toBe(null);
    expect(ruleProblems(null, rules[1], 1).size).toBe(0);
  });
});

test('a warning is told apart from what keeps the draft from being applied', () => {
  expect([...ruleProblems(check, rules[1], 1, 'warning')]).toEqual([['name', 'is odd']]);
  expect(mistakesOf(check)).toHaveLength(3);
});

test('a problem is told with the rule or the alias to look at', () => {
  expect(check.problems.map((problem) => whereOf(problem, check))).toEqual([
    'in the rule “b”',
    'in the rule “b”',
    'in the document',
    'in the rule 11',
  ]);
  const aliased = { ...check, policy: { rules, aliases: { 'gpt-5.5': 'x' } } };
  expect(aliased.problems.map((problem) => whereOf(problem, aliased))[2]).toBe('in the alias “gpt-5.5”');
});

test('an alias with dots in its name has its own problems, and a tenth rule not those of the first', () => {
  expect([...problemsBelow(check, 'aliases.gpt-5.5')]).toEqual([['targets.0', 'is no name']]);
  expect(problemsBelow(check, 'rules.1').get('')).toBe(undefined);
});
