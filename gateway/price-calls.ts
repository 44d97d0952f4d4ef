/** Answers the calls about prices. */
import { CallError, type CallHandlers } from './contract/calls.ts';

export function priceCalls() {
  return {
    'prices.list': () => unbuilt(),
    'prices.reprice': () => unbuilt(),
  } satisfies Partial<CallHandlers>;
}

function unbuilt(): never {
  throw new CallError('unavailable', 'This call is not there yet.');
}
