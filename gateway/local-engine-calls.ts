/** Answers the calls about the local engine and its models. */
import { CallError, type CallHandlers, type CallName } from './contract/calls.ts';
import { localEngineCalls as calls } from './contract/local-engine/calls.ts';

type LocalCall = Extract<CallName, keyof typeof calls>;

/** None is there yet. */
export function localEngineCalls(): Pick<CallHandlers, LocalCall> {
  const refuse = (): never => {
    throw new CallError('unavailable', 'There is no local engine.');
  };
  return Object.fromEntries(Object.keys(calls).map((name) => [name, refuse])) as unknown as Pick<CallHandlers, LocalCall>;
}
