/** The policies that the README shows: each is parsed by the config's own schema, checked, compiled, and does what it says there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policySchema } from '../../../gateway/contract/policy/rule.ts';
import { policyProblems } from '../../../gateway/decision/check/check-policy.ts';
import { compilePolicy } from '../../../gateway/decision/policy/compile-policy.ts';
import { decide } from '../../../gateway/decision/decide.ts';
import type { DecisionFeatures } from '../../../gateway/decision/question.ts';
import { plainFeatures, provider, snapshotOf, type World } from '../../support/ask-engine.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../gateway/decision/README.md'), 'utf8');
const [secrets, cheap, tasks, spread, canary, ...more] = [...readme.matchAll(/```json\n([^]*?)```/g)].map(([, text = '']) =>
  policySchema.parse(JSON.parse(text)),
);

const providers = [
  provider('openai'),
  provider('anthropic'),
  provider('ollama', { local: true }),
  ...['a', 'b', 'c'].map((letter) => provider(`openai-${letter}`)),
];

interface Ask {
  readonly features?: Partial<DecisionFeatures>;
  readonly world?: World;
  readonly at?: string;
}

function ask(policy: typeof secrets, { features = {}, world = {}, at = '2026-11-20T12:00:00Z' }: Ask = {}) {
  if (policy === undefined) throw new Error('The README has lost an example.');
  const compiled = compilePolicy({ providers, aliases: {}, policy });
  const clock = { atMs: Date.parse(at), utcOffsetMinutes: 0 };
  const decision = decide({ ...plainFeatures, ...features }, compiled, snapshotOf(world), clock, 1);
  return { decision, to: decision.targets.map((target) => `${target.provider}/${target.model}`) };
}

test('there are five, and nothing is wrong with any', () => {
  expect(more).toEqual([]);
  for (const policy of [secrets, cheap, tasks, spread, canary]) {
    expect(policyProblems({ policy: policy ?? { rules: [] }, aliases: {}, providers })).toEqual([]);
  }
});

describe('the example', () => {
  test('"keep secrets local" sends what is private nowhere but here, whatever it asks for', () => {
    const features = { requestedModel: 'openai/gpt-5.2', sensitivity: 'secret' } as const;
    expect(ask(secrets, { features }).to).toEqual(['ollama/qwen3:8b']);
    expect(ask(secrets, { features: { ...features, sensitivity: 'normal' } }).to).toEqual(['openai/gpt-5.2']);
  });

  test('"cheap first" asks the cheaper, and the strong one when that fails', () => {
    const features = { requestedModel: 'auto', inputTokens: 10_000, maxOutputTokens: 1_000 };
    const facts = {
      'openai/gpt-5-mini': { inputPerMillionUsd: 60, outputPerMillionUsd: 80, contextTokens: 100_000 },
      'anthropic/claude-haiku-4-5': { inputPerMillionUsd: 1, outputPerMillionUsd: 5, contextTokens: 100_000 },
      'anthropic/claude-opus-4-8': { inputPerMillionUsd: 2, outputPerMillionUsd: 20, contextTokens: 400_000 },
    };
    const { decision, to } = ask(cheap, { features, world: { facts } });
    expect(to).toEqual(['anthropic/claude-haiku-4-5', 'openai/gpt-5-mini']);
    expect(decision.fallbacks.overload?.map(({ model }) => model)).toEqual(['claude-opus-4-8']);
    expect(decision.fallbacks.contextTooLong?.map(({ model }) => model)).toEqual(['claude-opus-4-8']);
    const dear = ask(cheap, { features: { ...features, inputTokens: 90_000 }, world: { facts } });
    expect(dear.decision.candidates.map(({ code }) => code)).toEqual(['cost', 'chosen']);
    expect(ask(cheap, { features: { ...features, inputTokens: 150_000 }, world: { facts } }).to).toEqual([
      'anthropic/claude-opus-4-8',
    ]);
  });

  test('"code and chat" go apart, and a session of code stays where it was', () => {
    expect(ask(tasks, { features: { task: 'code' } }).to[0]).toBe('anthropic/claude-opus-4-8');
    expect(ask(tasks, { features: { task: 'chat' } }).to[0]).toBe('ollama/qwen3:8b');
    const world = { sessions: { 'rule:Code s1': 'openai/gpt-5.2' } };
    expect(ask(tasks, { features: { task: 'code', session: 's1' }, world }).to[0]).toBe('openai/gpt-5.2');
  });

  test('"three keys" gives each its turn, and passes over one that rests', () => {
    const firsts = (states: World['states'] = {}) =>
      [0, 1, 2].map((turn) => {
        const world = { turns: { 'rule:Three accounts': turn }, states };
        return ask(spread, { features: { requestedModel: 'gpt-5-mini' }, world }).to[0];
      });
    expect(firsts()).toEqual(['openai-a/gpt-5-mini', 'openai-b/gpt-5-mini', 'openai-c/gpt-5-mini']);
    expect(firsts({ 'openai-a/gpt-5-mini': { key: 'resting' } })).not.toContain('openai-a/gpt-5-mini');
  });

  test('"canary" begins with nobody, ends with half of the clients, and moves each once at most', () => {
    const clients = Array.from({ length: 400 }, (_, number) => `client ${number}`);
    const onNew = (at: string) =>
      new Set(
        clients.filter(
          (client) => ask(canary, { features: { requestedModel: 'assistant', client }, at }).to[0] === 'openai/gpt-5.2',
        ),
      );
    const halfway = onNew('2026-11-23T21:00:00Z');
    const end = onNew('2026-11-27T09:00:00Z');
    expect(onNew('2026-11-20T09:00:00Z').size).toBe(0);
    expect(halfway.size / clients.length).toBeCloseTo(1 / 3, 1);
    expect(end.size / clients.length).toBeCloseTo(1 / 2, 1);
    expect([...halfway].every((client) => end.has(client))).toBe(true);
  });
});
