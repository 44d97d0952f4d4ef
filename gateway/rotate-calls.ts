/** Answers the call that rotates a key. */
import { CallError, type CallHandlers } from './contract/calls.ts';

export function rotateCalls() {
  return {
    'clients.rotate': () => unbuilt(),
  } satisfies Partial<CallHandlers>;
}

function unbuilt(): never {
  throw new CallError('unavailable', 'This call is not there yet.');
}
