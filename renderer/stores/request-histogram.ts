/** How many requests a query finds over time, read anew a few seconds after requests ended. */
import type { CallOutput } from '../../gateway/contract/calls.ts';
import { control } from '../control.ts';
import { useMoney } from './money.ts';
import { type Reading, useReading } from './use-reading.ts';

export type RequestHistogram = CallOutput<'requests.histogram'>;

/** @param filter a query; null asks nothing */
export function useRequestHistogram(filter: string | null): Reading<RequestHistogram> {
  const edition = useMoney((state) => state.edition);
  return useReading(filter, edition, () => control.call('requests.histogram', { filter: filter ?? '' }));
}
