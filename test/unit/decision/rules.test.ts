/** Rules from top to bottom: which of them decides what, and what nothing can override. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../gateway/decision/decide.ts';
import { explain } from '../../../gateway/decision/explain.ts';
import type { DecisionFeatures } from '../../../gateway/decision/question.ts';
import { noon, plainFeatures, policyOf, provider, type RuleDocument, snapshotOf, type World } from '../../support/ask-engine.ts';

const providers = [provider('far'), provider('lan'), provider('home', { local: true })];
const aliases = { fast: { targets: ['far/quick', 'home/quick'] } };

function ask(rules: readonly RuleDocument[], features: Partial<DecisionFeatures> = {}, world: World = {}) {
  const asked = { ...plainFeatures, requestedModel: 'far/m', ...features };
  const policy = policyOf({ providers, rules, aliases });
  const decision = decide(asked, policy, snapshotOf(world), noon, 1);
  const trace = explain(asked, policy, snapshotOf(world), noon, 1);
  return { decision, trace, to: decision.targets.map(({ provider: id, model }) => `${id}/${model}`) };
}

describe('where a request goes', () => {
  test('the first rule with a destination that holds decides, and later ones do not', () => {
    const rules = [
      { name: 'code', when: { task: 'code' }, use: 'far/coder' },
      { name: 'long', when: { inputTokens: { above: 100 } }, use: 'far/long' },
      { name: 'all', use: 'far/any' },
    ];
    expect(ask(rules, { inputTokens: 101 }).to).toEqual(['far/long']);
    expect(ask(rules, { inputTokens: 100 }).to).toEqual(['far/any']);
    expect(ask(rules, { task: 'code', inputTokens: 101 }).decision).toMatchObject({ rule: 'code', resolvedAs: 'rule' });
  });

  test('a rule goes before an exactly named target, one that is switched off does not', () => {
    expect(ask([{ name: 'all', use: 'lan/m' }]).to).toEqual(['lan/m']);
    expect(ask([{ name: 'all', enabled: false, use: 'lan/m' }]).to).toEqual(['far/m']);
  });

  test('a denied request is refused with the words of its rule', () => {
    const { decision } = ask([{ name: 'no', deny: 'Not on Fridays.' }]);
    expect(decision).toMatchObject({ targets: [], rule: 'no', refusal: { kind: 'denied', message: 'Not on Fridays.' } });
  });

  test('an alias within a rule is expanded in its place, and a bare id to whoever lists it', () => {
    const rules = [{ name: 'all', use: ['lan/a', 'fast', 'b'] }];
    expect(ask(rules, {}, { models: { far: ['b'], home: ['b'] } }).to).toEqual([
      'lan/a',
      'far/quick',
      'home/quick',
      'far/b',
      'home/b',
    ]);
  });

  test('a rule whose targets nobody lists is refused by its name', () => {
    expect(ask([{ name: 'all', use: 'nothing' }]).decision.refusal).toEqual({
      kind: 'unlisted',
      message: 'the rule "all" leads nowhere: no provider lists any of its targets; correct it in the config',
    });
  });
});

describe('pin: local', () => {
  const pin = { name: 'secrets', when: { sensitivity: 'secret' }, pin: 'local' } as const;
  const secret = { sensitivity: 'secret' } as const;

  test.each([
    ['above', [pin, { name: 'all', use: 'far/m' }]],
    ['below', [{ name: 'all', use: 'far/m' }, pin]],
    ['in the same rule', [{ ...pin, use: 'far/m' }]],
  ])('holds against a rule that leads elsewhere: %s', (_where, rules) => {
    const { decision } = ask(rules, secret);
    expect(decision).toMatchObject({ targets: [], pinnedBy: 'secrets', refusal: { kind: 'no-target' } });
    expect(decision.refusal?.message).toContain('does not run on this machine, and the rule "secrets" keeps the request here');
  });

  test('leaves what runs here, and neither a model of its maker nor another machine nearby', () => {
    const rules = [pin, { name: 'all', use: ['lan/m', 'home/gpt-oss:120b-cloud', 'home/kimi:cloud', 'home/llama'] }];
    expect(ask(rules, secret).to).toEqual(['home/llama']);
  });

  test('holds for fallbacks and copies too', () => {
    const rules: RuleDocument[] = [
      pin,
      {
        name: 'all',
        use: 'home/m',
        fallbacks: { overload: ['far/m', 'home/other'], timeout: ['far/m'] },
        shadow: { target: 'far/m', share: 1 },
      },
    ];
    const { decision } = ask(rules, secret);
    expect(decision.fallbacks).toEqual({ overload: [expect.objectContaining({ provider: 'home', model: 'other' })] });
    expect(decision.shadow).toBeNull();
    expect(ask(rules).decision).toMatchObject({ shadow: { asTarget: { provider: 'far' } }, fallbacks: { timeout: [{}] } });
  });
});

describe('what else rules say', () => {
  test('each setting and each limit comes from the first rule that speaks of it', () => {
    const { decision } = ask([
      { name: 'one', parameters: { defaults: { temperature: 0.1 } }, limits: { attempts: 2, timeouts: { idleMs: 5 } } },
      {
        name: 'two',
        parameters: { defaults: { temperature: 0.9, topP: 0.5 }, caps: { maxOutputTokens: 10 } },
        limits: { attempts: 9, maxCostUsd: 3, timeouts: { idleMs: 9, totalMs: 10 } },
      },
    ]);
    expect(decision.settings).toEqual({
      defaults: { temperature: 0.1, topP: 0.5 },
      overrides: {},
      caps: { maxOutputTokens: 10 },
    });
    expect(decision.limits).toEqual({ attempts: 2, maxCostUsd: 3, timeouts: { idleMs: 5, totalMs: 10 } });
    expect(decision.rule).toBeNull();
  });

  test('a request that no rule speaks of has nothing to write', () => {
    expect(ask([{ name: 'one', when: { task: 'code' }, parameters: { defaults: { seed: 1 } } }]).decision.settings).toBeNull();
  });

  test('a cost limit refuses who may cost more, and lets an unknown price pass unless it says otherwise', () => {
    const world: World = { facts: { 'far/m': { inputPerMillionUsd: 10, outputPerMillionUsd: 100 } } };
    const limited = (limits: RuleDocument['limits']) =>
      ask([{ name: 'all', use: ['far/m', 'lan/m', 'home/m'], limits }], { inputTokens: 1_000, maxOutputTokens: 1_000 }, world);
    expect(limited({ maxCostUsd: 0.11 }).to).toEqual(['far/m', 'lan/m', 'home/m']);
    expect(limited({ maxCostUsd: 0.1 }).to).toEqual(['lan/m', 'home/m']);
    const strict = limited({ maxCostUsd: 0.1, unknownPrice: 'refuse' });
    expect(strict.to).toEqual(['home/m']);
    expect(strict.trace.candidates[0]?.reason).toBe('it would cost about $0.11, and the rule "all" allows $0.10 a call');
  });

  test('a limit of the cost holds for an exactly named target', () => {
    const world: World = { facts: { 'far/m': { inputPerMillionUsd: 10, outputPerMillionUsd: 100 } } };
    expect(ask([{ name: 'cheap', limits: { maxCostUsd: 0.01 } }], {}, world).decision.refusal?.kind).toBe('no-target');
  });

  test('a fallback for too long a prompt reads more than the target it stands in for', () => {
    const world: World = {
      facts: { 'far/m': { contextTokens: 100 }, 'far/same': { contextTokens: 100 }, 'far/more': { contextTokens: 101 } },
    };
    const rules = [{ name: 'all', fallbacks: { contextTooLong: ['far/same', 'far/more', 'far/m', 'far/unknown'] } }];
    expect(ask(rules, {}, world).decision.fallbacks.contextTooLong?.map(({ model }) => model)).toEqual(['more', 'unknown']);
  });
});

describe('a prompt that is known to be too long for all of a rule’s targets', () => {
  const facts = { 'far/m': { contextTokens: 100 }, 'lan/m': { contextTokens: 200 }, 'home/small': { contextTokens: 300 } };
  const rules: RuleDocument[] = [
    { name: 'cheap', use: ['far/m', 'lan/m'], fallbacks: { contextTooLong: ['lan/m', 'home/small', 'home/large'] } },
  ];

  test('goes at once to those that the rule names for such a prompt and that can read it', () => {
    const { to, trace, decision } = ask(rules, { inputTokens: 301 }, { facts });
    expect(to).toEqual(['home/large']);
    expect(decision).toMatchObject({ rule: 'cheap', resolvedAs: 'rule', refusal: null });
    expect(trace.candidates.map(({ target, code }) => `${target} ${code}`)).toEqual([
      'far/m context',
      'lan/m context',
      'home/small context',
      'home/large chosen',
    ]);
    expect(trace.candidates[3]?.reason).toBe('named by the rule for prompts that are too long for the others');
  });

  test('goes to a target of the rule’s own while one of them can read it', () => {
    expect(ask(rules, { inputTokens: 150 }, { facts }).to).toEqual(['lan/m']);
  });

  test('is refused where nobody else may have it', () => {
    const small = rules.map((rule) => ({ ...rule, fallbacks: { contextTooLong: ['home/small'] } }));
    const refusal = ask(small, { inputTokens: 301 }, { facts }).decision.refusal;
    expect(refusal?.kind).toBe('too-long');
    expect(refusal?.message).toContain('home/small: the model reads 300 tokens, and the request has about 301 tokens');
    const pinned: RuleDocument[] = [
      { name: 'pin', pin: 'local', use: ['home/small', 'home/tiny'], fallbacks: { contextTooLong: ['far/large'] } },
    ];
    const tiny = { ...facts, 'home/tiny': { contextTokens: 10 } };
    expect(ask(pinned, { inputTokens: 301 }, { facts: tiny }).to).toEqual([]);
  });
});

describe('a target that cannot do the request', () => {
  const facts = {
    'far/m': {
      tools: false,
      vision: false,
      structuredOutput: false,
      reasoning: false,
      contextTokens: 1_000,
      maxOutputTokens: 100,
    },
  };
  const rules = [{ name: 'all', use: ['far/m', 'lan/m'] }];

  test.each([
    ['tools', { tools: true }],
    ['images', { images: true }],
    ['schema', { schema: true }],
    ['reasoning', { reasoning: true }],
    ['context', { inputTokens: 1_001 }],
    ['context', { inputTokens: 950, maxOutputTokens: 51 }],
    ['output', { maxOutputTokens: 101 }],
  ])('is refused, and another takes its place: %s', (code, features) => {
    const { decision, to } = ask(rules, features, { facts });
    expect(decision.candidates[0]?.code).toBe(code);
    expect(to).toEqual(['lan/m']);
  });

  test('is asked where it is the only one that was named: the person knows better', () => {
    const hard = { tools: true, images: true, inputTokens: 5_000, maxOutputTokens: 500 };
    expect(ask([], hard, { facts }).to).toEqual(['far/m']);
    expect(ask([{ name: 'all', use: 'far/m' }], { ...hard, requestedModel: 'x' }, { facts }).to).toEqual(['far/m']);
  });
});

describe('the trace of the rules', () => {
  test('says of each what it did, or what the request has instead of what it wants', () => {
    const { trace } = ask(
      [
        { name: 'off', enabled: false, deny: 'no' },
        { name: 'code', when: { task: 'code' }, use: 'far/coder' },
        { name: 'long', when: { all: [{ stream: false }, { inputTokens: { above: 30_000 } }] }, use: 'far/long' },
        { name: 'team', when: { header: { 'x-team': 'blue' } }, use: 'far/team' },
        { name: 'night', when: { time: { from: '22:00', to: '06:00' } }, use: 'far/night' },
        { name: 'chat', when: { task: ['chat', 'code'] }, use: 'far/chat', limits: { attempts: 1 } },
        { name: 'rest', use: 'far/rest' },
      ],
      { inputTokens: 1_200 },
    );
    expect(trace.rules.map(({ name, matched, effects, reason }) => [name, matched, effects, reason])).toEqual([
      ['off', false, [], 'it is switched off'],
      ['code', false, [], 'its task is "chat", not "code"'],
      ['long', false, [], 'its prompt has about 1,200 tokens, not more than 30,000'],
      ['team', false, [], 'it has no header x-team'],
      ['night', false, [], 'it came at 12:00 on a Monday, not between 22:00 and 06:00'],
      ['chat', true, ['use', 'limits'], 'the task is "chat" or "code"'],
      ['rest', true, [], 'it always holds; but rules above have said all that it says'],
    ]);
  });

  test('holds of headers and metadata only what a rule tests', () => {
    const { trace } = ask([{ name: 'a', when: { header: { 'x-team': true } }, deny: 'no' }], {
      headers: { 'x-team': 'blue', 'x-other': 'red' },
      metadata: { note: 'private' },
    });
    expect([trace.features.headers, trace.features.metadata]).toEqual([{ 'x-team': 'blue' }, {}]);
  });
});
