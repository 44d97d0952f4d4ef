/** How far a download has come: a bar, and its figures in words below. */
import { classNames } from './class-names.ts';
import { formatShare } from './formats.ts';
import { partDone, type Progress, progressWords } from './progress-words.ts';

interface ProgressBarProps {
  /** What is on its way. */
  readonly label: string;
  readonly progress: Progress;
  /** Does it move at present? */
  readonly moving: boolean;
}

export function ProgressBar({ label, progress, moving }: ProgressBarProps) {
  const part = partDone(progress);
  const words = progressWords(progress);
  return (
    <div className="grid gap-1">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={part === null ? undefined : Math.floor(part * 1_000) / 10}
        aria-valuetext={words === '' ? 'not known yet' : words}
        className="flex h-2 overflow-hidden rounded-full bg-line"
      >
        <span className={classNames(moving ? 'bg-accent' : 'bg-edge')} style={{ width: `${(part ?? 0) * 100}%` }} />
      </div>
      <p className="flex min-h-4 justify-between gap-3 text-soft text-xs">
        <span className="truncate">{words}</span>
        <span className="shrink-0">{part === null ? '' : formatShare(Math.floor(part * 1_000) / 1_000)}</span>
      </p>
    </div>
  );
}
