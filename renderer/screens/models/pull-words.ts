/** How a model on its way stands, and what may be done with it. Pure. */
import type { Pull } from '../../../gateway/contract/local-engine/models.ts';
import type { Tone } from '../../components/state-badge.tsx';
import type { PullAct } from '../../stores/local-engine.ts';

export interface PullWords {
  readonly tone: Tone;
  readonly word: string;
}

const steps: Readonly<Record<Pull['step'], string>> = {
  manifest: 'Asking for it',
  layers: 'Fetching',
  verifying: 'Verifying',
  finishing: 'Finishing',
};

/** @param connected does the gateway answer? What it does not tell any more is not claimed. */
export function pullWords({ state, step }: Pull, connected: boolean): PullWords {
  switch (state) {
    case 'queued':
      return { tone: 'idle', word: 'Waits for its turn' };
    case 'running':
      return connected ? { tone: 'live', word: steps[step] } : { tone: 'warn', word: 'Not known at present' };
    case 'waiting-for-engine':
      return { tone: 'warn', word: 'Waits for the engine' };
    case 'paused':
      return { tone: 'idle', word: 'Paused' };
    case 'failed':
      return { tone: 'bad', word: 'Failed' };
    case 'done':
      return { tone: 'good', word: 'Done' };
  }
}

export interface PullOffer {
  readonly label: string;
  readonly act: PullAct;
}

export function pullOffers({ state }: Pull): readonly PullOffer[] {
  const cancel: PullOffer = { label: 'Cancel', act: 'local-models.cancel' };
  switch (state) {
    case 'queued':
    case 'running':
    case 'waiting-for-engine':
      return [{ label: 'Pause', act: 'local-models.pause' }, cancel];
    case 'paused':
      return [{ label: 'Resume', act: 'local-models.resume' }, cancel];
    case 'failed':
      return [{ label: 'Try again', act: 'local-models.resume' }, cancel];
    case 'done':
      return [{ label: 'Clear', act: 'local-models.cancel' }];
  }
}
