/** A rule said in one sentence. */
import { expect, test } from 'vitest';
import { policySchema } from '../../../../gateway/contract/policy/rule.ts';
import { describeRule } from '../../../../gateway/decision/words/describe-rule.ts';
import type { RuleDocument } from '../../../support/ask-engine.ts';

const sentence = (rule: Omit<RuleDocument, 'name'>) =>
  policySchema.parse({ rules: [{ name: 'r', ...rule }] }).rules.map(describeRule)[0];

test.each<[string, Omit<RuleDocument, 'name'>]>([
  [
    'When the task is "code" and the prompt has more than 30,000 tokens, ask anthropic/claude-opus-4-8, then openai/gpt-5.2; at most $0.05 a call.',
    {
      when: { task: 'code', inputTokens: { above: 30_000 } },
      use: ['anthropic/claude-opus-4-8', 'openai/gpt-5.2'],
      limits: { maxCostUsd: 0.05 },
    },
  ],
  [
    'When the tier of its key is low or none and the tier of its key is not premium, ask a/b.',
    { when: { tier: ['low', 'none'], not: { tier: 'premium' } }, use: 'a/b' },
  ],
  ['Always keep the request on this machine.', { pin: 'local' }],
  ['Switched off: Always refuse it: “Ask Ann.”.', { enabled: false, deny: 'Ask Ann.' }],
  [
    'When it is private or secret, keep the request on this machine; ask the cheapest of a/b and c/d.',
    { when: { sensitivity: ['private', 'secret'] }, pin: 'local', use: { strategy: 'cheapest', targets: ['a/b', 'c/d'] } },
  ],
  [
    'When (it has tools or its header x-team is "blue*") and it is not so that (it is streamed and it has no images), ask a/b.',
    { when: { any: [{ tools: true }, { header: { 'x-team': 'blue*' } }], not: { stream: true, images: false } }, use: 'a/b' },
  ],
  [
    'When the program is one that matches /^dev-/ and it is between 22:00 and 06:00 on Saturday or Sunday, ask a/b (90 %) or c/d (10 %), the same for all requests of a program.',
    {
      when: { client: { matches: '^dev-' }, time: { from: '22:00', to: '06:00', days: ['sun', 'sat'] } },
      use: { strategy: 'weighted', splitBy: 'client', targets: [{ model: 'a/b', weight: 9 }, 'c/d'] },
    },
  ],
  [
    'Always ask a/b (weight 90) or c/d (weight 0 until 2026-11-20 00:00 UTC, growing to 90 by 2026-11-30 00:00 UTC).',
    {
      use: {
        strategy: 'weighted',
        targets: [
          { model: 'a/b', weight: 90 },
          { model: 'c/d', weight: { from: 0, to: 90, startsAt: '2026-11-20T00:00:00Z', endsAt: '2026-11-30T00:00:00Z' } },
        ],
      },
    },
  ],
  [
    'When the task is not "chat", ask a, b and c in turns, and stay with who answered the session last.',
    { when: { not: { task: 'chat' } }, use: { strategy: 'round-robin', targets: ['a', 'b', 'c'], sticky: 'session' } },
  ],
  [
    'Always: set temperature 0.2 and reasoning effort low where the request says nothing; always set seed 7; allow at most 2,000 tokens of answer; when a target is overloaded, ask a/b, then c/d; copy 5 % of the requests to e/f (at most 100 and $2.00 a day).',
    {
      parameters: {
        defaults: { temperature: 0.2, reasoningEffort: 'low' },
        overrides: { seed: 7 },
        caps: { maxOutputTokens: 2_000 },
      },
      fallbacks: { overload: ['a/b', 'c/d'] },
      shadow: { target: 'e/f', share: 0.05, maxUsdPerDay: 2 },
    },
  ],
  ['Always: where a cost is limited, ask nobody whose price is unknown.', { limits: { unknownPrice: 'refuse' } }],
  [
    'Always: ask last who needs more than 1.5 s to the first token; at most 2 attempts; wait 30 s at most in a silence.',
    { limits: { firstTokenMs: 1_500, attempts: 2, timeouts: { idleMs: 30_000 } } },
  ],
])('%s', (words, rule) => {
  expect(sentence(rule)).toBe(words);
});
