/** Prices that the config or a provider's own list says, as a row names them. Pure. */
import type { Price, PriceOverride, Rates } from '../../contract/money/price.ts';

/** A model as its provider's list tells it; US dollars for a million tokens. */
export interface ToldModel {
  readonly id: string;
  readonly facts?: ToldRates & { readonly priceSource?: string | null };
}

const toldRates = [
  'inputPerMillionUsd',
  'outputPerMillionUsd',
  'cachedInputPerMillionUsd',
  'cacheWritePerMillionUsd',
] as const satisfies readonly (keyof Rates)[];

type ToldRates = { readonly [Rate in (typeof toldRates)[number]]?: number | null };

/** Of every model that runs on this machine. */
export const localPrice: Price = {
  rates: { inputPerMillionUsd: 0, outputPerMillionUsd: 0 },
  longContext: [],
  serviceTiers: {},
  source: 'local',
  version: 'this machine',
  url: null,
};

const free = { inputPerMillionUsd: 0, outputPerMillionUsd: 0 };

/** One that says rates, and none of tokens, is by the call, the minute or the like alone: tokens cost nothing. */
export function priceOfOverride({ longContext = [], serviceTiers = {}, ...rates }: PriceOverride, configVersion: number): Price {
  const saysTokens = [rates, ...longContext].some((said) => Object.keys(said).some((name) => name.endsWith('PerMillionUsd')));
  const saysOther = Object.values(rates).some((rate) => rate !== undefined);
  return {
    rates: saysTokens || !saysOther ? rates : { ...free, ...rates },
    longContext,
    serviceTiers,
    source: 'config',
    version: `config ${configVersion}`,
    url: null,
  };
}

/** @param url where the provider lists its models; null where that is not known */
export function priceOfList({ facts }: ToldModel, url: string | null, atMs: number): Price | null {
  if (facts?.priceSource !== 'provider') return null;
  const said = toldRates.flatMap((name) => (typeof facts[name] === 'number' ? [[name, facts[name]] as const] : []));
  const version = new Date(atMs).toISOString().slice(0, 10);
  return { rates: Object.fromEntries(said), longContext: [], serviceTiers: {}, source: 'provider', version, url };
}
