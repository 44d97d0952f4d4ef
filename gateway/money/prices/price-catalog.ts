/**
 * Prices from the packaged catalog: data in the program, never fetched. Heavy (about 20 MB and 40 ms once read): import it only when
 * a model is asked about that it may know.
 */
import { calcPrice, findProvider, type ModelPrice, type TieredPrices } from '@pydantic/genai-prices';
import type { LongContextRates, Price, Rates } from '../../contract/money/price.ts';
import { type ProviderKind, providerKinds } from '../../contract/provider-kinds.ts';
import { priceCatalogEdition } from './catalog-edition.ts';
import { findCorrection, isCorrectedLater } from './corrections.ts';
import { undatedId } from './model-version.ts';
import { tierFactorsOf } from './tier-factors.ts';

/** Whose model it is: a kind, and the address for kinds that can be anybody. */
export interface CatalogQuestion {
  readonly kind: ProviderKind;
  readonly origin: string;
}

export interface CatalogEntry {
  /** Null where the catalog knows the model without a price that can be said. */
  readonly price: Price | null;
  /** Does the price depend on the moment? */
  readonly isTimed: boolean;
  readonly contextTokens: number | null;
}

/** The names that the catalog has for a kind, where they are not its own. */
const catalogNames: Readonly<Partial<Record<ProviderKind, string>>> = {
  gemini: 'google',
  'azure-openai': 'azure',
  xai: 'x-ai',
  moonshot: 'moonshotai',
};

/**
 * Prices are those of this very provider, never of another that serves the same model. The same price is the same object.
 * @param atMs the moment, milliseconds since 1970: some prices begin on a day, or hold for hours of the day
 * @returns null for a model that the catalog does not know
 */
export function findInCatalog({ kind, origin }: CatalogQuestion, id: string, atMs: number): CatalogEntry | null {
  const { group } = providerKinds[kind];
  const providerId = group === 'cloud' ? (catalogNames[kind] ?? kind) : findByAddress(group, origin);
  if (providerId === undefined) return null;
  const timestamp = new Date(atMs);
  const corrected = findCorrection(kind, undatedId(id), atMs);
  const found = [id, undatedId(id)].map((name) => calcPrice({}, name, { providerId, timestamp })).find((one) => one !== null);
  if (corrected) return { ...corrected, contextTokens: found?.model.context_window ?? null };
  if (!found) return null;
  const { model, model_price: prices, provider } = found;
  return {
    price: priceOf(prices, `${kind}/${undatedId(id)}`, () => ({
      ...ratesOf(prices),
      serviceTiers: tierFactorsOf(kind, undatedId(id)),
      source: 'catalog',
      version: priceCatalogEdition,
      url: provider.pricing_urls?.[0] ?? null,
    })),
    isTimed: Array.isArray(model.prices) || isCorrectedLater(kind, undatedId(id)),
    contextTokens: model.context_window ?? null,
  };
}

/** A compatible server may be a service that the catalog knows by its address; one nearby costs nobody's prices. */
function findByAddress(group: string, origin: string): string | undefined {
  return group === 'compatible' ? findProvider({ providerApiUrl: origin })?.id : undefined;
}

const made = new WeakMap<ModelPrice, Map<string, Price>>();

/** A provider may share another's prices, but not its service tiers. */
function priceOf(prices: ModelPrice, name: string, make: () => Price): Price | null {
  if (!Object.keys(prices).some((key) => Object.hasOwn(rateNames, key))) return null;
  const byName = made.get(prices) ?? new Map<string, Price>();
  const price = byName.get(name) ?? make();
  made.set(prices, byName.set(name, price));
  return price;
}

interface RateName {
  readonly rate: keyof Rates;
  /** How many of the catalog's units one of ours has. */
  readonly per: number;
}

/** Those of the catalog's prices that we can say; where two stand for one of ours, the last that is there counts. */
const rateNames: Readonly<Record<string, RateName>> = {
  input_mtok: { rate: 'inputPerMillionUsd', per: 1 },
  output_mtok: { rate: 'outputPerMillionUsd', per: 1 },
  cache_read_mtok: { rate: 'cachedInputPerMillionUsd', per: 1 },
  cache_write_mtok: { rate: 'cacheWritePerMillionUsd', per: 1 },
  cache_write_1h_mtok: { rate: 'cacheWriteHourPerMillionUsd', per: 1 },
  output_reasoning_mtok: { rate: 'reasoningPerMillionUsd', per: 1 },
  input_audio_mtok: { rate: 'audioInputPerMillionUsd', per: 1 },
  cache_audio_read_mtok: { rate: 'cachedAudioInputPerMillionUsd', per: 1 },
  output_audio_mtok: { rate: 'audioOutputPerMillionUsd', per: 1 },
  input_image_mtok: { rate: 'imageInputPerMillionUsd', per: 1 },
  cache_image_read_mtok: { rate: 'cachedImageInputPerMillionUsd', per: 1 },
  output_image_mtok: { rate: 'imageOutputPerMillionUsd', per: 1 },
  input_mchars: { rate: 'perMillionCharactersUsd', per: 1 },
  requests_kcount: { rate: 'perRequestUsd', per: 1_000 },
  rerank_searches_kcount: { rate: 'perSearchUsd', per: 1_000 },
  web_searches_kcount: { rate: 'perSearchUsd', per: 1_000 },
  input_audio_hours: { rate: 'perAudioMinuteUsd', per: 60 },
  audio_hours: { rate: 'perAudioMinuteUsd', per: 60 },
};

/** What the catalog leaves out is not billed: a model for embeddings has no price for output. */
function ratesOf(prices: ModelPrice): Pick<Price, 'rates' | 'longContext'> {
  const floors = [
    ...new Set(Object.values(prices).flatMap((price) => (isTiered(price) ? price.tiers.map(({ start }) => start) : []))),
  ];
  return {
    rates: ratesAbove(prices, null),
    longContext: floors
      .sort((one, other) => one - other)
      .map((floor): LongContextRates => ({ aboveInputTokens: floor, ...ratesAbove(prices, floor) })),
  };
}

function ratesAbove(prices: ModelPrice, floor: number | null): Rates {
  const rates: { -readonly [Rate in keyof Rates]: number } = { inputPerMillionUsd: 0, outputPerMillionUsd: 0 };
  for (const [key, { rate, per }] of Object.entries(rateNames)) {
    const usd = usdAbove(prices[key], floor);
    if (usd !== null) rates[rate] = Number((usd / per).toPrecision(12));
  }
  return rates;
}

function usdAbove(price: ModelPrice[string], floor: number | null): number | null {
  if (!isTiered(price)) return price ?? null;
  const reached = price.tiers.filter(({ start }) => floor !== null && start <= floor);
  return reached.at(-1)?.price ?? price.base;
}

function isTiered(price: ModelPrice[string]): price is TieredPrices {
  return typeof price === 'object';
}
