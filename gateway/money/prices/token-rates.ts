/** The few rates of a price that decisions and lists of models show: of tokens, at the shortest context. Pure. */
import type { Price } from '../../contract/money/price.ts';

export interface TokenRates {
  readonly inputPerMillionUsd: number | null;
  readonly outputPerMillionUsd: number | null;
  readonly cachedInputPerMillionUsd: number | null;
  readonly cacheWritePerMillionUsd: number | null;
}

const noRates: TokenRates = {
  inputPerMillionUsd: null,
  outputPerMillionUsd: null,
  cachedInputPerMillionUsd: null,
  cacheWritePerMillionUsd: null,
};

/** All null where nobody knows a price, or it is not by tokens: by the minute, the character or the call nothing can be reckoned with them. */
export function tokenRates(price: Price | null): TokenRates {
  if (price === null) return noRates;
  const { inputPerMillionUsd: input, outputPerMillionUsd: output, cachedInputPerMillionUsd: cached, ...rest } = price.rates;
  const { cacheWritePerMillionUsd: written, perAudioMinuteUsd, perMillionCharactersUsd, perRequestUsd } = rest;
  const isOtherwise = (perAudioMinuteUsd ?? 0) + (perMillionCharactersUsd ?? 0) + (perRequestUsd ?? 0) > 0;
  if (isOtherwise && !input && !output) return noRates;
  return {
    inputPerMillionUsd: input ?? null,
    outputPerMillionUsd: output ?? null,
    cachedInputPerMillionUsd: cached ?? null,
    cacheWritePerMillionUsd: written ?? null,
  };
}
