/** What is known of single models at once, for decisions: looked up when first asked for, and kept until their list changes. */
import type { DecidingFacts } from '../contract/decision.ts';
import type { Price } from '../contract/money/price.ts';
import { unknownModelFacts } from '../contract/model-facts.ts';
import { tokenRates } from '../money/prices/token-rates.ts';
import type { Provider } from '../providers/build-provider.ts';
import { describeModel } from './describe-models.ts';
import type { LookUpModel } from './model-catalog.ts';
import { isNamedForEmbeddings } from './read-list-entry.ts';
import type { ListedModel } from './read-model-list.ts';

/** The catalog is part of the program, and changes with it. */
const withoutCatalog = 'none';

/** Names come from clients too. */
const mostKept = 5_000;

type Described = Pick<Provider, 'id' | 'kind' | 'origin' | 'builtIn'>;

/** Where facts come from beside the catalog. */
export interface FactSources {
  /** The newest list of a provider's models; the same array until there is a newer one. */
  listOf(providerId: string): readonly ListedModel[];
  /** What a request to it would be billed by now; undefined while that is being found out. The same object while it stays. */
  priceOf(providerId: string, model: string): Price | null | undefined;
}

interface Kept {
  readonly list: readonly ListedModel[];
  readonly price: Price | null;
  readonly facts: DecidingFacts;
}

export class KnownFacts {
  readonly #sources: FactSources;
  readonly #version: string;
  #lookUp: LookUpModel | null = null;
  #loading: Promise<void> | null = null;
  readonly #kept = new Map<string, Kept>();

  /** @param version names the edition of the catalog */
  constructor(sources: FactSources, version: string) {
    this.#sources = sources;
    this.#version = version;
  }

  /** Reads the packaged catalog, once: 40 ms and 25 MB, which only those pay who have rules, or ask why. */
  load(): Promise<void> {
    this.#loading ??= import('./model-catalog.ts').then(({ lookUpModel }) => {
      this.#lookUp = lookUpModel;
      this.#kept.clear();
    });
    return this.#loading;
  }

  /** Has the packaged catalog been read? */
  get isLoaded(): boolean {
    return this.#lookUp !== null;
  }

  /** Which edition of prices and abilities is in use. */
  version(): string {
    return this.#lookUp === null ? withoutCatalog : this.#version;
  }

  /** Until the catalog is there, what the provider itself tells. */
  of(provider: Described, model: string): DecidingFacts {
    const price = this.#priceOf(provider.id, model);
    if (provider.builtIn && price === null) return unknownFacts;
    const list = this.#sources.listOf(provider.id);
    const name = `${provider.id}/${model}`;
    const kept = this.#kept.get(name);
    if (kept?.list === list && kept.price === price) return kept.facts;
    const listed = list.find(({ id }) => id === model) ?? { id: model };
    const lookUp = provider.builtIn ? null : this.#lookUp;
    const told = lookUp ? describeModel(provider, listed, lookUp).facts : (listed.facts ?? {});
    const facts = decidingFacts({ ...told, ...(price && tokenRates(price)), forwarded: isForwarded(list, model) });
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(name, { list, price, facts });
    return facts;
  }

  /** Null where what was told of the model holds: nothing better is known, or it runs here, which decisions know by themselves. */
  #priceOf(providerId: string, model: string): Price | null {
    const price = this.#sources.priceOf(providerId, model) ?? null;
    // Until the version says that there is a catalog, nothing is decided by one.
    const isKnown = price?.source === 'config' || (price?.source === 'catalog' && this.#lookUp !== null);
    return isKnown ? price : null;
  }

  /** A config may have given a name to another provider. */
  forget(): void {
    this.#kept.clear();
  }
}

/** Ollama takes names in any case, and without the tag `latest`. */
export function isForwarded(list: readonly ListedModel[], model: string): true | null {
  if (!list.some(({ entry }) => entry?.forwarded)) return null;
  const wanted = model.trim().toLowerCase();
  const isWanted = (id: string) => id === wanted || id === `${wanted}:latest`;
  return list.some(({ id, entry }) => entry?.forwarded === true && isWanted(id.toLowerCase())) || null;
}

/** By what its list says of it, else by its name. */
export function makesVectors(list: readonly ListedModel[], model: string): boolean {
  const listed = list.find(({ id }) => id === model || id === `${model}:latest`);
  return listed?.entry?.embeddings ?? isNamedForEmbeddings(model);
}

function decidingFacts(facts: Partial<DecidingFacts>): DecidingFacts {
  return {
    contextTokens: facts.contextTokens ?? null,
    maxOutputTokens: facts.maxOutputTokens ?? null,
    inputPerMillionUsd: facts.inputPerMillionUsd ?? null,
    outputPerMillionUsd: facts.outputPerMillionUsd ?? null,
    cachedInputPerMillionUsd: facts.cachedInputPerMillionUsd ?? null,
    tools: facts.tools ?? null,
    vision: facts.vision ?? null,
    reasoning: facts.reasoning ?? null,
    structuredOutput: facts.structuredOutput ?? null,
    forwarded: facts.forwarded ?? null,
  };
}

/** Of a model that nobody knows. */
export const unknownFacts: DecidingFacts = decidingFacts(unknownModelFacts);
