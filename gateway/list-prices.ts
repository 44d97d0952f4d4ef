/** Lists what models cost: those that were used lately, those that the config prices, and every one that a provider lists. */
import type { ListedPrice } from './contract/money/calls.ts';
import type { Prices } from './price-book.ts';
import type { Provider } from './providers/build-provider.ts';
import type { UsedModel } from './storage/logged-costs.ts';

export interface PriceListSources {
  readonly prices: Prices;
  /** Of the config in force, in its order. */
  readonly providers: readonly Provider[];
  readonly used: readonly UsedModel[];
  /** Ids of models that a provider lists. */
  listedBy(providerId: string): readonly string[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** So many are looked up in one go, in about 5 ms; then whoever waits for the thread has a turn. */
const modelsAtOnce = 50;

/** By provider as the config has them, then by model; models of providers that are gone come last, without a price. */
export async function listPrices({ prices, providers, used, listedBy, nowMs }: PriceListSources): Promise<ListedPrice[]> {
  await prices.load();
  const models = new Map(providers.map(({ id }) => [id, new Set(listedBy(id))]));
  const add = (provider: string, model: string): void => {
    models.set(provider, (models.get(provider) ?? new Set()).add(model));
  };
  for (const { provider, model } of used) add(provider, model);
  for (const name of prices.overridden().keys()) {
    const [provider = ''] = name.split('/', 1);
    add(provider, name.slice(provider.length + 1));
  }
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const items: ListedPrice[] = [];
  for (const [id, ids] of models) {
    for (const model of [...ids].sort()) {
      if (items.length > 0 && items.length % modelsAtOnce === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      const provider = byId.get(id);
      items.push({ provider: id, model, price: (provider && prices.priceOf(provider, model, nowMs)) ?? null });
    }
  }
  return items;
}
