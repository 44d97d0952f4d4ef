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

/** What a request's model is compared with: one that really runs here saves what another would have cost, a rehearsal saves nothing. */
export function comparedWith(
  { builtIn }: Pick<Provider, 'builtIn'>,
  price: Price | null,
  compared: () => Price | null | undefined,
): Price | null {
  return price?.source === 'local' && !builtIn ? (compared() ?? null) : null;
}
