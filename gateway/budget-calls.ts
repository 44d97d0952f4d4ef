/** Answers the calls about budgets. */
import { CallError, type CallHandlers } from './contract/calls.ts';

export function budgetCalls() {
  return {
    'budgets.list': () => unbuilt(),
    'budgets.reopen': () => unbuilt(),
  } satisfies Partial<CallHandlers>;
}

function unbuilt(): never {
  throw new CallError('unavailable', 'This call is not there yet.');
}
