/** What a decision was made from, as text: short, without a word of the prompt, and enough to decide again. */
import { describe, expect, test } from 'vitest';
import type { BudgetTrace } from '../../../../gateway/contract/decision.ts';
import { explain } from '../../../../gateway/decision/explain.ts';
import { decide } from '../../../../gateway/decision/decide.ts';
import { seedOf } from '../../../../gateway/decision/draw.ts';
import { keepQuestion, keptAtMost, readQuestion, replay } from '../../../../gateway/decision/kept/keep-question.ts';
import type { DecisionFeatures } from '../../../../gateway/decision/question.ts';
import { WatchedSnapshot } from '../../../../gateway/decision/kept/watched-snapshot.ts';
import {
  noon,
  plainFeatures,
  policyOf,
  provider,
  type RuleDocument,
  snapshotOf,
  type World,
} from '../../../support/ask-engine.ts';

const ids = Array.from({ length: 120 }, (_, place) => `provider-${place}`);
const names = ids.map((id, place) => `${id}/a-model-with-a-long-name-${place}`);
const world: World = {
  facts: Object.fromEntries(
    names.map((name) => [
      name,
      { contextTokens: 200_000, maxOutputTokens: 64_000, inputPerMillionUsd: 3, outputPerMillionUsd: 15, tools: true },
    ]),
  ),
  states: Object.fromEntries(
    names.map((name, place) => [
      name,
      { samples: 120, firstTokenMs: 812.345_67 + place, tokensPerSecond: 61.234_567, inFlight: 2 },
    ]),
  ),
};

function keep(rules: readonly RuleDocument[], features: Partial<DecisionFeatures> = {}) {
  const policy = policyOf({ providers: ids.map((id) => provider(id)), rules });
  const asked: DecisionFeatures = {
    ...plainFeatures,
    requestedModel: names[0] ?? '',
    dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama'],
    client: 'Claude Code',
    inputTokens: 12_345,
    maxOutputTokens: 32_000,
    session: '0123456789abcdef',
    ...features,
  };
  const snapshot = new WatchedSnapshot(snapshotOf(world));
  const seed = seedOf(7_297_000_000_000_000);
  const decision = decide(asked, policy, snapshot, noon, seed);
  return {
    text: keepQuestion({ features: asked, policy, snapshot, clock: noon, seed, decision }).text,
    decision,
    policy,
    snapshot,
    asked,
    seed,
  };
}
const noRoom: BudgetTrace = {
  id: 'config:b',
  name: 'b',
  period: 'day',
  mode: 'hard',
  target: '',
  limitUsd: 1,
  leftUsd: 0.25,
  reservedUsd: 0,
  askedUsd: 0.5,
  resetsAtMs: 1_780_000_000_000,
  closed: null,
  refuses: true,
  reason: 'the budget "b" has too little left',
};
const toFirst = (count: number): RuleDocument[] => [{ name: 'r', use: { strategy: 'fastest', targets: names.slice(0, count) } }];

describe('a kept question', () => {
  test.each([
    [1, 512],
    [3, 640],
    [20, 2_048],
  ])('of %i targets has at most %i characters', (count, most) => {
    expect(keep(count === 1 ? [] : toFirst(count)).text?.length).toBeLessThanOrEqual(most);
  });

  test('is null where it would be longer than its bound', () => {
    const headers = { 'x-a': 'x'.repeat(keptAtMost) };
    expect(keep([{ name: 'r', when: { header: { 'x-a': true } }, deny: 'no' }], { headers }).text).toBeNull();
  });

  test('holds of headers and metadata only what the policy tests', () => {
    const { text } = keep([{ name: 'r', when: { metadata: { team: true } }, deny: 'no' }], {
      headers: { 'x-secret': 'tell nobody' },
      metadata: { team: 'blue', note: 'a private thing' },
    });
    expect(text).toContain('["team","blue"]');
    expect(text).not.toMatch(/tell nobody|private thing/);
  });

  test('is decided again to the same bytes, decision and trace', () => {
    const { text, decision, policy, snapshot, asked, seed } = keep(toFirst(5));
    const again = replay(text ?? '', policy);
    expect(JSON.stringify(again?.decision)).toBe(JSON.stringify(decision));
    expect(JSON.stringify(again?.trace)).toBe(JSON.stringify(explain(asked, policy, snapshot, noon, seed)));
  });

  test('tells which budgets refused something behind it, the first ones alone, and decides as without them', () => {
    const { policy, snapshot, asked, seed, decision } = keep(toFirst(2));
    const kept = keepQuestion({ features: asked, policy, snapshot, clock: noon, seed, decision });
    const plain = kept.text;
    const refused = { ...noRoom, target: names[0] ?? '' };
    for (let place = 0; place < 40; place += 1) kept.noteBudget({ ...refused, name: `budget ${place}` });
    const read = readQuestion(kept.text ?? '');
    expect(read?.budgets.map(({ name }) => name)).toEqual(Array.from({ length: 8 }, (_, place) => `budget ${place}`));
    expect(read?.budgets[0]).toEqual({ ...refused, name: 'budget 0' });
    expect(readQuestion(plain ?? '')?.budgets).toEqual([]);
    expect(replay(kept.text ?? '', policy)).toEqual(replay(plain ?? '', policy));
  });

  test.each(['', '{}', '[]', '[2,1,[0,0],"",[],[],[],0]', 'null', '[1,'])('is not read from another text: %s', (text) => {
    expect(readQuestion(text)).toBeNull();
  });
});

describe('the seed of a request', () => {
  test('is a whole number below 2³², the same for the same request, another for the next', () => {
    const seeds = Array.from({ length: 1_000 }, (_, place) => seedOf(7_297_000_000_000_000 + place));
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
    expect(new Set(seeds).size).toBe(1_000);
    expect(seedOf(7_297_000_000_000_000)).toBe(seeds[0]);
  });
});
