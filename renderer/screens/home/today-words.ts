/** What people read under the figures of today. Pure. */
import type { Today } from '../../../gateway/contract/money/usage.ts';
import { formatCount, formatUsd } from '../../components/formats.ts';
import { copiesWords } from '../../components/money-words.ts';

/** What of today's money is no provider's own figure, and what of it is no program's. */
export function spentWords(figures: Today['figures']): string {
  const estimated = figures.estimatedUsd > 0 ? [`${formatUsd(figures.estimatedUsd)} estimated`] : [];
  const copies = copiesWords(figures);
  return [...estimated, ...(copies === '' ? [] : [copies])].join(', ');
}

/** What went wrong among the requests: one never hides the other. */
export function requestsWords({ errors, unpriced }: Pick<Today['figures'], 'errors' | 'unpriced'>): string {
  const failed = `${formatCount(errors)} failed`;
  return unpriced === 0 ? failed : `${failed}, ${formatCount(unpriced)} without a price`;
}
