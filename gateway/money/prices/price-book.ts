/** Finds what a model costs: by the config, its provider's own list, the packaged catalog, or nothing where it runs here. */
import type { Price, PriceOverride } from '../../contract/money/price.ts';
import { isProviderKind, type ProviderKind, providerKinds } from '../../contract/provider-kinds.ts';
import type { CatalogQuestion, findInCatalog } from './price-catalog.ts';
import { localPrice, priceOfList, priceOfOverride, type ToldModel } from './said-prices.ts';

/** What of a provider its prices depend on. */
export interface PricedProvider {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly origin: string;
  readonly modelList: { readonly origin: string; readonly path: string } | null;
}

export interface PriceBookSources<Provider extends PricedProvider> {
  /** The newest list of a provider's models; the same array until there is a newer one. */
  listOf(providerId: string): readonly ToldModel[];
  /** Does the model run on this machine? */
  isHere(provider: Provider, model: string): boolean;
  /** By its id in the config in force; null where there is none. */
  provider(id: string): Provider | null;
  /** The packaged catalog cannot be read. */
  reportFailure(error: unknown): void;
}

/** What a config says of prices. */
export interface PriceSettings {
  readonly overrides: Readonly<Record<string, PriceOverride>>;
  /** `provider/model`; the provider may be a kind that the config does not hold. */
  readonly compareLocalWith: string;
}

interface Found {
  readonly price: Price | null;
  /** Does it depend on the moment? */
  readonly isTimed: boolean;
}

interface Kept {
  readonly list: readonly ToldModel[];
  /** The one for which it was found, counted from 1970; null: it holds at any time. */
  readonly minute: number | null;
  readonly price: Price | null;
}

const unknown: Found = { price: null, isTimed: false };
/** Names come from clients too. */
const mostKept = 5_000;
/** Prices by the time of day change with whole minutes. */
const minuteMs = 60_000;

/** The same price is the same object, and its version is the one with which it was first said. It outlives every config. */
export class PriceBook<Provider extends PricedProvider> {
  readonly #sources: PriceBookSources<Provider>;
  readonly #kept = new Map<string, Kept>();
  readonly #told = new Map<string, Price>();
  #overrides: ReadonlyMap<string, { readonly text: string; readonly price: Price }> = new Map();
  #comparedName = '';
  #findInCatalog: typeof findInCatalog | null = null;
  #loading: Promise<void> | null = null;

  constructor(sources: PriceBookSources<Provider>) {
    this.#sources = sources;
  }

  /** Takes over a config's prices; a name may have gone to another provider with it. */
  use({ overrides, compareLocalWith }: PriceSettings, configVersion: number): void {
    const before = this.#overrides;
    this.#overrides = new Map(
      Object.entries(overrides).map(([name, override]) => {
        const text = JSON.stringify(override);
        const known = before.get(name);
        return [name, known?.text === text ? known : { text, price: priceOfOverride(override, configVersion) }];
      }),
    );
    this.#comparedName = compareLocalWith;
    this.#kept.clear();
  }

  /** Reads the packaged catalog, once. Where it cannot be read nobody knows its prices: that is told, and nothing waits for it again. */
  load(): Promise<void> {
    this.#loading ??= import('./price-catalog.ts').then(
      (catalog) => {
        this.#findInCatalog = catalog.findInCatalog;
      },
      (error: unknown) => {
        this.#findInCatalog = () => null;
        this.#sources.reportFailure(error);
      },
    );
    return this.#loading;
  }

  /**
   * Null: nobody knows one. Undefined: the packaged catalog may, and is being read; `load` resolves when it is there.
   * @param atMs the moment, milliseconds since 1970
   */
  priceOf(provider: Provider, model: string, atMs: number): Price | null | undefined {
    const name = `${provider.id}/${model}`;
    const override = this.#overrides.get(name);
    if (override) return override.price;
    const list = this.#sources.listOf(provider.id);
    const minute = Math.floor(atMs / minuteMs);
    const kept = this.#kept.get(name);
    if (kept && kept.list === list && (kept.minute === null || kept.minute === minute)) return kept.price;
    const found = this.#find(provider, model, list, atMs);
    if (found === undefined) return undefined;
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(name, { list, minute: found.isTimed ? minute : null, price: found.price });
    return found.price;
  }

  /** Of the model that models on this machine are compared with, as `priceOf`. */
  compared(atMs: number): Price | null | undefined {
    const name = this.#comparedName;
    const override = this.#overrides.get(name);
    if (override) return override.price;
    const [id = ''] = name.split('/', 1);
    const model = name.slice(id.length + 1);
    const provider = this.#sources.provider(id);
    if (provider) return this.priceOf(provider, model, atMs);
    return isProviderKind(id) ? this.#fromCatalog({ kind: id, origin: '' }, model, atMs)?.price : null;
  }

  /** What the config prices, by `provider/model`. */
  overridden(): ReadonlyMap<string, Price> {
    return new Map([...this.#overrides].map(([name, { price }]) => [name, price]));
  }

  #find(provider: Provider, model: string, list: readonly ToldModel[], atMs: number): Found | undefined {
    const told = this.#fromList(provider, model, list, atMs);
    if (told) return { price: told, isTimed: false };
    const isHere = this.#sources.isHere(provider, model);
    // At an address on this machine the catalog knows nobody but those whose kind says who they are.
    if (isHere && providerKinds[provider.kind].group !== 'cloud') return { price: localPrice, isTimed: false };
    const found = this.#fromCatalog(provider, model, atMs);
    if (found === undefined || found.price !== null) return found;
    return isHere ? { price: localPrice, isTimed: false } : found;
  }

  #fromList(provider: Provider, model: string, list: readonly ToldModel[], atMs: number): Price | null {
    const listed = list.find(({ id }) => id === model);
    if (!listed) return null;
    const { modelList } = provider;
    const price = priceOfList(listed, modelList && modelList.origin + modelList.path, atMs);
    if (!price) return null;
    const name = `${provider.id}/${model}`;
    const before = this.#told.get(name);
    if (before && before.url === price.url && JSON.stringify(before.rates) === JSON.stringify(price.rates)) return before;
    if (this.#told.size >= mostKept) this.#told.clear();
    this.#told.set(name, price);
    return price;
  }

  #fromCatalog(question: CatalogQuestion, model: string, atMs: number): Found | undefined {
    const { group } = providerKinds[question.kind];
    if (group !== 'cloud' && group !== 'compatible') return unknown;
    if (this.#findInCatalog === null) {
      void this.load().catch(() => undefined);
      return undefined;
    }
    return this.#findInCatalog(question, model, atMs) ?? unknown;
  }
}
