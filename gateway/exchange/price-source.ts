/** What models cost, as an exchange is given it. */
import type { Price } from '../contract/money/price.ts';
import type { Provider } from '../providers/build-provider.ts';

export interface PriceSource {
  /**
   * Null: nobody knows a price. Undefined: the packaged catalog may know one, and is being read.
   * @param atMs the moment, milliseconds since 1970
   */
  priceOf(provider: Provider, model: string, atMs: number): Price | null | undefined;
  /** Resolves when the packaged catalog has been read; at once where it is there. */
  load(): Promise<void>;
  /** Of the model that models on this machine are compared with, now. */
  compared(): Price | null | undefined;
}
