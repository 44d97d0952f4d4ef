/** Strategies: how the targets of a route are put in order, and what their state does to it. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../gateway/decision/decide.ts';
import { seedOf } from '../../../gateway/decision/draw.ts';
import type { DecisionFeatures } from '../../../gateway/decision/question.ts';
import {
  noon,
  plainFeatures,
  policyOf,
  provider,
  type RouteDocument,
  type RuleDocument,
  snapshotOf,
  type World,
} from '../../support/ask-engine.ts';

const providers = [provider('a'), provider('b'), provider('c'), provider('home', { local: true })];

interface Ask {
  readonly features?: Partial<DecisionFeatures>;
  readonly world?: World;
  readonly seed?: number;
  readonly atMs?: number;
}

function orderOf(route: RouteDocument, { features = {}, world = {}, seed = 1, atMs = noon.atMs }: Ask = {}) {
  const policy = policyOf({ providers, aliases: { it: route, inner: { strategy: 'round-robin', targets: ['a/x', 'b/x'] } } });
  const asked = { ...plainFeatures, requestedModel: 'it', ...features };
  const decision = decide(asked, policy, snapshotOf(world), { ...noon, atMs }, seed);
  return { order: decision.targets.map((target) => `${target.provider}/${target.model}`), decision };
}

const abc = ['a/m', 'b/m', 'c/m'];

/** Which part of many requests goes to each target first. */
function sharesOf(route: RouteDocument, requests: number, ask: (number: number) => Ask = () => ({})) {
  const counts: Record<string, number> = {};
  for (let number = 0; number < requests; number += 1) {
    const first = orderOf(route, { seed: seedOf(7_297_000_000_000_000 + number * 4_096), ...ask(number) }).order[0] ?? 'nobody';
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / requests]));
}

describe('weighted', () => {
  const weighted = (...weights: number[]): RouteDocument => ({
    strategy: 'weighted',
    targets: weights.map((weight, place) => ({ model: abc[place] ?? '', weight })),
  });

  test('gives each target its share of 10,000 requests', () => {
    const shares = sharesOf(weighted(7, 2, 1), 10_000);
    expect(shares['a/m']).toBeCloseTo(0.7, 1);
    expect(Math.abs((shares['a/m'] ?? 0) - 0.7)).toBeLessThan(0.015);
    expect(Math.abs((shares['b/m'] ?? 0) - 0.2)).toBeLessThan(0.015);
    expect(Math.abs((shares['c/m'] ?? 0) - 0.1)).toBeLessThan(0.015);
  });

  test('asks a target of weight 0 after all others, and names that as the reason', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const { order, decision } = orderOf(weighted(1, 0, 5), { seed });
      expect(order[2]).toBe('b/m');
      expect(decision.candidates[1]?.code).toBe('demoted-weight');
    }
  });

  test('draws once for each client where it is split by client, and moves only to the target whose weight grows', () => {
    const first = (weight: number, client: string, seed: number) =>
      orderOf({ ...weighted(1, weight), splitBy: 'client' }, { features: { client }, seed }).order[0];
    const clients = Array.from({ length: 300 }, (_, number) => `client ${number}`);
    for (const client of clients) {
      const before = first(0.2, client, 1);
      expect(first(0.2, client, 2)).toBe(before);
      const after = first(0.6, client, 3);
      if (before === 'b/m') expect(after).toBe('b/m');
    }
    expect(new Set(clients.map((client) => first(0.6, client, 1)))).toEqual(new Set(['a/m', 'b/m']));
  });

  test('grows with its schedule: nothing before, half the way halfway, all of it after', () => {
    const startsAt = '2026-01-05T00:00:00Z';
    const endsAt = '2026-01-15T00:00:00Z';
    const canary: RouteDocument = {
      strategy: 'weighted',
      targets: [
        { model: 'a/m', weight: { from: 100, to: 0, startsAt, endsAt } },
        { model: 'b/m', weight: { from: 0, to: 100, startsAt, endsAt } },
      ],
    };
    const shareAt = (atMs: number) => sharesOf(canary, 4_000, () => ({ atMs }))['b/m'] ?? 0;
    const start = Date.parse(startsAt);
    const span = Date.parse(endsAt) - start;
    expect(shareAt(start - 1)).toBe(0);
    expect(Math.abs(shareAt(start + span / 4) - 0.25)).toBeLessThan(0.025);
    expect(Math.abs(shareAt(start + span / 2) - 0.5)).toBeLessThan(0.025);
    expect(shareAt(start + span)).toBe(1);
  });
});

