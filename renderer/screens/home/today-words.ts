/** What people read under the figures of today. Pure. */
import type { Today } from '../../../gateway/contract/money/usage.ts';
import { formatCount } from '../../components/formats.ts';

/** What went wrong among the requests: one never hides the other. */
export function requestsWords({ errors, unpriced }: Pick<Today['figures'], 'errors' | 'unpriced'>): string {
  const failed = `${formatCount(errors)} failed`;
  return unpriced === 0 ? failed : `${failed}, ${formatCount(unpriced)} without a price`;
}
