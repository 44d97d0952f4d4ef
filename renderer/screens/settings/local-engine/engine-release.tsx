/** Which release of the engine there is, a newer one that Gatehouse knows, and the way back to the one before. */
import { Download, Undo2 } from 'lucide-react';
import type { EngineState } from '../../../../gateway/contract/local-engine/engine.ts';
import { Button } from '../../../components/button.tsx';
import { formatBytes } from '../../../components/formats.ts';
import { ErrorLine } from '../../../components/notice.tsx';
import { useTask } from '../../../components/use-task.ts';
import { actOnEngine, type EngineAct } from '../../../stores/local-engine.ts';
import { releaseFacts, releaseOffers } from './release-words.ts';

const icons = { 'engine.download': Download, 'engine.return-to-previous': Undo2 } as const;

export function EngineRelease({ engine }: { readonly engine: EngineState }) {
  const task = useTask();
  const run = (act: EngineAct) => void task.run(() => actOnEngine(act));
  const { offer, download } = engine;
  return (
    <div className="grid gap-3 rounded-md border border-line bg-raised px-4 py-3">
      <dl className="grid grid-cols-[128px_minmax(0,1fr)] gap-x-4 gap-y-1">
        {releaseFacts(engine).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {releaseOffers(engine).map(({ act, label, hint }) => {
        const Icon = icons[act];
        return (
          <div key={act} className="flex items-center gap-3">
            <p className="min-w-0 flex-1 text-soft wrap-anywhere">{hint}</p>
            <Button
              icon={<Icon aria-hidden className="size-4" />}
              disabled={task.busy || download?.state === 'running'}
              onClick={() => run(act)}
            >
              {label}
            </Button>
          </div>
        );
      })}
      {offer ? (
        <details>
          <summary className="cursor-pointer text-soft wrap-anywhere">Where {offer.version} would come from</summary>
          <p className="mt-1 font-mono text-xs wrap-anywhere">{offer.url}</p>
          <p className="text-soft text-xs wrap-anywhere">
            {formatBytes(offer.downloadBytes)}; it is only used if its SHA-256 is {offer.sha256}
          </p>
        </details>
      ) : null}
      <ErrorLine message={task.failure?.message ?? null} />
    </div>
  );
}
