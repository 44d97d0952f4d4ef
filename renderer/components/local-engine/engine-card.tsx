/** The local engine: how it stands, and the one click that leads on. */
import { CircleDashed, Download, Play, Power, RotateCw, Search, Square, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EngineDownload, EngineState } from '../../../gateway/contract/local-engine/engine.ts';
import { actOnEngine, changeEngineSettings, readEngine, useLocalEngine } from '../../stores/local-engine.ts';
import { useGateway } from '../../stores/gateway.ts';
import { Button } from '../button.tsx';
import { ErrorLine, ErrorNotice, SkeletonRows } from '../notice.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import { StateBadge } from '../state-badge.tsx';
import { useNow } from '../use-now.ts';
import { type Task, useTask } from '../use-task.ts';
import { type EngineFix, engineFix, engineName, engineWords, furtherActs, restartReason } from './engine-words.ts';

const icons = {
  'switch-on': Power,
  'engine.download': Download,
  'engine.start': Play,
  'engine.look': Search,
  'engine.stop': Square,
  'engine.restart': RotateCw,
  'engine.cancel-download': X,
  'engine.return-to-previous': RotateCw,
} as const;

export function runFix({ act }: EngineFix): Promise<void> {
  return act === 'switch-on' ? changeEngineSettings({ enabled: undefined }) : actOnEngine(act);
}

interface ActButtonProps {
  readonly fix: EngineFix;
  readonly task: Task;
  readonly look: 'primary' | 'plain';
}

function ActButton({ fix, task, look }: ActButtonProps) {
  const Icon = icons[fix.act];
  return (
    <Button
      look={look}
      icon={<Icon aria-hidden className="size-4" />}
      disabled={task.busy}
      onClick={() => void task.run(() => runFix(fix))}
    >
      {fix.label}
    </Button>
  );
}

interface EngineCardProps {
  /** Only the one click that leads on, and none of the rest. */
  readonly short?: boolean;
  /** Stands at its right end. */
  readonly aside?: ReactNode;
}

export function EngineCard({ short = false, aside }: EngineCardProps) {
  const engine = useLocalEngine((state) => state.engine);
  const error = useLocalEngine((state) => state.errors.engine);
  if (engine) return <Card engine={engine} short={short} aside={aside} error={error} />;
  return (
    <div className="grid rounded-md border border-line bg-raised">
      {error === null ? (
        <SkeletonRows rows={2} />
      ) : (
        <ErrorNotice title="The local engine could not be asked" message={error} onRetry={() => void readEngine()} />
      )}
    </div>
  );
}

interface CardProps extends EngineCardProps {
  readonly engine: EngineState;
  readonly error: string | null;
}

function Card({ engine, short, aside, error }: CardProps) {
  const task = useTask();
  const now = useNow(engine.phase === 'crashed-waiting');
  const { tone, word, detail } = engineWords(engine, now);
  const icon = engine.phase === 'none-found' && tone === 'idle' ? CircleDashed : undefined;
  const fix = engineFix(engine);
  const restartWords = restartReason(engine);
  return (
    <div className="grid gap-2 rounded-md border border-line bg-raised px-4 py-2">
      <div className="flex min-h-10 flex-wrap items-center justify-end gap-x-3 gap-y-2">
        <div role="status" className="min-w-56 flex-1">
          <StateBadge tone={tone} word={word} icon={icon} className="max-w-full" />
          <p className="text-soft wrap-anywhere">{detail}</p>
        </div>
        {short ? null : furtherActs(engine).map((one) => <ActButton key={one.act} fix={one} task={task} look="plain" />)}
        {fix ? <ActButton fix={fix} task={task} look="primary" /> : null}
        {aside}
      </div>
      {engine.download ? <DownloadBar download={engine.download} /> : null}
      {restartWords === null || short ? null : <p className="text-warn">{restartWords}</p>}
      {engine.phase === 'gave-up' && !short ? <LastLines lines={engine.logTail} /> : null}
      <ErrorLine message={task.failure?.message ?? updateProblem(engine) ?? error} />
    </div>
  );
}

/** Where another engine runs or is there, its state says nothing of a download that failed. */
function updateProblem({ phase, download }: EngineState): string | null {
  return download?.state === 'failed' && phase !== 'none-found' ? download.reason : null;
}

function DownloadBar({ download }: { readonly download: EngineDownload }) {
  const connected = useGateway(({ connection }) => connection.state === 'open');
  const moves = download.state === 'running' && connected;
  // What is not told any more is not claimed.
  const progress = moves ? download : { ...download, bytesPerSecond: null, secondsLeft: null };
  return <ProgressBar label={engineName(download.version)} progress={progress} moving={moves} />;
}

function LastLines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer text-soft">What it wrote last</summary>
      <pre
        tabIndex={0}
        role="region"
        aria-label="What it wrote last"
        className="mt-1 max-h-48 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs whitespace-pre-wrap wrap-anywhere"
      >
        {lines.join('\n')}
      </pre>
    </details>
  );
}
