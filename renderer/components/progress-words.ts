/** How far a download has come, in figures. Pure. */
import { formatBytes, formatLeft } from './formats.ts';

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
