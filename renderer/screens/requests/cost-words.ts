/** What people read about the money of one request. Pure. */
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { formatUsd } from '../../components/formats.ts';

export const overBoundWords =
  'The provider billed more than the upper bound that was held back for it. The truth is recorded here, and the budgets that held it are closed until the period ends or a person opens them again.';

/** What budgets held back for it; why they held nothing only where the request itself knows it. */
export function heldWords({
  reservedUsd,
  errorKind,
  costBasis,
}: Pick<RequestDetail, 'reservedUsd' | 'errorKind' | 'costBasis'>): string {
  if (reservedUsd !== null) return `${formatUsd(reservedUsd)} for its last attempt`;
  if (errorKind === 'over-budget') return 'nothing: a budget refused it';
  return costBasis === 'free' ? 'nothing: it was free' : 'nothing';
}
