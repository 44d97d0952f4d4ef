/** Holds the table of callable models to what programs may write, and to what is known of each. */
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../../../gateway/contract/config.ts';
import { unknownModelFacts } from '../../../../../gateway/contract/model-facts.ts';
import { type CallableInput, callableRows, findCallable } from '../../../../../renderer/screens/models/callable-rows.ts';
import { sampleLocalModel } from '../../../../support/local-engine-control.ts';
import { samplePrices } from '../../../../support/money-samples.ts';

const listed = (ids: readonly string[], facts = unknownModelFacts) => ({
  answer: { models: ids.map((id) => ({ id, facts })), source: 'provider' as const, added: [], removed: [], changed: [] },
  error: null,
});

const { aliases } = configSchema.parse({
  version: 1,
  aliases: {
    fast: { strategy: 'first', targets: ['openai/gpt-5-mini', 'qwen3:8b'] },
    spread: { strategy: 'weighted', targets: [{ model: 'openai/gpt-5-mini', weight: 2 }, 'openai/gpt-5'] },
  },
});

const facts = { ...unknownModelFacts, contextTokens: 400_000, tools: true, inputPerMillionUsd: 0.25, outputPerMillionUsd: 2 };
const input: CallableInput = {
  aliases,
  lists: {
    openai: listed(['gpt-5-mini'], facts),
    ollama: listed(['qwen3:8b', 'glm:cloud']),
    away: { answer: null, error: 'no' },
  },
  prices: [],
  local: { provider: 'ollama', models: [sampleLocalModel()] },
};

describe('the rows', () => {
  test('are the aliases, then every model by the name that a program writes', () => {
    expect(callableRows(input).map(({ name }) => name)).toEqual([
      'fast',
      'spread',
      'openai/gpt-5-mini',
      'ollama/qwen3:8b',
      'ollama/glm:cloud',
    ]);
  });

  test('tell of a model which aliases lead to it, by its whole name or the bare one', () => {
    const rows = new Map(callableRows(input).map((row) => [row.name, row.related]));
    expect(rows.get('openai/gpt-5-mini')).toEqual(['fast', 'spread']);
    expect(rows.get('ollama/qwen3:8b')).toEqual(['fast']);
    expect(rows.get('spread')).toEqual(['openai/gpt-5-mini', 'openai/gpt-5']);
  });

  test('have what the list tells where nobody says a price, and an alias what its first target has', () => {
    const [fast, , mini] = callableRows(input);
    expect(mini).toMatchObject({ context: '400k', price: '$0.25 / $2.00', abilities: ['tools'], source: 'listed' });
    expect(fast).toMatchObject({ provider: null, context: '400k', price: '$0.25 / $2.00', source: 'alias' });
  });

  test('have the price in force before the list’s, free for what runs here, and none where nobody knows', () => {
    const [price] = samplePrices.flatMap((one) => (one.price ? [one.price] : []));
    if (!price) throw new Error('There is no sample of a price.');
    const own = { ...price, source: 'config' as const, rates: { inputPerMillionUsd: 9, outputPerMillionUsd: 18 } };
    const prices = [
      { provider: 'openai', model: 'gpt-5-mini', price: own },
      { provider: 'ollama', model: 'qwen3:8b', price: { ...price, source: 'local' as const } },
    ];
    const rows = new Map(callableRows({ ...input, prices }).map((row) => [row.name, row.price]));
    expect([...rows.values()].slice(2)).toEqual(['$9.00 / $18.00', 'free', null]);
  });

  test('of the local engine have what the engine tells of them', () => {
    const [, , , local] = callableRows(input);
    expect(local).toMatchObject({ context: '41k', abilities: ['tools', 'reasoning'], source: 'local' });
  });
});

test('a search finds by every word in name, alias, ability or source, within one provider or all', () => {
  const rows = callableRows(input);
  const names = (search: string, provider: string | null = null) => findCallable(rows, search, provider).map(({ name }) => name);
  expect(names('FAST mini')).toEqual(['fast', 'openai/gpt-5-mini']);
  expect(names('reasoning')).toEqual(['ollama/qwen3:8b']);
  expect(names('', 'ollama')).toEqual(['ollama/qwen3:8b', 'ollama/glm:cloud']);
  expect(names('nothing')).toEqual([]);
});
