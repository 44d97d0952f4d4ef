/** What lists tell of their models, joined with what is known anyway. Entries are shortened from each provider's own list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { modelFactsSchema, unknownModelFacts } from '../../../gateway/contract/model-facts.ts';
import { comparableId } from '../../../gateway/discovery/comparable-id.ts';
import { describeModels } from '../../../gateway/discovery/describe-models.ts';
import { readModelFacts } from '../../../gateway/discovery/read-model-facts.ts';
import { undatedId } from '../../../gateway/money/prices/model-version.ts';
import { provider } from './scripted-send.ts';

describe('a list tells', () => {
  test.each<[string, object, object]>([
    [
      'OpenRouter',
      {
        created: 1_767_225_600,
        context_length: 400_000,
        architecture: { input_modalities: ['text', 'image'] },
        pricing: { prompt: '0.00000025', completion: '0.000002', input_cache_read: '0.000000025', request: '0' },
        top_provider: { context_length: 400_000, max_completion_tokens: 128_000 },
        supported_parameters: ['reasoning', 'structured_outputs', 'tools'],
      },
      {
        contextTokens: 400_000,
        maxOutputTokens: 128_000,
        inputPerMillionUsd: 0.25,
        outputPerMillionUsd: 2,
        cachedInputPerMillionUsd: 0.025,
        priceSource: 'provider',
        tools: true,
        vision: true,
        reasoning: true,
        structuredOutput: true,
        releasedOn: '2026-01-01',
      },
    ],
    [
      'Anthropic',
      {
        created_at: '2026-02-05T00:00:00Z',
        max_input_tokens: 1_000_000,
        max_tokens: 128_000,
        capabilities: {
          image_input: { supported: true },
          structured_outputs: { supported: true },
          thinking: { supported: true },
        },
      },
      {
        contextTokens: 1_000_000,
        maxOutputTokens: 128_000,
        vision: true,
        reasoning: true,
        structuredOutput: true,
        releasedOn: '2026-02-05',
      },
    ],
    [
      'Gemini',
      { inputTokenLimit: 1_048_576, outputTokenLimit: 65_536, thinking: true },
      { contextTokens: 1_048_576, maxOutputTokens: 65_536, reasoning: true },
    ],
    [
      'Mistral',
      { max_context_length: 131_072, capabilities: { function_calling: true, vision: false, completion_fim: false } },
      { contextTokens: 131_072, tools: true, vision: false },
    ],
    [
      'Together',
      { created: 0, context_length: 131_072, pricing: { hourly: 0, input: 0.88, output: 0.9, base: 0 } },
      { contextTokens: 131_072, inputPerMillionUsd: 0.88, outputPerMillionUsd: 0.9, priceSource: 'provider' },
    ],
    [
      'GitHub',
      {
        capabilities: ['streaming', 'tool-calling'],
        limits: { max_input_tokens: 1_048_576, max_output_tokens: 32_768 },
        supported_input_modalities: ['text', 'audio'],
      },
      {
        contextTokens: 1_048_576,
        maxOutputTokens: 32_768,
        tools: true,
        vision: false,
        reasoning: false,
      },
    ],
    [
      'Cohere',
      { context_length: 288_000, features: ['tools', 'json_schema'], supports_vision: true },
      {
        contextTokens: 288_000,
        tools: true,
        vision: true,
        reasoning: false,
        structuredOutput: true,
      },
    ],
    ['vLLM', { max_model_len: 32_768 }, { contextTokens: 32_768 }],
    ['llama.cpp', { meta: { n_ctx_train: 40_960 } }, { contextTokens: 40_960 }],
    ['OpenAI', { created: 1_754_000_000 }, { releasedOn: '2025-07-31' }],
  ])('%s', (_who, entry, facts) => {
    expect(readModelFacts(entry)).toEqual(facts);
  });

  test.each([
    null,
    7,
    'gpt',
    [],
    { context_length: -1, max_tokens: 1.5, created: 12, pricing: { prompt: '-1', completion: '0.1' } },
    { context_length: '4096', pricing: 'free', capabilities: 7, created_at: 'yesterday' },
    { pricing: { prompt: 'NaN' }, meta: null },
  ])('nothing in %j', (entry) => {
    expect(readModelFacts(entry)).toEqual({});
  });
});

test.each([
  ['anthropic/claude-sonnet-4.5:free', 'claude-sonnet-4-5'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
  ['claude-3-5-haiku@20241022', 'claude-3-5-haiku'],
  ['gpt-5-mini-2025-08-07', 'gpt-5-mini'],
  ['mistral-large-latest', 'mistral-large'],
  ['accounts/fireworks/models/Kimi_K2', 'kimi-k2'],
  ['gpt-4-0613', 'gpt-4-0613'],
  [':', ''],
])('%s is compared as %s', (id, comparable) => {
  expect(comparableId(id)).toBe(comparable);
});

test('only its version is taken off an id that is to be priced: a free variant has a price of its own', () => {
  expect(['gpt-5-2025-08-07', 'deepseek/deepseek-r1:free'].map(undatedId)).toEqual(['gpt-5', 'deepseek/deepseek-r1:free']);
});

async function factsOf(kind: ProviderKind, id: string, told = {}, baseUrl?: string) {
  const subject = provider({ kind, ...(baseUrl === undefined ? {} : { baseUrl }) });
  const [model] = await describeModels(subject, [{ id, facts: told }]);
  expect(modelFactsSchema.parse(model?.facts)).toEqual(model?.facts);
  return model?.facts;
}

describe('without asking anybody is known', () => {
  test('what a model costs, reads and can do, by its id in any version', async () => {
    for (const id of ['claude-opus-4-1', 'claude-opus-4-1-20250805']) {
      expect(await factsOf('anthropic', id)).toMatchObject({
        contextTokens: 200_000,
        maxOutputTokens: 32_000,
        inputPerMillionUsd: 15,
        outputPerMillionUsd: 75,
        cachedInputPerMillionUsd: 1.5,
        cacheWritePerMillionUsd: 18.75,
        priceSource: 'catalog',
        tools: true,
        vision: true,
        reasoning: true,
      });
    }
    expect(await factsOf('openai', 'gpt-5-mini')).toMatchObject({ inputPerMillionUsd: 0.25, outputPerMillionUsd: 2 });
    expect(await factsOf('gemini', 'gemini-2.5-pro')).toMatchObject({ inputPerMillionUsd: 1.25, tools: true });
  });

  test('abilities wherever a model is served, but no price of another provider', async () => {
    const hosted = await factsOf('nvidia', 'deepseek-ai/deepseek-v3.1');
    expect(hosted).toMatchObject({ tools: true, inputPerMillionUsd: null, priceSource: null });
  });

  test('no price for what runs on one’s own machine', async () => {
    expect(await factsOf('ollama', 'gpt-5-mini')).toMatchObject({ inputPerMillionUsd: null, priceSource: null });
    const near = await factsOf('openai-compatible', 'deepseek-chat', {}, 'http://127.0.0.1:8000/v1');
    expect(near?.inputPerMillionUsd).toBeNull();
  });

  test('the price of a compatible server that is a known service', async () => {
    const served = await factsOf('openai-compatible', 'grok-3', {}, 'https://api.x.ai/v1');
    expect(served).toMatchObject({ priceSource: 'catalog' });
  });

  test('nothing of a model nobody heard of, nor of the demo’s', async () => {
    expect(await factsOf('openai', 'no-such-model')).toEqual(unknownModelFacts);
    expect(await factsOf('demo', 'gpt-5-mini')).toEqual(unknownModelFacts);
  });
});

test('the provider’s own word goes before the catalog, and its prices are taken whole', async () => {
  const told = { contextTokens: 7, inputPerMillionUsd: 1, priceSource: 'provider' } as const;
  expect(await factsOf('anthropic', 'claude-opus-4-1', told)).toMatchObject({
    contextTokens: 7,
    inputPerMillionUsd: 1,
    outputPerMillionUsd: null,
    cachedInputPerMillionUsd: null,
    priceSource: 'provider',
    tools: true,
  });
});

test('a server of one’s own tells when it was started, which is not when the model came out', async () => {
  const told = { releasedOn: '2026-11-20' };
  expect((await factsOf('vllm', 'no-such-model', told))?.releasedOn).toBeNull();
  expect((await factsOf('openai', 'no-such-model', told))?.releasedOn).toBe('2026-11-20');
});

test('the catalogs are read only when somebody wants to see models: no source imports them at its start', () => {
  const sources = readdirSync('gateway', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const early = sources.filter((name) =>
    /^import (?!type )[^;]*(?:model|price)-catalog\.ts/m.test(readFileSync(join('gateway', name), 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(100);
  // The one reads the other.
  expect(early).toEqual(['discovery/model-catalog.ts']);
});
