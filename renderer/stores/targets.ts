/** How the targets stand that were asked lately: breakers, keys, speed. Read anew whenever the gateway says that one changed. */
import { create } from 'zustand';
import type { TargetStanding } from '../../gateway/contract/calls.ts';
import { control } from '../control.ts';
import { messageOf } from './message-of.ts';

interface TargetsStore {
  /** Null until they were read. */
  readonly items: readonly TargetStanding[] | null;
  readonly error: string | null;
  /** Grows with every change that the gateway told: whoever shows something made from them reads it anew. */
  readonly edition: number;
}

export const useTargets = create<TargetsStore>(() => ({ items: null, error: null, edition: 0 }));

export async function readTargets(): Promise<void> {
  try {
    const { items } = await control.call('targets.list', {});
    useTargets.setState({ items, error: null });
  } catch (error) {
    useTargets.setState({ error: messageOf(error) });
  }
}

/** A provider that fails under load changes its standing many times a second. */
const gatherMs = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The gateway said that something changed. */
export function targetsChanged(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    useTargets.setState(({ edition }) => ({ edition: edition + 1 }));
    void readTargets();
  }, gatherMs);
}
