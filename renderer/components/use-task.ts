/** Runs something a person asked for, once at a time, and keeps what went wrong. */
import { useState } from 'react';
import { CallError } from '../../gateway/contract/call-error.ts';
import { messageOf } from '../stores/message-of.ts';

export interface Failure {
  readonly message: string;
  /** The call's field, when the gateway named one. */
  readonly field: string | undefined;
}

export interface Task {
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** @returns whether it went well */
  run(work: () => Promise<void>): Promise<boolean>;
  clear(): void;
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure({ message: messageOf(error), field: error instanceof CallError ? error.field : undefined });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run, clear: () => setFailure(null) };
}
