/** Answers the calls about prices. */
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { LoggedCost } from './contract/money/repricing.ts';
import type { Engine } from './engine.ts';
import { comparedWith } from './exchange/price-source.ts';
import { listPrices } from './list-prices.ts';
import type { PricesOfNow } from './money/reprice.ts';
import { repriceLog } from './reprice-log.ts';
import type { Storage } from './storage/open-storage.ts';
import { WriteFailedError } from './storage/settle.ts';

export interface PriceCallParts {
  readonly engine: Pick<Engine, 'prices' | 'runtime' | 'directory'>;
  readonly storage: Pick<Storage, 'costs'>;
}

const lately = 30 * 24 * 60 * 60 * 1_000;

export function priceCalls({ engine, storage: { costs } }: PriceCallParts) {
  return {
    'prices.list': async () => {
      const { prices, runtime, directory } = engine;
      const nowMs = Date.now();
      return {
        items: await listPrices({
          prices,
          providers: [...runtime.providers.values()].map(({ provider }) => provider),
          used: await costs.usedModels(nowMs - lately),
          listedBy: (id) => directory.known(id)?.models.map((model) => model.id) ?? [],
          nowMs,
        }),
      };
    },
    'prices.reprice': async (input) => {
      await engine.prices.load();
      try {
        return await repriceLog(input, { costs, pricesOf: (row) => pricesOfNow(engine, row) });
      } catch (error) {
        throw error instanceof WriteFailedError ? new CallError('unavailable', halfWritten(error)) : error;
      }
    },
  } satisfies Partial<CallHandlers>;
}

function halfWritten({ message }: WriteFailedError): string {
  return `Not all requests were repriced; do it once more when the log can be written. ${message}`;
}

function pricesOfNow({ prices, runtime }: PriceCallParts['engine'], row: LoggedCost): PricesOfNow {
  const provider = runtime.providers.get(row.provider)?.provider;
  if (!provider) return { price: null, comparedPrice: null };
  const price = prices.priceOf(provider, row.model, row.startedAtMs) ?? null;
  return { price, comparedPrice: comparedWith(provider, price, () => prices.compared(row.startedAtMs)) };
}
