/** From nothing to an answer: shown until a first model is there. */
import { CircleCheck, CircleDashed, CircleDot } from 'lucide-react';
import { classNames } from '../../components/class-names.ts';
import { useLocalEngine } from '../../stores/local-engine.ts';
import { localSteps, type StepState } from './steps.ts';

const icons = { done: CircleCheck, now: CircleDot, later: CircleDashed } as const;
const looks: Readonly<Record<StepState, string>> = { done: 'text-good', now: 'text-accent', later: 'text-soft' };
const stateWords: Readonly<Record<StepState, string>> = { done: 'Done', now: 'Now', later: 'Later' };

export function FirstSteps() {
  const engine = useLocalEngine((state) => state.engine);
  const models = useLocalEngine((state) => state.models);
  const pulls = useLocalEngine((state) => state.pulls);
  const hadModels = useLocalEngine((state) => state.hadModels);
  const steps = localSteps({ engine, models, hadModels, pulls: pulls ?? [] });
  if (steps.length === 0) return null;
  return (
    <ol aria-label="Steps to a local model" className="grid grid-cols-3 gap-3">
      {steps.map(({ id, title, words, state }, place) => {
        const Icon = icons[state];
        return (
          <li
            key={id}
            aria-current={state === 'now' ? 'step' : undefined}
            className={classNames('flex items-start gap-2 border-t-2 pt-2', state === 'now' ? 'border-accent' : 'border-line')}
          >
            <Icon aria-hidden className={classNames('mt-0.5 size-4 shrink-0', looks[state])} />
            <span className="min-w-0">
              <span className="font-medium">
                {place + 1}. {title}
              </span>
              <span className="sr-only">: {stateWords[state]}</span>
              <span className="block text-soft">{words}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