describe('round-robin', () => {
  const turnsOf = (route: RouteDocument, states: World['states'] = {}) =>
    [0, 1, 2, 3, 4, 5].map((turn) => orderOf(route, { world: { turns: { 'alias:it': turn }, states } }).order[0]);

  test('takes turns, and says by which route they are counted', () => {
    expect(turnsOf({ strategy: 'round-robin', targets: abc })).toEqual(['a/m', 'b/m', 'c/m', 'a/m', 'b/m', 'c/m']);
    expect(orderOf({ strategy: 'round-robin', targets: abc }).decision.route).toEqual({
      id: 'alias:it',
      countsTurns: true,
      session: null,
    });
  });

  test('gives the turns of who fails to the others evenly', () => {
    const turns = turnsOf({ strategy: 'round-robin', targets: abc }, { 'a/m': { breaker: 'open' } });
    expect(turns).toEqual(['b/m', 'c/m', 'b/m', 'c/m', 'b/m', 'c/m']);
  });

  test('turns within an alias each time that the outer turns have come round', () => {
    const policy = policyOf({
      providers,
      aliases: { inner: { strategy: 'round-robin', targets: ['a/x', 'b/x'] } },
      rules: [{ name: 'r', use: { strategy: 'round-robin', targets: ['inner', 'c/m'] } }],
    });
    const firsts = [0, 1, 2, 3, 4].map((turn) => {
      const [first] = decide(plainFeatures, policy, snapshotOf({ turns: { 'rule:r': turn } }), noon, 1).targets;
      return `${first?.provider}/${first?.model}`;
    });
    expect(firsts).toEqual(['a/x', 'c/m', 'b/x', 'c/m', 'a/x']);
  });
});

describe('cheapest', () => {
  test('asks the cheapest first, what costs nothing before all, an unknown price after all', () => {
    const facts = {
      'a/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 5 },
      'c/m': { inputPerMillionUsd: 3, outputPerMillionUsd: 3 },
    };
    const order = (features: Partial<DecisionFeatures>) =>
      orderOf({ strategy: 'cheapest', targets: ['b/m', 'a/m', 'c/m', 'home/m'] }, { features, world: { facts } }).order;
    expect(order({ inputTokens: 9_000, maxOutputTokens: 1_000 })).toEqual(['home/m', 'a/m', 'c/m', 'b/m']);
    expect(order({ inputTokens: 1_000, maxOutputTokens: 9_000 })).toEqual(['home/m', 'c/m', 'a/m', 'b/m']);
  });
});

describe('a rule that leads to one alias', () => {
  const facts = {
    'a/m': { inputPerMillionUsd: 9, outputPerMillionUsd: 9 },
    'b/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 1 },
  };
  const ruled = (use: NonNullable<RuleDocument['use']>, world: World = {}) => {
    const policy = policyOf({ providers, aliases: { it: { targets: ['a/m', 'b/m'] } }, rules: [{ name: 'r', use }] });
    return decide({ ...plainFeatures, inputTokens: 10, session: 's1' }, policy, snapshotOf({ facts, ...world }), noon, 1);
  };

  test('does as the alias does, and its turns and sessions are counted there', () => {
    expect(ruled('it')).toMatchObject({ targets: [{ provider: 'a' }, { provider: 'b' }], route: { id: 'alias:it' } });
  });

  test('orders its targets by its own strategy, and keeps its own sessions', () => {
    expect(ruled({ strategy: 'cheapest', targets: ['it'] })).toMatchObject({ targets: [{ provider: 'b' }, { provider: 'a' }] });
    const sticky = ruled({ sticky: 'session', targets: ['it'] }, { sessions: { 'rule:r s1': 'b/m' } });
    expect(sticky).toMatchObject({ targets: [{ provider: 'b' }, { provider: 'a' }], route: { id: 'rule:r', session: 's1' } });
  });
});

