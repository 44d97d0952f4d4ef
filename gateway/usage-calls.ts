/** Answers the calls about usage. */
import { CallError, type CallHandlers } from './contract/calls.ts';

export function usageCalls() {
  return {
    'usage.query': () => unbuilt(),
    'usage.export': () => unbuilt(),
    'usage.today': () => unbuilt(),
  } satisfies Partial<CallHandlers>;
}

function unbuilt(): never {
  throw new CallError('unavailable', 'This call is not there yet.');
}
