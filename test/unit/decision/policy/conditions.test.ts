/** Conditions: what each test holds for, where the edges are, and that no pattern can make the gateway slow. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Condition, conditionSchema } from '../../../../gateway/contract/policy/condition.ts';
import { compileCondition } from '../../../../gateway/decision/policy/compile-condition.ts';
import { looksAtFor } from '../../../../gateway/decision/policy/looks-at.ts';
import type { DecisionFeatures } from '../../../../gateway/decision/question.ts';
import { compileWildcard } from '../../../../gateway/decision/policy/wildcard.ts';
import { noon, plainFeatures, policyOf, provider, type RuleDocument, snapshotOf } from '../../../support/ask-engine.ts';

function holds(condition: unknown, features: Partial<DecisionFeatures> = {}, clock = noon): boolean {
  const parsed: Condition = conditionSchema.parse(condition);
  return compileCondition(parsed).holds({ ...plainFeatures, ...features }, clock);
}

describe('a text', () => {
  test.each([
    ['gpt-5', 'gpt-5', true],
    ['gpt-5', 'gpt-5-mini', false],
    ['gpt-*', 'gpt-', true],
    ['*-mini', 'gpt-5-mini', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['*', '', true],
    ['**', 'x', true],
    [['x', 'gpt-*'], 'gpt-5', true],
    [{ matches: '^gpt-[0-9]$' }, 'gpt-5', true],
    [{ matches: 'pt' }, 'gpt-5', true],
    [{ matches: '^pt' }, 'gpt-5', false],
  ])('%j: %s is %s', (model, requestedModel, expected) => {
    expect(holds({ model }, { requestedModel })).toBe(expected);
  });

  test('with stars holds as the pattern in which they stand for anything does', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }), (wildcard, text) => {
        const pattern = new RegExp(`^${wildcard.map((one) => (one === '*' ? '.*' : one)).join('')}$`);
        return compileWildcard(wildcard.join(''))(text.join('')) === pattern.test(text.join(''));
      }),
      { numRuns: 5_000 },
    );
  });

  test('matches no pattern that is none, and nothing is thrown: a draft may hold one', () => {
    expect(holds({ client: { matches: '(?=a)' } }, { client: 'a' })).toBe(false);
  });

  test('is tested by the worst of patterns in time that grows with the text alone', () => {
    const condition = compileCondition({ client: { matches: '^(a+)+$' } });
    const client = `${'a'.repeat(20_000)}!`;
    const startedAtMs = performance.now();
    expect(condition.holds({ ...plainFeatures, client }, noon)).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('a tier', () => {
  test.each([
    ['low', 'low', true],
    ['low', 'standard', false],
    ['low', null, false],
    ['none', null, true],
    ['none', 'low', false],
    [['premium', 'none'], null, true],
    [['premium', 'none'], 'premium', true],
  ] as const)('%j: a key of the tier %s is %s', (wanted, tier, expected) => {
    expect(holds({ tier: wanted }, { tier })).toBe(expected);
  });
});

describe('a number', () => {
  test.each([
    [{ above: 10 }, 10, false],
    [{ above: 10 }, 11, true],
    [{ atLeast: 10 }, 10, true],
    [{ below: 10 }, 10, false],
    [{ atMost: 10, above: 5 }, 10, true],
    [{ above: 0 }, 0, false],
    [7, 7, true],
  ])('%j: %i is %s', (inputTokens, number, expected) => {
    expect(holds({ inputTokens }, { inputTokens: number })).toBe(expected);
  });

  test('that the request does not say is within no bounds', () => {
    expect(holds({ maxOutputTokens: { atLeast: 0 } })).toBe(false);
    expect(holds({ not: { maxOutputTokens: { atLeast: 0 } } })).toBe(true);
  });
});

describe('a header or metadata', () => {
  test('is there or not, and a name that every object has is not there', () => {
    const metadata = { team: 'blue' };
    expect(holds({ metadata: { team: true } }, { metadata })).toBe(true);
    expect(holds({ metadata: { team: false } }, { metadata })).toBe(false);
    expect(holds({ metadata: { team: 'b*' } }, { metadata })).toBe(true);
    expect(holds({ metadata: { constructor: true } }, { metadata })).toBe(false);
    expect(holds({ metadata: { toString: false } }, { metadata })).toBe(true);
  });
});

describe('a time', () => {
  const at = (text: string, utcOffsetMinutes = 0) => ({ atMs: Date.parse(text), utcOffsetMinutes });

  test.each([
    ['within the day', { from: '09:00', to: '17:00' }, '2026-01-05T09:00:00Z', 0, true],
    ['its end is not within', { from: '09:00', to: '17:00' }, '2026-01-05T17:00:00Z', 0, false],
    ['past midnight, late', { from: '22:00', to: '06:00' }, '2026-01-05T23:59:59Z', 0, true],
    ['past midnight, early', { from: '22:00', to: '06:00' }, '2026-01-05T05:59:59Z', 0, true],
    ['past midnight, at noon', { from: '22:00', to: '06:00' }, '2026-01-05T12:00:00Z', 0, false],
    ['until midnight', { from: '22:00' }, '2026-01-05T23:00:00Z', 0, true],
    ['by the clock on the wall', { from: '09:00', to: '17:00' }, '2026-01-05T08:30:00Z', 60, true],
    ['its day by the clock on the wall', { days: ['tue'] }, '2026-01-05T23:30:00Z', 60, true],
    ['a Monday', { days: ['mon'] }, '2026-01-05T12:00:00Z', 0, true],
    ['the night that began on Friday', { from: '22:00', to: '06:00', days: ['fri'] }, '2026-01-10T02:00:00Z', 0, true],
    ['the night before Friday', { from: '22:00', to: '06:00', days: ['fri'] }, '2026-01-09T02:00:00Z', 0, false],
  ])('%s', (_what, time, moment, offset, expected) => {
    expect(holds({ time }, {}, at(moment, offset) as typeof noon)).toBe(expected);
  });
});

describe('all, any and not', () => {
  test('hold together with the parts beside them', () => {
    const condition = { task: 'code', any: [{ tools: true }, { images: true }], not: { stream: true } };
    expect(holds(condition, { task: 'code', images: true })).toBe(true);
    expect(holds(condition, { task: 'code' })).toBe(false);
    expect(holds(condition, { task: 'chat', images: true })).toBe(false);
    expect(holds(condition, { task: 'code', images: true, stream: true })).toBe(false);
  });
});

describe('what a policy looks at', () => {
  const providers = [provider('a'), provider('b')];
  const askedOf = (model: string, rules: readonly RuleDocument[] = [], models: Record<string, string[]> = {}) => {
    const policy = policyOf({ providers, rules, aliases: { two: { targets: ['a/m', 'b/m'] }, one: { targets: ['a/m'] } } });
    const looks = looksAtFor(policy, model, snapshotOf({ models }));
    return Object.entries(looks).flatMap(([name, value]) => (value === true ? name : Array.isArray(value) ? value : []));
  };
  const abilities = ['inputTokens', 'maxOutputTokens', 'tools', 'images', 'schema', 'reasoning'];

  test('is nothing for one target without rules', () => {
    expect(askedOf('a/m')).toEqual([]);
    expect(askedOf('one')).toEqual([]);
    expect(askedOf('m', [], { a: ['m'] })).toEqual([]);
  });

  test('is what targets differ by where there are several', () => {
    expect(askedOf('two')).toEqual(abilities);
    expect(askedOf('m', [], { a: ['m'], b: ['m'] })).toEqual(abilities);
  });

  test('is what a rule tests, and nothing of a rule for other models', () => {
    const rules: RuleDocument[] = [
      {
        name: 'r',
        when: { model: 'gpt-*', header: { 'x-team': true }, any: [{ task: 'code' }, { metadata: { a: 'b' } }] },
        use: 'a/m',
      },
    ];
    expect(askedOf('gpt-5', rules)).toEqual(['x-team', 'a', 'task']);
    expect(askedOf('a/m', rules)).toEqual([]);
  });

  test('is the session where a route keeps or splits by it, and the lengths where a cost is limited', () => {
    expect(askedOf('a/m', [{ name: 'r', use: { targets: ['a/m'], sticky: 'session' } }])).toEqual(['session']);
    expect(askedOf('a/m', [{ name: 'r', limits: { maxCostUsd: 1 } }])).toEqual(['inputTokens', 'maxOutputTokens']);
  });
});
