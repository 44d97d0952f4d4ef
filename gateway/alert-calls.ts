/** Answers the calls about alerts. */
import { CallError, type CallHandlers } from './contract/calls.ts';

export function alertCalls() {
  return {
    'alerts.list': () => unbuilt(),
    'alerts.see': () => unbuilt(),
  } satisfies Partial<CallHandlers>;
}

function unbuilt(): never {
  throw new CallError('unavailable', 'This call is not there yet.');
}
