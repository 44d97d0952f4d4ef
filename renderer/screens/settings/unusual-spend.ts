/** What counts as unusual spending while its switch is turned. Pure. */
import type { AlertSettings } from '../../../gateway/contract/money/alert.ts';

export type UnusualSpend = Exclude<AlertSettings['unusualSpend'], false>;

/** What is usual where the config says nothing. */
const usualUnusual: UnusualSpend = { times: 5, minUsd: 1 };

/** @param last what a person had before it was turned off; null where nobody has yet */
export function turnedUnusual(on: boolean, last: UnusualSpend | null): AlertSettings['unusualSpend'] {
  return on ? (last ?? usualUnusual) : false;
}
