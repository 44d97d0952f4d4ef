/** What people read about costs that are computed anew. Pure. */
import { formatCount, formatUsd } from '../../components/formats.ts';
import type { Repricing } from '../../stores/prices.ts';

export const repriceDescription =
  'Their costs are computed anew by the prices of now, from the usage that their providers told. What a provider stated itself stays as it is. Budgets keep what they counted.';

/** What requests cost together: unknown, and not nothing, where none of them has a price. */
export function sumWords(usd: number, unpriced: number, requests: number): string {
  return formatUsd(unpriced < requests ? usd : null);
}

/** @param applied whether it was done, or only looked at */
export function outcomeWords(
  { requests, changed, beforeUsd, afterUsd }: Pick<Repricing, 'requests' | 'changed' | 'beforeUsd' | 'afterUsd'>,
  applied: boolean,
): string {
  if (requests === 0) return 'No request fits.';
  const verb = applied ? 'were changed' : 'would change';
  return changed === 0
    ? `Nothing ${applied ? 'was changed' : 'would change'}: ${formatCount(requests)} requests cost what they did.`
    : `${formatCount(changed)} of ${formatCount(requests)} requests ${verb}: ${formatUsd(beforeUsd)} before, ${formatUsd(afterUsd)} after.`;
}