describe('fastest, least-busy and loaded', () => {
  test('the fastest for this length of answer goes first, one that nobody measured before it', () => {
    const states = {
      'a/m': { samples: 5, firstTokenMs: 100, tokensPerSecond: 10 },
      'b/m': { samples: 5, firstTokenMs: 1_000, tokensPerSecond: 100 },
    };
    const order = (maxOutputTokens: number) =>
      orderOf({ strategy: 'fastest', targets: ['a/m', 'b/m'] }, { features: { maxOutputTokens }, world: { states } }).order[0];
    expect([order(5), order(500)]).toEqual(['a/m', 'b/m']);
    expect(orderOf({ strategy: 'fastest', targets: abc }, { world: { states } }).order[0]).toBe('c/m');
  });

  test('who has the least under way goes first, equal ones as they are written', () => {
    const states = { 'a/m': { inFlight: 2 }, 'b/m': { inFlight: 1 }, 'c/m': { inFlight: 1 } };
    expect(orderOf({ strategy: 'least-busy', targets: abc }, { world: { states } }).order).toEqual(['b/m', 'c/m', 'a/m']);
  });
});

test('by what is in memory, a loaded model goes first, one that nobody loads next, and one that would have to be loaded last', () => {
  const states = { 'a/m': { loaded: false }, 'b/m': { loaded: null }, 'c/m': { loaded: true } };
  expect(orderOf({ strategy: 'loaded', targets: abc }, { world: { states } }).order).toEqual(['c/m', 'b/m', 'a/m']);
  expect(orderOf({ strategy: 'loaded', targets: abc }).order).toEqual(abc);
});

describe('sticky by session', () => {
  const sticky: RouteDocument = { strategy: 'first', targets: abc, sticky: 'session' };
  const features = { session: 's1' };
  const sessions = { 'alias:it s1': 'c/m' };

  test('keeps the target that answered last, and tells under which session', () => {
    const { order, decision } = orderOf(sticky, { features, world: { sessions } });
    expect(order).toEqual(['c/m', 'a/m', 'b/m']);
    expect(decision.route?.session).toBe('s1');
    expect(orderOf(sticky, { features: { session: 's2' }, world: { sessions } }).order[0]).toBe('a/m');
  });

  test('leaves it while its breaker is open', () => {
    expect(orderOf(sticky, { features, world: { sessions, states: { 'c/m': { breaker: 'open' } } } }).order[2]).toBe('c/m');
  });
});

describe('how targets stand', () => {
  test.each([
    ['an open breaker', { breaker: 'open' }],
    ['resting keys', { key: 'resting' }],
    ['keys set aside', { key: 'set-aside' }],
  ] as const)('%s moves a target behind the others, and never out', (_what, state) => {
    const { order, decision } = orderOf({ targets: abc }, { world: { states: { 'a/m': state } } });
    expect(order).toEqual(['b/m', 'c/m', 'a/m']);
    expect(decision.candidates[0]?.code).toBe('demoted-state');
    const all = Object.fromEntries(abc.map((name) => [name, state]));
    expect(orderOf({ targets: abc }, { world: { states: all } }).order).toEqual(abc);
  });

  test('a half-open breaker takes part', () => {
    expect(orderOf({ targets: abc }, { world: { states: { 'a/m': { breaker: 'half-open' } } } }).order).toEqual(abc);
  });

  test('a target slower than the limit goes after the others, before those that fail', () => {
    const policy = policyOf({
      providers,
      rules: [{ name: 'r', use: abc, limits: { firstTokenMs: 500 } }],
    });
    const states = { 'a/m': { breaker: 'open' as const }, 'b/m': { firstTokenMs: 501, samples: 1 } };
    const { targets, candidates } = decide(plainFeatures, policy, snapshotOf({ states }), noon, 1);
    expect(targets.map(({ provider: id }) => id)).toEqual(['c', 'b', 'a']);
    expect(candidates.map(({ code }) => code)).toEqual(['demoted-state', 'demoted-latency', 'chosen']);
  });
});
