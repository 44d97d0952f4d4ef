/** The models on their way, in the order of the queue: each with one bar over all its parts. */
import { Hourglass, Pause, Play, RotateCw, X } from 'lucide-react';
import type { Pull } from '../../../gateway/contract/local-engine/models.ts';
import { Button } from '../../components/button.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Section } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { useGateway } from '../../stores/gateway.ts';
import { actOnPull, useLocalEngine } from '../../stores/local-engine.ts';
import { pullOffers, pullWords } from './pull-words.ts';

const icons = {
  'local-models.pull': Play,
  'local-models.pause': Pause,
  'local-models.resume': Play,
  'local-models.cancel': X,
} as const;

/** Not there at all while nothing is on its way. */
export function PullList() {
  const pulls = useLocalEngine((state) => state.pulls);
  const error = useLocalEngine((state) => state.errors.pulls);
  if ((pulls === null || pulls.length === 0) && error === null) return null;
  return (
    <Section title="On their way">
      <ErrorLine message={error === null ? null : `What is on its way could not be read anew: ${error}`} />
      {pulls === null || pulls.length === 0 ? null : (
        <ul aria-label="Models on their way" className="grid divide-y divide-line rounded-md border border-line bg-raised">
          {pulls.map((pull) => (
            <PullRow key={pull.model} pull={pull} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function PullRow({ pull }: { readonly pull: Pull }) {
  const connected = useGateway(({ connection }) => connection.state === 'open');
  const task = useTask();
  const { model, state, reason } = pull;
  const waits = state === 'queued' || state === 'waiting-for-engine';
  const isMoving = state === 'running' && connected;
  const progress = isMoving ? pull : { ...pull, bytesPerSecond: null, secondsLeft: null };
  return (
    <li data-pull={model} data-state={state} className="grid gap-1 px-4 py-2">
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1 truncate font-mono text-xs" title={model}>
          {model}
        </span>
        <span role="status" className="flex min-w-0">
          <StateBadge {...pullWords(pull, connected)} icon={waits ? Hourglass : undefined} />
        </span>
        {pullOffers(pull).map(({ label, act }) => {
          const Icon = state === 'failed' && act === 'local-models.resume' ? RotateCw : icons[act];
          return (
            <Button
              key={act}
              icon={<Icon aria-hidden className="size-4" />}
              disabled={task.busy}
              onClick={() => void task.run(() => actOnPull(act, model))}
              aria-label={`${label} ${model}`}
            >
              {label}
            </Button>
          );
        })}
      </div>
      {state === 'done' || (state === 'failed' && pull.bytesTotal === null) ? null : (
        <ProgressBar label={model} progress={progress} moving={isMoving} />
      )}
      {reason === null ? null : (
        <p className={state === 'failed' ? 'text-bad wrap-anywhere' : 'text-soft wrap-anywhere'}>{reason}</p>
      )}
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}
