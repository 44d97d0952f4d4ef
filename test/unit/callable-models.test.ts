/** What programs read of models: every name that may be asked for, once, with what its provider or the catalog says of it. */
import { expect, test } from 'vitest';
import { type CallableInput, listCallableModels } from '../../gateway/callable-models.ts';
import type { ListedModel as FoundModel } from '../../gateway/discovery/read-model-list.ts';
import { policyProvider } from '../../gateway/exchange/runtime.ts';
import { noon, policyOf, snapshotOf } from '../support/ask-engine.ts';
import { provider } from './discovery/scripted-send.ts';

const nothing = { tools: null, vision: null, reasoning: null, embeddings: false };

/** Providers by what they list; `fast` is an alias of the first target that anybody serves. */
function inputOf(lists: Readonly<Record<string, readonly FoundModel[]>>, targets: readonly string[] = []): CallableInput {
  const providers = [
    provider({ id: 'cloud', kind: 'openai' }),
    provider({ id: 'near', kind: 'ollama' }),
    provider({ id: 'off', kind: 'openai', enabled: false }),
  ];
  const aliases = targets.length > 0 ? { fast: { targets: [...targets] } } : {};
  const models = Object.fromEntries(Object.entries(lists).map(([id, found]) => [id, found.map((model) => model.id)]));
  return {
    policy: policyOf({ providers: providers.map(policyProvider), aliases }),
    snapshot: snapshotOf({ models }),
    clock: noon,
    providers,
    found: (id) => lists[id] ?? [],
  };
}

const told: FoundModel = {
  id: 'big',
  facts: { contextTokens: 8_000, maxOutputTokens: 900, tools: true, vision: false },
  entry: { createdAtSeconds: 1_760_000_000, displayName: 'Big One' },
};

test('a provider’s own words reach the list, and nobody’s guess stands beside them', async () => {
  const listed = await listCallableModels(inputOf({ cloud: [told, { id: 'gpt-5-mini' }], off: [{ id: 'asleep' }] }), {
    catalog: false,
    allowedModels: null,
  });
  expect(listed).toEqual([
    {
      id: 'cloud/big',
      ownedBy: 'cloud',
      createdAtSeconds: 1_760_000_000,
      displayName: 'Big One',
      contextLength: 8_000,
      maximumOutputTokens: 900,
      abilities: { tools: true, vision: false, reasoning: null, embeddings: false },
    },
    {
      id: 'cloud/gpt-5-mini',
      ownedBy: 'cloud',
      createdAtSeconds: 0,
      displayName: null,
      contextLength: null,
      maximumOutputTokens: null,
      abilities: nothing,
    },
  ]);
});

test('with the catalog, what the provider left out is filled in and what it told stays', async () => {
  const models = [{ ...told, id: 'gpt-5-mini' }, { id: 'gpt-5' }];
  const input = inputOf({ cloud: models });
  const [own, filled] = await listCallableModels(input, { catalog: true, allowedModels: null });
  expect(own).toMatchObject({ contextLength: 8_000, abilities: { tools: true, vision: false, reasoning: true } });
  expect(filled).toMatchObject({ contextLength: 400_000, abilities: { tools: true } });
  expect(filled?.createdAtSeconds).toBeGreaterThan(1_740_000_000);
  const [again] = await listCallableModels(input, { catalog: false, allowedModels: null });
  expect(again?.abilities.reasoning).toBeNull();
});

test.each([
  [['cloud/big'], { contextLength: 8_000, displayName: null, createdAtSeconds: 1_760_000_000 }],
  [['off/asleep', 'big'], { contextLength: 8_000 }],
  [['near/nomic-embed-text'], { abilities: { ...nothing, embeddings: true } }],
  [['off/asleep'], { contextLength: null, abilities: nothing }],
])('an alias of %j is what the first of them that can answer is', async (targets, facts) => {
  const lists = { cloud: [told], near: [{ id: 'nomic-embed-text' }], off: [{ id: 'asleep' }] };
  const [alias] = await listCallableModels(inputOf(lists, targets), { catalog: false, allowedModels: null });
  expect(alias).toMatchObject({ id: 'fast', ownedBy: 'gatehouse', ...facts });
});
