/** The decision is a pure function: same input, same answer; and every input gets targets or a refusal that says why. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DecisionPolicy, type DecisionSnapshot, decide } from '../../../gateway/decision/decide.ts';

const chat = 'openai-chat';

const providerIds = ['one', 'two', 'three'] as const;
const modelIds = ['m', 'n', 'meta/llama', 'constructor', '__proto__', 'one'] as const;

const policies: fc.Arbitrary<DecisionPolicy> = fc.record({
  providers: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(...providerIds),
      enabled: fc.boolean(),
      dialects: fc.subarray([chat, 'openai-embeddings']),
    }),
    { selector: ({ id }) => id },
  ),
  aliases: fc.dictionary(
    fc.constantFrom('fast', 'm', 'one'),
    fc.record({
      strategy: fc.constant('first' as const),
      targets: fc.array(fc.constantFrom('one/m', 'two/meta/llama', 'm', 'gone/m', 'fast', 'n'), { minLength: 1, maxLength: 3 }),
    }),
    { noNullPrototype: true },
  ),
});

const snapshots: fc.Arbitrary<DecisionSnapshot> = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom(...providerIds), fc.subarray([...modelIds]))), fc.subarray([...providerIds]))
  .map(([lists, keyless]) => ({
    models: new Map(lists.map(([id, models]) => [id, new Set(models)])),
    keyProblems: new Map(keyless.map((id) => [id, 'has no usable key: it is gone'])),
    listProblems: new Map(),
    missingDialects: new Map(),
  }));

const names = fc.oneof(
  fc.constantFrom(
    'one/m',
    'two/meta/llama',
    'fast',
    'm',
    'n',
    'constructor',
    '__proto__',
    'toString',
    '/',
    'one/',
    '/m',
    'gone/m',
    'one',
  ),
  fc.string({ unit: 'binary' }),
);

const inputs = fc.record({
  requestedModel: names,
  dialects: fc.subarray([chat, 'openai-embeddings', 'openai-completions'], { minLength: 1 }),
});

describe('for any request, policy and state', () => {
  test('the same input gives the same decision, and is not touched', () => {
    fc.assert(
      fc.property(inputs, policies, snapshots, (features, policy, snapshot) => {
        const before = structuredClone([features, policy, snapshot]);
        expect(decide(features, policy, snapshot)).toEqual(decide(...structuredClone([features, policy, snapshot] as const)));
        expect([features, policy, snapshot]).toEqual(before);
      }),
    );
  });

  test('there are targets and no refusal, or no target and a refusal that names the model', () => {
    fc.assert(
      fc.property(inputs, policies, snapshots, (features, policy, snapshot) => {
        const { targets, refusal, resolvedAs, candidates } = decide(features, policy, snapshot);
        if (targets.length > 0) expect(refusal).toBeNull();
        else expect(refusal).toContain(`"${features.requestedModel}"`);
        expect(candidates.filter(({ chosen }) => chosen).map(({ target }) => target)).toEqual(
          targets.map(({ provider, model }) => `${provider}/${model}`),
        );
        expect(candidates.every(({ reason }) => reason !== '')).toBe(true);
        if (resolvedAs === 'unknown') expect(candidates).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('every target is a provider that is there, is switched on, offers the dialect and has its key', () => {
    fc.assert(
      fc.property(inputs, policies, snapshots, (features, policy, snapshot) => {
        for (const target of decide(features, policy, snapshot).targets) {
          const provider = policy.providers.find(({ id }) => id === target.provider);
          expect(provider?.enabled).toBe(true);
          expect(provider?.dialects).toContain(target.dialect);
          expect(features.dialects).toContain(target.dialect);
          expect(snapshot.keyProblems.has(target.provider)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const on = (id: string, changes: object = {}) => ({ id, enabled: true, dialects: [chat], ...changes });
const policy: DecisionPolicy = {
  providers: [
    on('lab'),
    on('home'),
    on('off', { enabled: false }),
    on('poor'),
    on('vectors', { dialects: ['openai-embeddings'] }),
  ],
  aliases: {
    fast: { strategy: 'first', targets: ['home/qwen3:8b', 'lab/gpt', 'home/qwen3:8b'] },
    local: { strategy: 'first', targets: ['llama', 'off/gpt'] },
    llama: { strategy: 'first', targets: ['lab/big-llama'] },
    empty: { strategy: 'first', targets: ['nowhere-listed'] },
    mixed: { strategy: 'first', targets: ['gone/gpt', 'poor/gpt', 'lab/gpt', 'both'] },
    nested: { strategy: 'first', targets: ['fast'] },
  },
};
const snapshot: DecisionSnapshot = {
  models: new Map([
    ['home', new Set(['llama', 'both'])],
    ['lab', new Set(['gpt', 'both', 'org/model'])],
    ['off', new Set(['only-off'])],
    ['vectors', new Set(['embed'])],
    ['poor', new Set(['rich'])],
  ]),
  keyProblems: new Map([['poor', 'has no usable key: The vault holds no secret "poor".']]),
  listProblems: new Map(),
  missingDialects: new Map(),
};
const decideFor = (requestedModel: string) => decide({ requestedModel, dialects: [chat] }, policy, snapshot);
const targetsOf = (name: string) => decideFor(name).targets.map(({ provider, model }) => `${provider} ${model}`);

describe('a name', () => {
  test.each([
    ['provider/model, listed or not', 'lab/never-heard-of', 'provider-model', ['lab never-heard-of']],
    ['provider/model with more slashes, split at the first', 'lab/org/model', 'provider-model', ['lab org/model']],
    ['an alias, its targets in order', 'fast', 'alias', ['home qwen3:8b', 'lab gpt', 'home qwen3:8b']],
    ['an alias over a bare model id, what is switched off left out', 'local', 'alias', ['home llama']],
    ['an alias that hides a model of the same name', 'llama', 'alias', ['lab big-llama']],
    ['a bare model id, every provider that lists it in the order of the config', 'both', 'bare-model', ['lab both', 'home both']],
    ['a bare model id with a slash whose first part is no provider', 'org/model', 'bare-model', ['lab org/model']],
  ])('of the form %s: %s', (_form, name, resolvedAs, targets) => {
    expect(decideFor(name)).toMatchObject({ resolvedAs, refusal: null });
    expect(targetsOf(name)).toEqual(targets);
  });

  test.each(['nothing', '', '/', 'lab/', '/gpt', 'gone/gpt', 'toString', '__proto__', 'hasOwnProperty', 'LAB/gpt', ' lab/gpt'])(
    'that nobody knows is refused as unknown: %j',
    (name) => {
      expect(decideFor(name)).toEqual({
        targets: [],
        resolvedAs: 'unknown',
        candidates: [],
        refusal: `the model "${name}" is not known; GET /v1/models lists what is`,
        unlisted: true,
        lacksKey: false,
      });
    },
  );

  test.each([
    ['off/gpt', 'provider-model', 'off/gpt: the provider off is switched off'],
    ['only-off', 'bare-model', 'off/only-off: the provider off is switched off'],
    ['embed', 'bare-model', 'vectors/embed: the provider vectors does not offer openai-chat'],
    ['poor/gpt', 'provider-model', 'poor/gpt: the provider poor has no usable key: The vault holds no secret "poor".'],
    ['rich', 'bare-model', 'poor/rich: the provider poor has no usable key: The vault holds no secret "poor".'],
  ])('that is known and cannot be served says why: %s', (name, resolvedAs, why) => {
    expect(decideFor(name)).toMatchObject({
      targets: [],
      resolvedAs,
      refusal: `no target can serve the model "${name}" (${why})`,
    });
  });

  test.each(['empty', 'nested'])('of an alias that leads nowhere is refused, and an alias never leads to another: %s', (name) => {
    const refusal = `the alias "${name}" leads nowhere: no provider lists any of its targets; correct it in the config`;
    expect(decideFor(name)).toMatchObject({ targets: [], resolvedAs: 'alias', refusal, unlisted: true });
  });
});

describe('the trace', () => {
  test('holds every target of an alias in its order, with what was against it or how it was found', () => {
    expect(decideFor('mixed').candidates).toEqual([
      {
        target: 'gone/gpt',
        chosen: false,
        reason: 'no provider has this name before its slash, and none lists it as a model',
      },
      {
        target: 'poor/gpt',
        chosen: false,
        reason: 'the provider poor has no usable key: The vault holds no secret "poor".',
      },
      { target: 'lab/gpt', chosen: true, reason: 'named by the alias' },
      { target: 'lab/both', chosen: true, reason: 'named by the alias, and the provider lists this model' },
      { target: 'home/both', chosen: true, reason: 'named by the alias, and the provider lists this model' },
    ]);
  });

  test.each([
    ['lab/gpt', 'named by the request'],
    ['gpt', 'the provider lists this model'],
  ])('says how %s was found: %s', (name, reason) => {
    expect(decideFor(name).candidates).toEqual([{ target: 'lab/gpt', chosen: true, reason }]);
  });

  test('tells a missing key from a name that is not known, which a list on its way may yet know', () => {
    expect(decideFor('poor/gpt')).toMatchObject({ lacksKey: true, unlisted: false });
    expect(decideFor('empty')).toMatchObject({ lacksKey: false, unlisted: true });
    expect(decideFor('off/gpt')).toMatchObject({ lacksKey: false, unlisted: false });
    expect(decideFor('lab/gpt')).toMatchObject({ lacksKey: false, unlisted: false });
  });
});

describe('a name that may be in a list that could not be had', () => {
  const refusalWith = (name: string, ...ids: string[]) => {
    const listProblems = new Map(ids.map((id) => [id, `Nothing answers at ${id}.`]));
    return decide({ requestedModel: name, dialects: [chat] }, policy, { ...snapshot, listProblems }).refusal;
  };

  test.each(['nothing', 'empty'])('is refused with the reason for that: %s', (name) => {
    expect(refusalWith(name, 'dead')).toMatch(/ \(the provider dead could not be asked: Nothing answers at dead\.\)$/);
  });

  test('is refused with three reasons at most, and the number of the others', () => {
    const refusal = refusalWith('nothing', 'a', 'b', 'c', 'd', 'e') ?? '';
    expect([refusal.match(/could not be asked/g)?.length, refusal.endsWith('and 2 more)')]).toEqual([3, true]);
  });

  test('is not spoken of where the name was found', () => {
    expect(refusalWith('off/gpt', 'dead')).not.toContain('dead');
  });
});

describe('a dialect that a provider turned out not to offer', () => {
  const providers = [on('both', { dialects: ['openai-chat', 'anthropic-messages'] })];
  const ask = (missing: readonly string[]) => {
    const state = { ...snapshot, models: new Map(), missingDialects: new Map([['both', new Set(missing)]]) };
    const features = { requestedModel: 'both/m', dialects: ['anthropic-messages', 'openai-chat', 'gemini'] };
    return decide(features, { providers, aliases: {} }, state).targets.map(({ dialects }) => [...dialects]);
  };

  test('comes after the others that it is known for', () => {
    expect(ask([])).toEqual([['anthropic-messages', 'openai-chat']]);
    expect(ask(['anthropic-messages'])).toEqual([['openai-chat', 'anthropic-messages']]);
  });

  test('is asked for all the same when there is no other', () => {
    expect(ask(['anthropic-messages', 'openai-chat'])).toEqual([['anthropic-messages', 'openai-chat']]);
  });
});
