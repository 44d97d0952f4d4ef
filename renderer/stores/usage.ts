/** Usage over a range: asked for while it is shown, and saved as a file. */
import type { CallArgument, CallOutput } from '../../gateway/contract/calls.ts';
import type { UsageAnswer } from '../../gateway/contract/money/usage.ts';
import { control } from '../control.ts';
import { useMoney } from './money.ts';
import { type Reading, useReading } from './use-reading.ts';

export type UsageAsk = CallArgument<'usage.query'>;

/** Read anew a few seconds after requests ended; what is shown stays until then. */
export function useUsage(query: UsageAsk): Reading<UsageAnswer> {
  const edition = useMoney((state) => state.edition);
  return useReading(JSON.stringify(query), edition, () => control.call('usage.query', query));
}

/** @throws CallError */
export function exportUsage(query: UsageAsk, format: 'csv' | 'json'): Promise<CallOutput<'usage.export'>> {
  return control.call('usage.export', { query, format });
}
