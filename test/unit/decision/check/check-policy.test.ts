/** What is wrong with a policy that its schema lets through: where it is, what it is, and whether it may come into force. */
import { describe, expect, test } from 'vitest';
import { type CheckedPolicy, policyProblems } from '../../../../gateway/decision/check/check-policy.ts';
import { documentOf, type PolicyParts, provider, type RouteDocument, type RuleDocument } from '../../../support/ask-engine.ts';

const providers = [provider('lab'), provider('home', { local: true }), provider('off', { enabled: false })];

function problemsOf(parts: Partial<PolicyParts>, more: Partial<CheckedPolicy> = {}) {
  return policyProblems({ ...documentOf({ providers, ...parts }), ...more });
}
const ofRule = (rule: Omit<RuleDocument, 'name'>) => problemsOf({ rules: [{ name: 'r', ...rule }] });
const ofAlias = (route: RouteDocument) => problemsOf({ aliases: { fast: route, other: { targets: ['lab/m'] } } });

test('a sound policy has no problem', () => {
  expect(
    problemsOf({
      aliases: { fast: { targets: ['lab/m', 'llama'] } },
      rules: [
        { name: 'a', when: { task: { matches: '^co(de|mment)$' } }, use: ['fast', 'home/m'], pin: 'local' },
        { name: 'b', use: 'fast' },
        { name: 'c', limits: { attempts: 1 } },
      ],
    }),
  ).toEqual([]);
});

describe('an error', () => {
  const unbounded = ' (looking around and referring back are left out: their time has no bound)';

  test.each([
    ['(?=a)', `invalid or unsupported Perl syntax: \`(?=\`${unbounded}`],
    ['(a', 'missing closing ): `(a`'],
    ['\\1', `invalid escape sequence: \`\\1\`${unbounded}`],
  ])('is a pattern that the engine does not take, at its place, with its reason: %s', (matches, reason) => {
    expect(ofRule({ when: { any: [{ stream: true }, { not: { header: { 'x-a': { matches } } } }] }, deny: 'no' })).toEqual([
      {
        path: 'policy.rules.0.when.any.1.not.header.x-a.matches',
        message: `is not a regular expression that can be used here: ${reason}`,
        severity: 'error',
      },
    ]);
  });

  const unknown = {
    message:
      'names the provider "gone", which is not there; there are lab, home and off (a model whose own name has a slash is written provider/gone/m)',
    severity: 'error',
  };

  test.each([
    ['policy.rules.0.use', { use: 'gone/m' }],
    ['policy.rules.0.use.1', { use: ['lab/m', 'gone/m'] }],
    ['policy.rules.0.use.targets.0', { use: { targets: ['gone/m'] } }],
    ['policy.rules.0.fallbacks.timeout.0', { fallbacks: { timeout: ['gone/m'] } }],
    ['policy.rules.0.shadow.target', { shadow: { target: 'gone/m', share: 1 } }],
  ])('is a provider that is not there, at %s', (path, rule) => {
    expect(ofRule(rule)).toEqual([{ path, ...unknown }]);
  });

  test('is not a name with a slash that a provider writes or lists', () => {
    const parts = { rules: [{ name: 'r', use: 'gone/m' }] };
    expect(problemsOf(parts, { providers: [{ ...provider('lab'), models: ['gone/m'] }] })).toEqual([]);
    expect(problemsOf(parts, { isListed: (model) => model === 'gone/m' })).toEqual([]);
  });
});

describe('a warning', () => {
  test.each([
    ['aliases.fast.targets.0', ofAlias({ targets: ['gone/m'] }), 'names the provider "gone", which is not there'],
    ['aliases.fast.targets.0', ofAlias({ targets: ['other'] }), 'is an alias too, and an alias leads to models only'],
    ['aliases.fast.targets', ofAlias({ strategy: 'weighted', targets: [{ model: 'lab/m', weight: 0 }] }), 'every weight is 0'],
    ['aliases.fast.targets.1', ofAlias({ targets: ['lab/m', 'lab/m'] }), 'names lab/m a second time'],
    ['policy.rules.0.use', ofRule({ use: 'off/m' }), 'the provider off is switched off'],
    ['policy.rules.0.use', ofRule({ use: ['lab/m'], pin: 'local' }), 'none of these targets runs on this machine'],
    ['policy.rules.0.when.inputTokens', ofRule({ when: { inputTokens: { above: 5, below: 6 } }, deny: 'no' }), 'can never hold'],
    [
      'policy.rules.0.fallbacks.overload.0.weight',
      ofRule({ fallbacks: { overload: [{ model: 'lab/m', weight: 2 }] } }),
      'says nothing here',
    ],
  ])('at %s', (path, problems, words) => {
    expect(problems).toEqual([{ path, message: expect.stringContaining(words), severity: 'warning' }]);
  });

  test('is a rule that cannot decide, below one that always does; what else it says still counts', () => {
    const problems = problemsOf({
      rules: [
        { name: 'off', enabled: false, use: 'lab/m' },
        { name: 'all', use: 'lab/m' },
        { name: 'late', when: { task: 'code' }, use: 'home/m' },
        { name: 'limits', limits: { attempts: 1 } },
        { name: 'no', deny: 'no' },
      ],
    });
    expect(problems.map(({ path, message }) => [path, message])).toEqual([
      ['policy.rules.2.use', 'never decides: the rule "all" above it holds for every request; move this one above it'],
      ['policy.rules.4.deny', 'never decides: the rule "all" above it holds for every request; move this one above it'],
    ]);
  });

  test('is a name that is neither an alias nor listed, where the lists are known', () => {
    const parts = { rules: [{ name: 'r', use: 'lama' }] };
    expect(problemsOf(parts)).toEqual([]);
    expect(problemsOf(parts, { isListed: () => false })).toEqual([
      {
        path: 'policy.rules.0.use',
        message: '"lama" is neither an alias nor a model that a provider lists',
        severity: 'warning',
      },
    ]);
  });
});
