/** The way from nothing to a local model that answers, in three steps. Pure. */
import type { EnginePhase, EngineState } from '../../../gateway/contract/local-engine/engine.ts';
import type { LocalModel, Pull } from '../../../gateway/contract/local-engine/models.ts';
import { isAnswering } from '../../components/local-engine/engine-words.ts';

export type StepState = 'done' | 'now' | 'later';

export interface Step {
  readonly id: 'engine' | 'model' | 'ask';
  readonly title: string;
  readonly words: string;
  readonly state: StepState;
}

export interface StepInput {
  readonly engine: EngineState | null;
  /** Null while they are not known. */
  readonly models: readonly LocalModel[] | null;
  readonly hadModels: boolean;
  readonly pulls: readonly Pull[];
}

/** @returns no steps where nobody needs them: models are there, may be there, or nothing is known yet */
export function localSteps({ engine, models, hadModels, pulls }: StepInput): readonly Step[] {
  if (engine === null || hadModels || !isOnTheWay(engine.phase)) return [];
  const isUp = isAnswering(engine);
  if (isUp && models?.length !== 0) return [];
  const isOnItsWay = pulls.some(({ state }) => state !== 'done' && state !== 'failed');
  const needsNone = engine.phase !== 'none-found' && engine.phase !== 'downloading';
  return [
    {
      id: 'engine',
      title: 'An engine',
      words: isUp ? 'Ollama runs.' : needsNone ? 'Ollama is here; start it below.' : 'Ollama runs models on this machine.',
      state: isUp ? 'done' : 'now',
    },
    {
      id: 'model',
      title: 'A model',
      words: isOnItsWay ? 'It is on its way.' : 'Pull one of those that suit this machine.',
      state: isUp ? 'now' : 'later',
    },
    { id: 'ask', title: 'Ask it', words: 'A command to paste appears here as soon as a model is there.', state: 'later' },
  ];
}

/** An engine that was stopped or fails may have models: how to get a first one is no help there. */
function isOnTheWay(phase: EnginePhase): boolean {
  return (
    phase === 'none-found' ||
    phase === 'downloading' ||
    phase === 'installed-not-running' ||
    phase === 'starting' ||
    phase === 'running' ||
    phase === 'found-adopted'
  );
}
