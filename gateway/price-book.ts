/** Builds the one book of prices from what the rest of the gateway knows: lists of models, and which of them run here. */
import { isLocalTarget } from './decision/policy/local-target.ts';
import { isForwarded } from './discovery/known-facts.ts';
import type { ModelDirectory } from './discovery/model-directory.ts';
import type { PriceSource } from './exchange/price-source.ts';
import { policyProvider, type Runtime } from './exchange/runtime.ts';
import type { Log } from './log.ts';
import { PriceBook } from './money/prices/price-book.ts';
import type { Provider } from './providers/build-provider.ts';

export interface PriceFacts {
  readonly directory: Pick<ModelDirectory, 'known'>;
  runtime(): Pick<Runtime, 'providers'>;
  readonly log: Log;
}

/** Prices of the models of a gateway's providers. */
export type Prices = PriceBook<Provider>;

const none: readonly never[] = [];

export function createPriceBook({ directory, runtime, log }: PriceFacts): Prices {
  const listOf = (id: string) => directory.known(id)?.models ?? none;
  return new PriceBook<Provider>({
    reportFailure: (error) =>
      log('error', 'The packaged price catalog cannot be read: its prices are unknown.', { error: String(error) }),
    listOf,
    provider: (id) => runtime().providers.get(id)?.provider ?? null,
    isHere: (provider, model) =>
      isLocalTarget(policyProvider(provider), model) && isForwarded(listOf(provider.id), model) !== true,
  });
}

/**
 * The same as exchanges are given it.
 * @param now milliseconds since 1970
 */
export function priceSource(prices: Prices, now: () => number): PriceSource {
  return {
    priceOf: (provider, model, atMs) => prices.priceOf(provider, model, atMs),
    load: () => prices.load(),
    compared: () => prices.compared(now()),
  };
}
