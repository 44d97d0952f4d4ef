/** What an exchange is told of prices. */
import type { Price } from '../contract/money/price.ts';
import type { Provider } from '../providers/build-provider.ts';

export interface PriceSource {
  /**
   * The price of a model at a moment (milliseconds since 1970): the same object as long as it is the same price. Null: nobody knows one;
   * undefined: the catalog is on its way, `load` tells when it is there.
   */
  priceOf(provider: Provider, model: string, atMs: number): Price | null | undefined;
  load(): Promise<void>;
  /** Of the model that models on this machine are compared with. */
  compared(): Price | null | undefined;
}
