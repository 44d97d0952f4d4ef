/** Writes figures, so that money, tokens, times and sizes look the same everywhere. Unknown is a dash, never 0. */
import { formatUsd as usdText } from '../../gateway/contract/money/format-usd.ts';
import type { CostBasis } from '../../gateway/contract/money/price.ts';
import type { RecordedUsage } from '../../gateway/contract/records.ts';

export const unknown = '–';

const count = new Intl.NumberFormat('en-GB');
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const day = (at: Date) => `${at.getDate()} ${months[at.getMonth()] ?? ''}`;
const dayWithYear = (at: Date) => `${day(at)} ${at.getFullYear()}`;

export function formatCount(amount: number | null): string {
  return amount === null ? unknown : count.format(amount);
}

/** Milliseconds below a second, seconds with two places below a minute, then minutes and seconds. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null) return unknown;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_995) return `${(milliseconds / 1_000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A running time: whole seconds, since it changes while it is read. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `1 field left out`: what a translation lost. */
export function formatLost(fields: number): string {
  return fields === 1 ? '1 field left out' : `${count.format(fields)} fields left out`;
}

/** A tilde marks our own estimate. */
export function formatTokens(amount: number | null, estimated: boolean): string {
  return amount === null ? unknown : `${estimated ? '~' : ''}${count.format(amount)}`;
}

/** Input and output tokens of a request. */
export function formatUsage({ inputTokens, outputTokens, estimated }: RecordedUsage): string {
  if (inputTokens === null && outputTokens === null) return unknown;
  return `${formatTokens(inputTokens, estimated)} / ${formatTokens(outputTokens, estimated)}`;
}

const even = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 6, maximumFractionDigits: 6 });
const finest = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 9 });

export function formatUsd(amount: number | null): string {
  return amount === null ? unknown : usdText(amount);
}

/** To the nano-dollar, which is what is counted. */
export function formatUsdExactly(amount: number): string {
  return `${amount < 0 ? '−' : ''}$${finest.format(Math.abs(amount))}`;
}

/** Six places always, for figures that stand below each other; what is smaller says so. */
export function formatUsdInColumn(amount: number): string {
  const size = Math.abs(amount);
  return size > 0 && size < 5e-7 ? formatUsd(amount) : `${amount < 0 ? '−' : ''}$${even.format(size)}`;
}

/** A rate for a million, or for one: as it is written in lists of prices. */
export function formatRate(usd: number | undefined): string {
  return usd === undefined ? unknown : formatUsdExactly(usd);
}

/** What a request cost: a tilde marks an estimate, and what nobody knows is said so. */
export function formatCost(costUsd: number | null, basis: CostBasis): string {
  if (basis === 'none') return unknown;
  if (basis === 'free') return 'free';
  if (costUsd === null || basis === 'unknown') return 'unknown';
  return `${basis === 'estimated' ? '~' : ''}${formatUsd(costUsd)}`;
}

/** `12.5 %`, of a part. */
export function formatShare(part: number): string {
  return `${(part * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** `1.2 k`, `3.4 M`: for the marks of an axis only. */
export function formatShortly(amount: number): string {
  const size = Math.abs(amount);
  if (size >= 1e9) return `${trimmed(amount / 1e9)} G`;
  if (size >= 1e6) return `${trimmed(amount / 1e6)} M`;
  return size >= 1e4 ? `${trimmed(amount / 1e3)} k` : count.format(amount);
}

const trimmed = (amount: number): string => amount.toFixed(1).replace(/\.0$/, '');

export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown;
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 2 ** 20) return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** What is left of a piece of work, from seconds: `12 s left`, `3 min left`, `1 h 20 min left`. */
export function formatLeft(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`} left`;
}

/** Output tokens per second after the first one; null when it cannot be known. */
export function tokensPerSecond(usage: RecordedUsage, durationMs: number | null, firstTokenMs: number | null): number | null {
  if (usage.outputTokens === null || durationMs === null || firstTokenMs === null) return null;
  const writingMs = durationMs - firstTokenMs;
  return usage.outputTokens > 1 && writingMs > 0 ? ((usage.outputTokens - 1) * 1_000) / writingMs : null;
}

/** `14:03:22` today, `19 Nov 14:03` this year, the date alone before. */
export function formatTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return at.getFullYear() === now.getFullYear() ? `${day(at)} ${clock.format(at).slice(0, 5)}` : dayWithYear(at);
}

/** Date and time to the second. */
export function formatMoment(atMs: number): string {
  return `${dayWithYear(new Date(atMs))} ${clock.format(atMs)}`;
}

/** How long ago, in the words a person would use. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1_000));
  if (seconds < 60) return 'just now';
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  if (seconds < 2 * 86_400) return '1 day ago';
  return seconds < 14 * 86_400 ? `${Math.floor(seconds / 86_400)} days ago` : dayWithYear(new Date(atMs));
}

/** `Fri 20 Nov`, with the year where it is another. */
export function formatDay(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const name = `${weekdays[at.getDay()] ?? ''} ${day(at)}`;
  return at.getFullYear() === new Date(nowMs).getFullYear() ? name : `${name} ${at.getFullYear()}`;
}

/** What is to come, as a person would say it: `in 3 h 20 min`, `in 12 days`. */
export function formatUntil(atMs: number, nowMs: number): string {
  const minutes = Math.max(0, Math.ceil((atMs - nowMs) / 60_000));
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `in ${hours} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return `in ${Math.round(minutes / 1_440)} days`;
}
