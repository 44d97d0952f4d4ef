/** How far a download has come: a bar, and its figures in words below. */
import { classNames } from './class-names.ts';
import { formatBytes, formatLeft, formatShare } from './formats.ts';

export interface Progress {
  readonly bytesDone: number;
  /** Null while nobody knows how much there is. */
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** The part that is done, never beyond the bar; null while it cannot be said. */
export function partDone({ bytesDone, bytesTotal }: Pick<Progress, 'bytesDone' | 'bytesTotal'>): number | null {
  return bytesTotal === null || bytesTotal === 0 ? null : Math.min(bytesDone / bytesTotal, 1);
}

/** `1.2 GiB of 4.9 GiB · 24.0 MiB/s · 3 min left`; without what is not known. */
export function progressWords({ bytesDone, bytesTotal, bytesPerSecond, secondsLeft }: Progress): string {
  const words = [bytesTotal === null ? '' : `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`];
  if (bytesPerSecond !== null) words.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  if (secondsLeft !== null) words.push(formatLeft(secondsLeft));
  return words.filter((part) => part !== '').join(' · ');
}

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
