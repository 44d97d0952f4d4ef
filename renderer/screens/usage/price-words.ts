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

/** The prices that a search and a choice leave, by name. */
export function findPrices(items: readonly ListedPrice[], search: string, show: Show): readonly ListedPrice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ provider, model, price }) => {
    if (show === 'unknown' && price !== null) return false;
    if (show === 'own' && price?.source !== 'config') return false;
    const name = `${provider}/${model}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
