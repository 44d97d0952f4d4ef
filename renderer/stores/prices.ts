/** The price list, and computing old costs anew by it. */
import type { CallArgument, CallOutput } from '../../gateway/contract/calls.ts';
import type { ListedPrice } from '../../gateway/contract/money/calls.ts';
import { control } from '../control.ts';
import { useGateway } from './gateway.ts';
import { type Reading, useReading } from './use-reading.ts';

export type Repricing = CallOutput<'prices.reprice'>;
export type RepriceAsk = Omit<CallArgument<'prices.reprice'>, 'apply'>;

/** Read anew with every config, which may price models itself. */
export function usePrices(): Reading<readonly ListedPrice[]> {
  const version = useGateway((state) => state.config?.version ?? 0);
  return useReading('prices', version, async () => (await control.call('prices.list', {})).items);
}

/** @throws CallError */
export function reprice(ask: RepriceAsk, apply: boolean): Promise<Repricing> {
  return control.call('prices.reprice', { ...ask, apply });
}
