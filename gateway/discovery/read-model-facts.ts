/**
 * Reads what a provider's list tells of a model beside its id. Every provider has names of its own for the same few facts, so
 * each fact is a list of the places where it may stand; the first that holds something sensible counts.
 */
import type { ModelFacts } from '../contract/model-facts.ts';
import { valueAt } from './value-at.ts';

/** Only what was told. */
export type ToldFacts = Partial<ModelFacts>;

const contextPlaces = [
  'context_length',
  'context_window',
  'max_context_length',
  'max_model_len',
  'inputTokenLimit',
  'max_input_tokens',
  'limits.max_input_tokens',
  'meta.n_ctx',
  'meta.n_ctx_train',
];
const outputPlaces = [
  'top_provider.max_completion_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'outputTokenLimit',
  'limits.max_output_tokens',
  'max_output_length',
  'max_tokens',
];

/** Texts are dollars for one token, numbers for a million. */
const pricePlaces = {
  inputPerMillionUsd: ['pricing.prompt', 'pricing.input', 'metadata.pricing.input_tokens'],
  outputPerMillionUsd: ['pricing.completion', 'pricing.output', 'metadata.pricing.output_tokens'],
  cachedInputPerMillionUsd: ['pricing.input_cache_read', 'pricing.cached_input', 'metadata.pricing.cache_read_tokens'],
  cacheWritePerMillionUsd: ['pricing.input_cache_write'],
} as const;

/** An ability is a yes or no of its own, or a word in a list that would hold it. */
const abilityPlaces = {
  tools: {
    flags: ['capabilities.function_calling', 'supports_tools'],
    lists: ['supported_parameters', 'capabilities', 'features', 'tags'],
    words: ['tools', 'tool-calling', 'tool-use', 'function_calling'],
  },
  vision: {
    flags: [
      'capabilities.vision',
      'capabilities.image_input.supported',
      'supports_image_input',
      'supports_image_in',
      'supports_vision',
    ],
    lists: ['architecture.input_modalities', 'supported_input_modalities', 'input_modalities', 'capabilities', 'tags'],
    words: ['image', 'vision'],
  },
  reasoning: {
    flags: ['thinking', 'capabilities.thinking.supported', 'capabilities.reasoning', 'supports_reasoning'],
    lists: ['supported_parameters', 'features', 'capabilities', 'tags'],
    words: ['reasoning', 'thinking'],
  },
  structuredOutput: {
    flags: ['capabilities.structured_outputs.supported', 'supports_structured_output'],
    lists: ['supported_parameters', 'features'],
    words: ['structured_outputs', 'json_schema'],
  },
} as const;

/** @param entry one model as the provider's list holds it */
export function readModelFacts(entry: unknown): ToldFacts {
  const facts: { -readonly [Fact in keyof ToldFacts]: ToldFacts[Fact] } = {};
  for (const [name, value] of Object.entries(readAll(entry))) if (value !== null) Object.assign(facts, { [name]: value });
  return facts;
}

function readAll(entry: unknown): Partial<ModelFacts> {
  const inputPerMillionUsd = first(entry, pricePlaces.inputPerMillionUsd, perMillion);
  // Without the price of its input a list says nothing that could be reckoned with.
  const price = (fact: keyof typeof pricePlaces) =>
    inputPerMillionUsd === null ? null : first(entry, pricePlaces[fact], perMillion);
  const ability = (name: keyof typeof abilityPlaces) => readAbility(entry, abilityPlaces[name]);
  return {
    contextTokens: first(entry, contextPlaces, tokens),
    maxOutputTokens: first(entry, outputPlaces, tokens),
    inputPerMillionUsd,
    outputPerMillionUsd: price('outputPerMillionUsd'),
    cachedInputPerMillionUsd: price('cachedInputPerMillionUsd'),
    cacheWritePerMillionUsd: price('cacheWritePerMillionUsd'),
    priceSource: inputPerMillionUsd === null ? null : 'provider',
    tools: ability('tools'),
    vision: ability('vision'),
    reasoning: ability('reasoning'),
    structuredOutput: ability('structuredOutput'),
    releasedOn: first(entry, ['created', 'created_at'], day),
  };
}

function first<Value>(entry: unknown, places: readonly string[], read: (value: unknown) => Value | null): Value | null {
  for (const place of places) {
    const value = read(valueAt(entry, place));
    if (value !== null) return value;
  }
  return null;
}

function tokens(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e9 ? value : null;
}

/** A price below nothing stands for one that varies. */
function perMillion(value: unknown): number | null {
  const usd = typeof value === 'string' && value.trim() !== '' ? Number(value) * 1e6 : value;
  return typeof usd === 'number' && usd >= 0 && usd < 1e6 ? Number(usd.toPrecision(9)) : null;
}

/** Seconds since 1970, or a date as text; none before there were such models. */
function day(value: unknown): string | null {
  const at = typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return at > Date.UTC(2018, 0) && at < Date.UTC(2100, 0) ? new Date(at).toISOString().slice(0, 10) : null;
}

interface AbilityPlaces {
  readonly flags: readonly string[];
  readonly lists: readonly string[];
  readonly words: readonly string[];
}

function readAbility(entry: unknown, { flags, lists, words }: AbilityPlaces): boolean | null {
  for (const place of flags) {
    const flag = valueAt(entry, place);
    if (typeof flag === 'boolean') return flag;
  }
  const found = lists.map((place) => valueAt(entry, place)).filter((value) => Array.isArray(value));
  if (found.length === 0) return null;
  return found.some((list) => words.some((word) => list.includes(word)));
}
