/** How long one decision takes, on the way of a request: by 50 rules to 20 targets, and by none to one. */
import type { DecidingFacts, TargetState } from '../../gateway/contract/decision.ts';
import { strategies } from '../../gateway/contract/policy/route.ts';
import type { CompiledPolicy } from '../../gateway/decision/policy/compiled-policy.ts';
import { decide } from '../../gateway/decision/decide.ts';
import type { DecisionFeatures, DecisionSnapshot } from '../../gateway/decision/question.ts';
import { calmState, noon, plainFeatures, policyOf, provider, type RuleDocument, unknownFacts } from '../support/ask-engine.ts';

/** Microseconds of this thread's CPU, the mean of many. */
export interface DecisionSpeed {
  /** Of the slowest strategy. */
  readonly rulesUs: number;
  readonly plainUs: number;
}

const targets = Array.from({ length: 20 }, (_, place) => ({ provider: `provider-${place}`, model: `model-${place}` }));
const names = targets.map((target) => `${target.provider}/${target.model}`);
const providers = targets.map((target) => provider(target.provider));

/** 49 that look at something and do not hold, of each kind, and one that leads to all targets. */
function rulesWith(strategy: (typeof strategies)[number]): RuleDocument[] {
  const conditions: RuleDocument['when'][] = [
    { task: ['vision', 'extraction'], inputTokens: { above: 30_000 } },
    { header: { 'x-team': 'blue' }, client: 'editor*' },
    { any: [{ metadata: { project: 'alpha' } }, { model: 'gpt-*' }] },
    { not: { task: 'code' }, stream: true },
    { client: { matches: '^(?:ci|nightly)-[0-9]+$' } },
    { time: { from: '22:00', to: '06:00' } },
    { sensitivity: ['private', 'secret'], tools: true },
  ];
  const others = Array.from(
    { length: 49 },
    (_, place): RuleDocument => ({
      name: `rule ${place}`,
      when: conditions[place % conditions.length],
      use: names[place % names.length],
    }),
  );
  return [...others, { name: 'all', use: { strategy, targets: names, sticky: 'session' } }];
}

const features: DecisionFeatures = {
  ...plainFeatures,
  requestedModel: 'auto',
  client: 'terminal',
  task: 'code',
  inputTokens: 4_000,
  maxOutputTokens: 2_000,
  stream: true,
  tools: true,
  session: 'a1b2c3d4',
  headers: { 'x-team': 'red' },
  metadata: { project: 'beta' },
};

/** As a live one: what is known stands in maps. */
function liveSnapshot(): DecisionSnapshot {
  const facts = new Map<string, DecidingFacts>();
  const states = new Map<string, TargetState>();
  for (const [place, name] of names.entries()) {
    facts.set(name, {
      ...unknownFacts,
      contextTokens: 200_000,
      tools: true,
      inputPerMillionUsd: 20 - place,
      outputPerMillionUsd: 60,
    });
    states.set(name, { ...calmState, samples: 9, firstTokenMs: 900 - place, tokensPerSecond: 50, inFlight: place % 3 });
  }
  return {
    listing: () => [],
    keyProblem: () => null,
    missingDialects: () => [],
    listProblems: () => new Map(),
    facts: (id, model) => facts.get(`${id}/${model}`) ?? unknownFacts,
    state: (id, model) => states.get(`${id}/${model}`) ?? calmState,
    lastOfSession: () => null,
    turn: () => 7,
    catalogVersion: () => '1',
  };
}

function meanUs(policy: CompiledPolicy, asked: DecisionFeatures, snapshot: DecisionSnapshot, times: number): number {
  const run = (count: number) => {
    let found = 0;
    for (let seed = 0; seed < count; seed += 1) found += decide(asked, policy, snapshot, noon, seed).targets.length;
    return found;
  };
  run(times / 2);
  const before = process.threadCpuUsage();
  const found = run(times);
  const { user, system } = process.threadCpuUsage(before);
  if (found < times) throw new Error('The decision that was measured refuses requests.');
  return (user + system) / times;
}

export function measureDecisions(times = 20_000): DecisionSpeed {
  const snapshot = liveSnapshot();
  const byStrategy = strategies.map((strategy) =>
    meanUs(policyOf({ providers, rules: rulesWith(strategy) }), features, snapshot, times),
  );
  const plain = { ...plainFeatures, requestedModel: names[0] ?? '' };
  return { rulesUs: Math.max(...byStrategy), plainUs: meanUs(policyOf({ providers }), plain, snapshot, times * 10) };
}
