/** What would have to be different for another target: the smallest such change, which the engine itself has tried. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCounterfactuals, searchCounterfactuals, toldAtMost } from '../../../../gateway/decision/what-if/counterfactuals.ts';
import { decideOn } from '../../../../gateway/decision/decide.ts';
import type { DecisionFeatures } from '../../../../gateway/decision/question.ts';
import { anyClock, anyFeatures, anyPolicy, anySeed, anySnapshot, propertyRuns } from '../../../support/any-policy.ts';
import {
  noon,
  plainFeatures,
  policyOf,
  provider,
  type RouteDocument,
  type RuleDocument,
  snapshotOf,
  type World,
} from '../../../support/ask-engine.ts';

const providers = [provider('a'), provider('b'), provider('off', { enabled: false }), provider('home', { local: true })];

function flipsOf(
  features: Partial<DecisionFeatures>,
  rules: readonly RuleDocument[],
  world: World = {},
  it: RouteDocument = { targets: ['a/m'] },
) {
  const policy = policyOf({ providers, rules, aliases: { it } });
  const asked = { ...plainFeatures, requestedModel: 'it', ...features };
  const found = findCounterfactuals(asked, policy, snapshotOf(world), noon, 7);
  return found.map(({ target, change, about }) => `${target} (${about}): ${change.replace('It would be asked first if ', '')}`);
}
const ofRoute = (it: RouteDocument, world: World = {}, features: Partial<DecisionFeatures> = {}) =>
  flipsOf(features, [], world, it);

describe('of a candidate that was refused', () => {
  const ab: RouteDocument = { targets: ['b/m', 'a/m'] };

  test.each<[string, World, Partial<DecisionFeatures>, string]>([
    ['its ability', { facts: { 'b/m': { tools: false } } }, { tools: true }, 'b/m (request): it had no tools.'],
    [
      'the length of the prompt',
      { facts: { 'b/m': { contextTokens: 8_000 } } },
      { inputTokens: 9_000, maxOutputTokens: 1_000 },
      'b/m (request): its prompt had at most 7,000 tokens.',
    ],
    [
      'the length of the answer',
      { facts: { 'b/m': { maxOutputTokens: 500 } } },
      { maxOutputTokens: 1_000 },
      'b/m (request): it asked for at most 500 tokens of answer.',
    ],
    ['its key', { keyProblems: { b: 'has no usable key' } }, {}, 'b/m (state): the provider b had a usable key.'],
  ])('by %s', (_by, world, features, words) => {
    expect(ofRoute(ab, world, features)).toEqual([words]);
  });

  test('by a provider that is switched off', () => {
    expect(ofRoute({ targets: ['off/m', 'a/m'] })).toEqual(['off/m (policy): the provider off was switched on.']);
  });

  test('by the list of its key', () => {
    const asked = { ...plainFeatures, requestedModel: 'a/m', allowedModels: ['b/*'] };
    const one = policyOf({ providers: [provider('a'), provider('b')] });
    expect(findCounterfactuals(asked, one, snapshotOf(), noon, 1)).toEqual([
      { target: 'a/m', change: 'It would be asked first if its key allowed a/m.', about: 'policy' },
    ]);
  });

  test('by a pin, the request first, then the rule', () => {
    const pin: RuleDocument = { name: 'secrets', when: { sensitivity: 'secret' }, pin: 'local' };
    const route: RouteDocument = { targets: ['a/m', 'home/m'] };
    expect(flipsOf({ sensitivity: 'secret' }, [pin], {}, route)).toEqual(['a/m (request): its sensitivity was "normal".']);
    const { when: _when, ...always } = pin;
    expect(flipsOf({}, [always], {}, route)).toEqual(['a/m (policy): the rule "secrets" did not keep it on this machine.']);
  });

  test('by a limit of the cost', () => {
    const rules: RuleDocument[] = [{ name: 'cheap', use: ['b/m', 'a/m'], limits: { maxCostUsd: 0.01 } }];
    const facts = { 'b/m': { inputPerMillionUsd: 0, outputPerMillionUsd: 20 } };
    expect(flipsOf({ maxOutputTokens: 1_000 }, rules, { facts })[0]).toBe(
      'b/m (request): it asked for at most 500 tokens of answer.',
    );
  });

  test('and that stands behind others, with both changes together', () => {
    const world: World = { facts: { 'b/m': { vision: false } } };
    expect(ofRoute({ targets: ['a/m', 'b/m'] }, world, { images: true })).toEqual([
      'b/m (policy): it had no images, and "b/m" stood first in the alias "it".',
    ]);
  });
});

describe('of a candidate that comes later', () => {
  test.each<[string, RouteDocument, World, string]>([
    ['first', { targets: ['a/m', 'b/m'] }, {}, 'b/m (policy): "b/m" stood first in the alias "it".'],
    [
      'fastest',
      { strategy: 'fastest', targets: ['a/m', 'b/m'] },
      {
        states: {
          'a/m': { samples: 1, firstTokenMs: 100, tokensPerSecond: 100 },
          'b/m': { samples: 1, firstTokenMs: 20_000, tokensPerSecond: 1_000 },
        },
      },
      'b/m (state): its first token came within 9.1 s.',
    ],
    ['round-robin', { strategy: 'round-robin', targets: ['a/m', 'b/m'] }, {}, 'b/m (state): it came one turn later.'],
    [
      'least-busy',
      { strategy: 'least-busy', targets: ['a/m', 'b/m'] },
      { states: { 'b/m': { inFlight: 2 } } },
      'b/m (state): a/m had 3 requests under way.',
    ],
    [
      'loaded',
      { strategy: 'loaded', targets: ['a/m', 'b/m'] },
      { states: { 'a/m': { loaded: true }, 'b/m': { loaded: null } } },
      'b/m (state): a/m was not in memory.',
    ],
    [
      'loaded',
      { strategy: 'loaded', targets: ['a/m', 'b/m'] },
      { states: { 'a/m': { loaded: null }, 'b/m': { loaded: false } } },
      'b/m (state): it was in memory.',
    ],
    [
      'cheapest',
      { strategy: 'cheapest', targets: ['a/m', 'b/m'] },
      {
        facts: {
          'a/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 1 },
          'b/m': { inputPerMillionUsd: 2, outputPerMillionUsd: 2 },
        },
      },
      'b/m (state): a call of it cost less than $0.001.',
    ],
  ])('by the strategy %s', (_strategy, route, world, words) => {
    expect(ofRoute(route, world, { maxOutputTokens: 1_000 })).toEqual([words]);
  });

  test('by its weight', () => {
    const [found = ''] = ofRoute({
      strategy: 'weighted',
      targets: [
        { model: 'a/m', weight: 1_000 },
        { model: 'b/m', weight: 0.001 },
      ],
    });
    expect(found).toMatch(
      /^b\/m \((?:policy|state)\): (?:the weight of "b\/m" was [\d.]+ in the alias "it"|a\/m was failing)\.$/,
    );
  });

  test('because it fails', () => {
    expect(ofRoute({ targets: ['b/m', 'a/m'] }, { states: { 'b/m': { breaker: 'open' } } })).toEqual([
      'b/m (state): b/m was in order again.',
    ]);
  });
});

describe('of a rule', () => {
  test('that does not hold: the request that it would hold for', () => {
    const rules: RuleDocument[] = [
      { name: 'code', when: { task: 'code', inputTokens: { above: 30_000 } }, use: 'b/m' },
      { name: 'night', when: { time: { from: '22:00', to: '06:00' } }, use: 'home/m' },
      { name: 'team', when: { not: { header: { 'x-team': false } } }, use: 'b/team' },
    ];
    expect(flipsOf({}, rules)).toEqual([
      'b/m (request): its task was "code" and its prompt had at least 30,001 tokens.',
      'home/m (request): it came at 22:00 on a Monday.',
      'b/team (request): it had a header x-team "another".',
    ]);
  });

  test('that wants another model, task or format: as the rule writes it, and only what can be said in that format', () => {
    const rules: RuleDocument[] = [
      { name: 'model', when: { model: ['b-*', 'c'] }, use: 'b/m' },
      { name: 'task', when: { task: 'co*' }, use: 'b/task' },
      { name: 'messages', when: { dialect: 'anthropic-messages' }, use: 'b/messages' },
      { name: 'vectors', when: { dialect: 'openai-embeddings' }, use: 'b/vectors' },
    ];
    expect(flipsOf({}, rules)).toEqual([
      'b/m (request): it asked for a model like "b-*".',
      'b/task (request): its task was like "co*".',
      'b/messages (request): it came in the format anthropic-messages.',
    ]);
  });

  test('whose target offers nothing that says the same: no change of the request is told', () => {
    const vectors = policyOf({
      providers: [provider('a'), provider('v', { dialects: ['openai-embeddings'] })],
      aliases: { it: { targets: ['v/m', 'a/m'] } },
    });
    expect(findCounterfactuals({ ...plainFeatures, requestedModel: 'it' }, vectors, snapshotOf(), noon, 7)).toEqual([]);
  });

  test('that is switched off, that comes too late, and that decides', () => {
    const rules: RuleDocument[] = [
      { name: 'off', enabled: false, use: 'b/m' },
      { name: 'all', use: 'home/m' },
      { name: 'late', use: 'b/late' },
    ];
    expect(flipsOf({}, rules)).toEqual([
      'b/m (policy): the rule "off" was switched on.',
      'b/late (policy): the rule "all" was switched off.',
      'b/late (policy): the rule "late" stood above the rule "all".',
    ]);
  });

  test('that denies', () => {
    expect(flipsOf({}, [{ name: 'no', deny: 'no' }])).toEqual(['a/m (policy): the rule "no" was switched off.']);
  });
});

test('each of them really puts its target first, whatever the policy, the request and the state', { timeout: 120_000 }, () => {
  let tried = 0;
  fc.assert(
    fc.property(anyFeatures, anyPolicy, anySnapshot, anyClock, anySeed, (features, policy, snapshot, clock, seed) => {
      const question = { features, policy, snapshot, clock, seed };
      const [first] = decideOn(question).targets;
      const found = searchCounterfactuals(question);
      if (found.length > toldAtMost) throw new Error(`${found.length} are too many`);
      for (const { target, change, question: changed } of found) {
        const [now] = decideOn(changed).targets;
        tried += 1;
        if (`${now?.provider}/${now?.model}` !== target) throw new Error(`${change} leads to ${now?.provider}/${now?.model}`);
        if (target === `${first?.provider}/${first?.model}`) throw new Error(`${target} was first before`);
        if (!/^It would be asked first if .+\.$/.test(change)) throw new Error(change);
      }
    }),
    { numRuns: propertyRuns },
  );
  expect(tried).toBeGreaterThan(propertyRuns / 4);
});
