/** One model that is there, with its keep-alive counting down while it is in memory. */
import { CloudAlert, CopyPlus, SlidersHorizontal, Trash2 } from 'lucide-react';
import type { LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { formatBytes } from '../../components/formats.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useNow } from '../../components/use-now.ts';
import { useTask } from '../../components/use-task.ts';
import { loadModel, unloadModel } from '../../stores/local-models.ts';
import type { Asked } from './installed-models.tsx';
import { loadedWords, modelLine, optionWords } from './local-model-words.ts';

interface InstalledRowProps {
  readonly model: LocalModel;
  /** Null while nobody could ask for it. */
  readonly providerId: string | null;
  readonly onAsk: (what: Asked['what']) => void;
}

export function InstalledRow({ model, providerId, onAsk }: InstalledRowProps) {
  const task = useTask();
  const { name, sizeBytes, loaded, remoteHost } = model;
  const change = () => void task.run(() => (loaded ? unloadModel(name) : loadModel(name)));
  const verb = loaded ? 'Unload' : 'Load';
  return (
    <li data-local-model={name} className="grid gap-1 px-4 py-2">
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-1">
            <span className="min-w-0 truncate font-mono text-xs" title={name}>
              {name}
            </span>
            {providerId === null ? null : <CopyButton small text={`${providerId}/${name}`} what={`${providerId}/${name}`} />}
          </p>
          <p className="truncate text-soft text-xs">{modelLine(model)}</p>
        </div>
        <span className="w-20 shrink-0 pr-2 text-right">{remoteHost === null ? formatBytes(sizeBytes) : ''}</span>
        <Button disabled={task.busy || remoteHost !== null} onClick={change} aria-label={`${verb} ${name}`} className="w-20">
          {task.busy ? (loaded ? 'Unloading' : 'Loading') : verb}
        </Button>
        <RowButtons name={name} onAsk={onAsk} />
      </div>
      <Standing model={model} loading={task.busy && !loaded} />
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}

function RowButtons({ name, onAsk }: { readonly name: string; readonly onAsk: InstalledRowProps['onAsk'] }) {
  return (
    <>
      <IconButton
        label={`Options of ${name}`}
        icon={<SlidersHorizontal aria-hidden className="size-4" />}
        onClick={() => onAsk('options')}
      />
      <IconButton
        label={`Copy ${name} under another name`}
        icon={<CopyPlus aria-hidden className="size-4" />}
        onClick={() => onAsk('copy')}
      />
      <IconButton label={`Remove ${name}`} icon={<Trash2 aria-hidden className="size-4" />} onClick={() => onAsk('remove')} />
    </>
  );
}

/** Is it in memory, and until when? */
function Standing({
  model: { loaded, remoteHost, options },
  loading,
}: {
  readonly model: LocalModel;
  readonly loading: boolean;
}) {
  const now = useNow(loaded !== null && loaded.expiresAtMs !== null);
  const own = optionWords(options);
  if (remoteHost !== null) {
    return (
      <p className="flex min-w-0">
        <StateBadge
          tone="warn"
          icon={CloudAlert}
          word={`Runs on ${remoteHost.replace(/^https?:\/\//, '')}: what it is asked leaves this machine`}
          className="text-xs"
        />
      </p>
    );
  }
  return (
    <p className="flex min-w-0 items-start gap-2 text-xs">
      {loaded ? <StateBadge tone="good" word="Loaded" className="shrink-0" /> : null}
      {loading ? <StateBadge tone="live" word="Is loaded into memory" className="shrink-0" /> : null}
      {!loaded && !loading ? <span className="shrink-0 text-soft">Not loaded</span> : null}
      <span className="min-w-0 text-soft wrap-anywhere">
        {loaded ? loadedWords(loaded, now) : ''}
        {own === '' ? '' : `${loaded ? ' · ' : ''}options: ${own}`}
      </span>
    </p>
  );
}
