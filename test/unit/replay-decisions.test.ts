/** Every decision of a long and mixed run, made again from what the log keeps: the same targets and the same explanation. */
import { expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { compileConfig } from '../../gateway/exchange/runtime.ts';
import { parseConfig } from '../../gateway/contract/config.ts';
import { replay } from '../../gateway/decision/kept/keep-question.ts';
import { explainRequest } from '../../gateway/explain-request.ts';
import { type DecidedThen, MixedRun } from '../support/mixed-run.ts';
import { makeFolder, openForTest } from './storage/rows.ts';

const count = 10_000;

const providers: NonNullable<GatewayConfigDocument['providers']> = [
  { id: 'one', kind: 'openai', keys: ['env:KEY_A', 'env:KEY_B'] },
  { id: 'two', kind: 'anthropic', keys: ['env:KEY_C'] },
  { id: 'near', kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' },
  { id: 'lan', kind: 'openai-compatible', baseUrl: 'http://192.168.1.9/v1', models: ['m', 'gpt-4o'] },
  { id: 'keyless', kind: 'openai', keys: ['env:GONE'] },
  { id: 'off', kind: 'openai', enabled: false, keys: ['env:KEY_A'] },
];

const before: GatewayConfigDocument = {
  version: 1,
  reliability: { breaker: { failures: 2, openMs: 20_000 } },
  providers,
  aliases: {
    fast: { strategy: 'fastest', targets: ['one/gpt-4o', 'two/claude-sonnet-4-5', 'near/m'] },
    cheap: { strategy: 'cheapest', targets: ['one/gpt-4o', 'one/gpt-4o-mini', 'near/gpt-oss:120b-cloud'] },
    turns: { strategy: 'round-robin', targets: ['one/m', 'two/m', 'keyless/m'], sticky: 'session' },
    split: {
      strategy: 'weighted',
      splitBy: 'client',
      targets: [
        { model: 'one/m', weight: 3 },
        { model: 'm', weight: 1 },
      ],
    },
  },
  policy: {
    rules: [
      { name: 'secrets stay', when: { sensitivity: 'secret' }, pin: 'local' },
      { name: 'closed at nine', when: { time: { from: '09:10', to: '09:20' } }, deny: 'Closed.' },
      { name: 'code', when: { task: 'code' }, use: { targets: ['two/claude-sonnet-4-5', 'fast'], sticky: 'session' } },
      {
        name: 'long',
        when: { inputTokens: { above: 400 } },
        use: 'cheap',
        limits: { maxCostUsd: 0.004, unknownPrice: 'refuse' },
      },
      {
        name: 'team',
        when: { header: { 'x-team': 'b*' }, not: { tools: true } },
        use: { strategy: 'least-busy', targets: ['one/m', 'lan/m'] },
      },
      { name: 'steady', parameters: { overrides: { temperature: 0 }, caps: { maxOutputTokens: 200 } } },
      {
        name: 'canary',
        when: { metadata: { canary: true } },
        shadow: { target: 'two/m', share: 0.5 },
        fallbacks: { overload: ['turns'] },
      },
    ],
  },
};

const after: GatewayConfigDocument = {
  ...before,
  providers: providers.filter(({ id }) => id !== 'lan'),
  policy: {
    rules: [
      {
        name: 'growing',
        when: { client: 'ada' },
        use: {
          strategy: 'weighted',
          targets: [
            'one/m',
            { model: 'two/m', weight: { from: 0, to: 9, startsAt: '2026-11-20T08:00:00Z', endsAt: '2026-11-21T08:00:00Z' } },
          ],
        },
      },
      ...(before.policy?.rules ?? []).filter(({ name }) => name !== 'team'),
    ],
  },
};

const pick = <T>(next: () => number, values: readonly T[]): T => {
  const value = values[Math.floor(next() * values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
};

const models = [
  'fast',
  'cheap',
  'turns',
  'split',
  'm',
  'n',
  'rare',
  'nobody',
  'one/m',
  'near/x:cloud',
  'off/m',
  'keyless/m',
  'meta/llama',
];

function anyClient(next: () => number) {
  const name = pick(next, ['ada', 'bob', 'eve']);
  return {
    id: name,
    name,
    sensitivity: pick(next, ['normal', 'normal', 'private', 'secret'] as const),
    tier: pick(next, [null, 'low', 'premium'] as const),
    allowedModels: pick(next, [null, null, null, ['one/*', '*/m'], ['one/*', 'near/*', 'meta/llama']]),
  };
}

function anyRequest(next: () => number) {
  const content = pick(next, ['Hello.', '```js\n1\n```', 'word '.repeat(500), 'Which day is it?']);
  const tools = next() < 0.3 ? { tools: [{ type: 'function', function: { name: 'f' }, name: 'f' }] } : {};
  const canary = next() < 0.3 ? { metadata: { canary: 'yes' } } : {};
  return {
    dialect: pick(next, ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama', 'openai-embeddings']),
    body: {
      model: pick(next, models),
      max_tokens: Math.floor(next() * 2_000) + 1,
      messages: [{ role: 'user', content }],
      input: content,
      contents: [{ parts: [{ text: content }] }],
      stream: next() < 0.5,
      ...tools,
      ...canary,
    },
    client: next() < 0.9 ? anyClient(next) : null,
    clientHeaders: {
      ...(next() < 0.5 ? { 'x-team': pick(next, ['a', 'b1', 'b2']) } : {}),
      ...(next() < 0.3 ? { 'x-session-id': pick(next, ['s1', 's2', 's3']) } : {}),
    },
  };
}

test(`${count} decisions of rules, aliases and strategies, with breakers, keys and the config changing, are made again as they were`, async () => {
  const storage = openForTest(makeFolder());
  const run = new MixedRun(storage, before, 20_261_120);
  const decided: DecidedThen[] = [];
  for (let number = 0; number < count; number += 1) {
    if (number === Math.floor(count / 3)) await run.loadCatalog();
    if (number === Math.floor(count / 2)) run.apply(after);
    decided.push(run.ask(anyRequest));
  }
  expectVariety(decided);
  const sources = run.sources();
  const policies = [before, after].map((document, place) => {
    const parsed = parseConfig(document);
    if (!parsed.ok) throw new Error('The config is not sound.');
    return compileConfig(parsed.config, place + 1);
  });
  for (const { id, decision, trace } of decided) {
    const again = await explainRequest({ id, at: 'then', counterfactuals: false, dialect: 'openai-chat' }, sources);
    expect(again).toEqual({ ...trace, budgets: noneThen });
    const policy = policies[trace.configVersion - 1];
    const replayed = policy && replay(storage.getDecisionInputs(id) ?? '', policy);
    expect(replayed?.decision.targets).toEqual(decision.targets);
    expect(replayed?.decision.fallbacks).toEqual(decision.fallbacks);
    expect(replayed?.decision).toMatchObject({
      limits: decision.limits,
      settings: decision.settings,
      shadow: decision.shadow,
      route: decision.route,
      refusal: decision.refusal,
    });
  }
}, 120_000);

/** No budget refused anything. */
const noneThen = { asOf: 'then', items: [] };

test('a decision whose config is not kept any more is not explained by another one', async () => {
  const run = new MixedRun(openForTest(makeFolder()), before, 7);
  const { id, trace } = run.ask(anyRequest);
  const asked = { id, at: 'then', counterfactuals: false, dialect: 'openai-chat' } as const;
  const forgetful = { ...run.sources(), documentOf: () => null };
  await expect(explainRequest(asked, forgetful)).rejects.toThrow('version 1 of the config, which is not kept any more');
  expect(await explainRequest({ ...asked, at: 'now' }, forgetful)).toMatchObject({ requestedModel: trace.requestedModel });
  run.apply({ version: 1, policy: { rules: [{ name: 'new', deny: 'no' }] } });
  expect(await explainRequest(asked, run.sources())).toEqual({ ...trace, budgets: noneThen });
});

test('a request of the log that is tried by other rules says what of it nobody had read', async () => {
  const run = new MixedRun(openForTest(makeFolder()), { version: 1, providers }, 7);
  const { id } = run.ask((next) => ({ ...anyRequest(next), dialect: 'openai-chat' }));
  const use = ['one/m', 'two/m'];
  const rules = [{ name: 'new', when: { task: 'code', header: { 'x-team': true }, metadata: { canary: true } }, use }];
  const asked = { id, counterfactuals: false, dialect: 'openai-chat' } as const;
  const sources = { ...run.sources(), document: () => ({ version: 1, providers }) };
  const { notReadThen } = await explainRequest({ ...asked, policy: { rules } }, sources);
  expect(notReadThen).toEqual(expect.arrayContaining(['its task', 'its tools', 'its header x-team', 'its metadata canary']));
  expect((await explainRequest(asked, sources)).notReadThen).toBeUndefined();
  expect((await explainRequest({ ...asked, at: 'now' }, sources)).notReadThen).toBeUndefined();
});

/** A run in which little happened would show nothing. */
function expectVariety(decided: readonly DecidedThen[]): void {
  const kept = decided.map(({ kept: text }) => text ?? '');
  expect(kept).not.toContain('');
  expect(Math.max(...kept.map((text) => text.length))).toBeLessThan(2_048);
  const traces = decided.map(({ trace }) => trace);
  const candidates = traces.flatMap((trace) => trace.candidates);
  expect(new Set(traces.map(({ rule }) => rule))).toEqual(new Set(['closed at nine', 'code', 'long', 'team', 'growing', null]));
  expect(new Set(traces.map(({ resolvedAs }) => resolvedAs)).size).toBe(5);
  expect(new Set(candidates.map(({ state }) => state.breaker)).size).toBe(3);
  expect(new Set(candidates.map(({ state }) => state.key)).size).toBeGreaterThanOrEqual(4);
  expect(new Set(candidates.map(({ code }) => code)).size).toBeGreaterThanOrEqual(8);
  expect(new Set(traces.map(({ strategy }) => strategy)).size).toBeGreaterThanOrEqual(6);
  expect(new Set(decided.map(({ decision }) => decision.refusal?.kind)).size).toBeGreaterThanOrEqual(4);
  expect(decided.some(({ decision }) => decision.shadow !== null)).toBe(true);
  expect(decided.some(({ decision }) => Object.keys(decision.fallbacks).length > 0)).toBe(true);
}
