/** What a name leads to where no rule speaks: `provider/model`, an alias, a bare model id, or a refusal that says why. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../gateway/decision/decide.ts';
import { explain } from '../../../gateway/decision/explain.ts';
import { chat, noon, plainFeatures, policyOf, provider, snapshotOf, type World } from '../../support/ask-engine.ts';

const policy = policyOf({
  providers: [
    provider('lab'),
    provider('home'),
    provider('off', { enabled: false }),
    provider('poor'),
    provider('vectors', { dialects: ['openai-embeddings'] }),
  ],
  aliases: {
    fast: { targets: ['home/qwen3:8b', 'lab/gpt', 'home/qwen3:8b'] },
    local: { targets: ['llama', 'off/gpt'] },
    llama: { targets: ['lab/big-llama'] },
    empty: { targets: ['nowhere-listed'] },
    mixed: { targets: ['gone/gpt', 'poor/gpt', 'lab/gpt', 'both'] },
    nested: { targets: ['fast'] },
  },
});
const world: World = {
  models: {
    lab: ['gpt', 'both', 'org/model'],
    home: ['llama', 'both'],
    off: ['only-off'],
    vectors: ['embed'],
    poor: ['rich'],
  },
  keyProblems: { poor: 'has no usable key: The vault holds no secret "poor".' },
};
const decideFor = (requestedModel: string, more: World = {}) =>
  decide({ ...plainFeatures, requestedModel }, policy, snapshotOf({ ...world, ...more }), noon, 1);
const targetsOf = (name: string) => decideFor(name).targets.map(({ provider: id, model }) => `${id} ${model}`);

describe('a key with a list', () => {
  const decideWith = (requestedModel: string, allowedModels: readonly string[]) =>
    decide({ ...plainFeatures, requestedModel, allowedModels }, policy, snapshotOf(world), noon, 1);

  test('is held to it by what a name leads to, not by the name: an alias is asked in what is left of it', () => {
    const { targets, candidates } = decideWith('fast', ['lab/*']);
    expect(targets.map(({ provider: id, model }) => `${id}/${model}`)).toEqual(['lab/gpt']);
    expect(candidates.map(({ code }) => code)).toEqual(['not-allowed', 'chosen']);
  });

  test.each([
    ['lab/gpt', 'this key may not use lab/gpt; it may use home/*'],
    ['llama', 'this key may not use lab/big-llama; it may use home/*'],
    ['gpt', 'this key may not use lab/gpt; it may use home/*'],
  ])('is refused %s with its list when it may use nothing that the name leads to', (name, message) => {
    expect(decideWith(name, ['home/*'])).toMatchObject({ targets: [], refusal: { kind: 'not-allowed', message } });
  });

  test('is held to it by the models that a request names beside its own, for its provider to turn to', () => {
    const asked = { ...plainFeatures, requestedModel: 'lab/gpt', allowedModels: ['lab/gpt', 'lab/mini'] };
    const decideWithFurther = (furtherModels: readonly string[]) =>
      decide({ ...asked, furtherModels }, policy, snapshotOf(world), noon, 1);
    expect(decideWithFurther(['mini']).targets).toHaveLength(1);
    expect(decideWithFurther(['mini', 'org/huge']).refusal).toEqual({
      kind: 'not-allowed',
      message: 'this key may not use lab/org/huge; it may use lab/gpt and lab/mini',
    });
  });

  test('is told of a long list no more than a person reads, and why the rest cannot be asked', () => {
    const list = Array.from({ length: 20 }, (_, place) => `a/${place}`);
    expect(decideWith('lab/gpt', list).refusal?.message).toContain('a/7 and 12 more');
    expect(decideWith('mixed', ['poor/*']).refusal).toMatchObject({ kind: 'unlisted' });
    const some = policyOf({
      providers: [provider('lab'), provider('off', { enabled: false })],
      aliases: { some: { targets: ['lab/m', 'off/m'] } },
    });
    const asked = { ...plainFeatures, requestedModel: 'some', allowedModels: ['off/*'] };
    expect(decide(asked, some, snapshotOf(), noon, 1).refusal).toEqual({
      kind: 'no-target',
      message:
        'no target can serve the model "some" (lab/m: its key may use off/* only; off/m: the provider off is switched off)',
    });
  });
});

describe('a name', () => {
  test.each([
    ['provider/model, listed or not', 'lab/never-heard-of', 'provider-model', ['lab never-heard-of']],
    ['provider/model with more slashes, split at the first', 'lab/org/model', 'provider-model', ['lab org/model']],
    ['an alias, its targets in order, each once', 'fast', 'alias', ['home qwen3:8b', 'lab gpt']],
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
      expect(decideFor(name)).toMatchObject({
        targets: [],
        resolvedAs: 'unknown',
        candidates: [],
        refusal: { kind: 'unknown-model', message: `the model "${name}" is not known; GET /v1/models lists what is` },
      });
    },
  );

  test.each([
    ['off/gpt', 'provider-model', 'off/gpt: the provider off is switched off', 'no-target'],
    ['only-off', 'bare-model', 'off/only-off: the provider off is switched off', 'no-target'],
    ['embed', 'bare-model', 'vectors/embed: the provider vectors does not offer openai-chat', 'no-target'],
    ['poor/gpt', 'provider-model', 'poor/gpt: the provider poor has no usable key: The vault holds no secret "poor".', 'no-key'],
    ['rich', 'bare-model', 'poor/rich: the provider poor has no usable key: The vault holds no secret "poor".', 'no-key'],
  ])('that is known and cannot be served says why: %s', (name, resolvedAs, why, kind) => {
    const message = `no target can serve the model "${name}" (${why})`;
    expect(decideFor(name)).toMatchObject({ targets: [], resolvedAs, refusal: { kind, message } });
  });

  test.each(['empty', 'nested'])('of an alias that leads nowhere is refused, and an alias never leads to another: %s', (name) => {
    const message = `the alias "${name}" leads nowhere: no provider lists any of its targets; correct it in the config`;
    expect(decideFor(name)).toMatchObject({ targets: [], resolvedAs: 'alias', refusal: { kind: 'unlisted', message } });
  });
});

describe('the trace of a name', () => {
  const candidatesOf = (requestedModel: string) =>
    explain({ ...plainFeatures, requestedModel }, policy, snapshotOf(world), noon, 1).candidates.map(
      ({ target, place, reason }) => [target, place, reason],
    );

  test('holds every target of an alias in its order, with what was against it or how it was found', () => {
    expect(candidatesOf('mixed')).toEqual([
      ['gone/gpt', null, 'no provider has this name before its slash, and none lists it as a model'],
      ['poor/gpt', null, 'the provider poor has no usable key: The vault holds no secret "poor".'],
      ['lab/gpt', 1, 'named by the alias; it stands first'],
      ['lab/both', 2, 'named by the alias, and the provider lists this model'],
      ['home/both', 3, 'named by the alias, and the provider lists this model'],
    ]);
  });

  test.each([
    ['lab/gpt', 'named by the request'],
    ['gpt', 'the provider lists this model'],
  ])('says how %s was found: %s', (name, reason) => {
    expect(candidatesOf(name)).toEqual([['lab/gpt', 1, reason]]);
  });
});

describe('a name that may be in a list that could not be had', () => {
  const refusalWith = (name: string, ...ids: string[]) =>
    decideFor(name, { listProblems: Object.fromEntries(ids.map((id) => [id, `Nothing answers at ${id}.`])) }).refusal?.message ??
    '';

  test.each(['nothing', 'empty'])('is refused with the reason for that: %s', (name) => {
    expect(refusalWith(name, 'dead')).toMatch(/ \(the provider dead could not be asked: Nothing answers at dead\.\)$/);
  });

  test('is refused with three reasons at most, and the number of the others', () => {
    const refusal = refusalWith('nothing', 'a', 'b', 'c', 'd', 'e');
    expect([refusal.match(/could not be asked/g)?.length, refusal.endsWith('and 2 more)')]).toEqual([3, true]);
  });

  test('is not spoken of where the name was found', () => {
    expect(refusalWith('off/gpt', 'dead')).not.toContain('dead');
  });
});

describe('a dialect that a provider turned out not to offer', () => {
  const both = policyOf({ providers: [provider('both', { dialects: [chat, 'anthropic-messages'] })] });
  const ask = (missing: readonly string[]) => {
    const features = { ...plainFeatures, requestedModel: 'both/m', dialects: ['anthropic-messages', chat, 'gemini'] };
    const snapshot = snapshotOf({ missingDialects: { both: missing } });
    return decide(features, both, snapshot, noon, 1).targets.map(({ dialects }) => [...dialects]);
  };

  test('comes after the others that it is known for', () => {
    expect(ask([])).toEqual([['anthropic-messages', chat]]);
    expect(ask(['anthropic-messages'])).toEqual([[chat, 'anthropic-messages']]);
  });

  test('is asked for all the same when there is no other', () => {
    expect(ask(['anthropic-messages', chat])).toEqual([['anthropic-messages', chat]]);
  });
});
