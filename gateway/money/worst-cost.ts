/** The most that an attempt may cost: what a budget holds for it before it is sent. */
import { mostNanoUsd } from '../contract/money/nano-usd.ts';
import type { Price } from '../contract/money/price.ts';
import { nanoPerToken, nanoPerUsd } from './cost.ts';
import { dearest, type FullRates, inputRates, outputRates, tiersOf } from './price-tiers.ts';
import { dearestFactor, tierFactor } from './service-tiers.ts';

export interface WorstCase {
  /** The most that it may read. */
  readonly inputTokens: number;
  /** The most that it may write; 0 for what writes nothing, as embeddings. */
  readonly outputTokens: number;
  /** The most searches that its provider may make for it; none unless told. */
  readonly searches?: number;
  /** How it will be served where that is certain; else the dearest service tier is taken. */
  readonly serviceTiers?: readonly string[];
}

/** What a search costs where a price does not say: the most that OpenAI asks, https://developers.openai.com/api/docs/pricing (2026-11-20). */
const dearestSearchUsd = 0.025;

/**
 * An upper bound in nano-dollars: the dearest kind of token, at the dearest length of context that can be reached, by the dearest
 * service tier that the price knows.
 * @returns null where none can be given: a rate is not known, or it is priced by the minute or the character
 */
export function worstCost(price: Price, { inputTokens, outputTokens, searches = 0, serviceTiers }: WorstCase): number | null {
  const factor = serviceTiers ? tierFactor(price, serviceTiers) : dearestFactor(price);
  // A person's own price is the whole of it.
  const isSaid = price.source === 'config' || price.rates.perSearchUsd !== undefined;
  const unsaidUsd = isSaid ? 0 : searches * dearestSearchUsd;
  let most = 0;
  for (const { aboveInputTokens, rates } of tiersOf(price)) {
    if (aboveInputTokens >= inputTokens && aboveInputTokens >= 0) break;
    const nano = worstOfRates(rates, { inputTokens, outputTokens, searches, factor });
    if (nano === null) return null;
    if (nano > most) most = nano;
  }
  return Math.min(Math.ceil(most + unsaidUsd * nanoPerUsd), mostNanoUsd);
}

interface Counts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly searches: number;
  readonly factor: number;
}

function worstOfRates(rates: FullRates, { inputTokens, outputTokens, searches, factor }: Counts): number | null {
  if (rates.perAudioMinuteUsd > 0 || rates.perMillionCharactersUsd > 0) return null;
  const input = inputTokens === 0 ? 0 : dearest(rates, inputRates);
  const output = outputTokens === 0 ? 0 : dearest(rates, outputRates);
  if (input === null || output === null) return null;
  const tokens = (input * inputTokens + output * outputTokens) * nanoPerToken * factor;
  return tokens + (rates.perRequestUsd + rates.perSearchUsd * searches) * nanoPerUsd;
}
