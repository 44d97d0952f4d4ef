/** What people read about prices beside their figures. Pure. */
import type { ListedPrice } from '../../../gateway/contract/money/calls.ts';
import type { PriceOverride } from '../../../gateway/contract/money/price.ts';
import { formatCount, formatRate, formatShare } from '../../components/formats.ts';

/** Dearer long prompts and service tiers, in one sentence. */
export function extrasWords({ longContext, serviceTiers }: Pick<PriceOverride, 'longContext' | 'serviceTiers'>): string {
  const parts = (longContext ?? []).map(({ aboveInputTokens, inputPerMillionUsd, outputPerMillionUsd }) => {
    const rates = `${formatRate(inputPerMillionUsd)} / ${formatRate(outputPerMillionUsd)}`;
    return `above ${formatCount(aboveInputTokens)} tokens read ${rates}`;
  });
  for (const [tier, part] of Object.entries(serviceTiers ?? {})) parts.push(`${tier} ${formatShare(part)}`);
  return parts.join('; ');
}

export const shows = ['all', 'unknown', 'own'] as const;
export type Show = (typeof shows)[number];

/** Of the form's fields that may not be left empty without a loss. */
export const neededRatesWords =
  'A price needs input and output: where one of them is left empty, what a request costs that uses it is unknown. 0 is a price.';

/** Models that answer without text, by their names. */
const writesNothing = /embed|rerank|moderation/i;

/** Is a usual request to it in no sum: does nobody know a price, or only one of input and output? */
export function lacksPrice({ model, price }: ListedPrice): boolean {
  if (price === null) return true;
  if (price.source === 'local') return false;
  const { rates } = price;
  if (rates.perAudioMinuteUsd !== undefined || rates.perMillionCharactersUsd !== undefined) return false;
  if (rates.inputPerMillionUsd === undefined) return true;
  const writesOther = rates.imageOutputPerMillionUsd !== undefined || rates.audioOutputPerMillionUsd !== undefined;
  return rates.outputPerMillionUsd === undefined && !writesOther && !writesNothing.test(model);
}

/** The prices that a search and a choice leave, by name. */
export function findPrices(items: readonly ListedPrice[], search: string, show: Show): readonly ListedPrice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((listed) => {
    const { provider, model, price } = listed;
    if (show === 'unknown' && !lacksPrice(listed)) return false;
    if (show === 'own' && price?.source !== 'config') return false;
    const name = `${provider}/${model}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
