/** The values of a query's parts: states and statuses, amounts with their units, and moments. Pure. */
import { nanoOfUsd } from '../money/nano-usd.ts';
import type { RequestState } from '../records.ts';
import { type AmountField, type Comparison, QueryError, type StatusChoice } from './query-terms.ts';

/** What people call the states. `failed` counts as usage counts errors: a client that left is none. */
export const statusWords: Readonly<Record<string, readonly RequestState[]>> = {
  ok: ['ok'],
  running: ['started'],
  failed: ['upstream_error', 'gateway_error', 'rejected', 'interrupted'],
  'provider-failed': ['upstream_error'],
  'gateway-failed': ['gateway_error'],
  refused: ['rejected'],
  left: ['client_closed'],
  interrupted: ['interrupted'],
};

/** @throws QueryError */
export function readStatus(word: string, value: string): StatusChoice {
  const lower = value.toLowerCase();
  if (Object.hasOwn(statusWords, lower)) return { states: statusWords[lower] ?? [] };
  if (/^[1-5]xx$/.test(lower)) return { least: Number(lower[0]) * 100, most: Number(lower[0]) * 100 + 99 };
  if (/^[1-5]\d\d$/.test(lower)) return { least: Number(lower), most: Number(lower) };
  const words = Object.keys(statusWords).join(', ');
  throw new QueryError(word, `is no status; there are ${words}, numbers such as 429, and classes such as 4xx.`);
}

const comparisons: readonly Comparison[] = ['>=', '<=', '>', '<', '='];
/** In milliseconds. */
const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };
const tokenUnits: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/**
 * Reads `>0.01`, `<=1k` or `>2s`.
 * @returns the amount in nano-dollars, tokens or milliseconds
 * @throws QueryError
 */
export function readAmount(
  word: string,
  field: AmountField,
  value: string,
): { readonly comparison: Comparison; readonly amount: number } {
  const written = comparisons.find((one) => value.startsWith(one));
  const comparison = written ?? '=';
  const [, number, unit] = /^\$?(\d{1,15}(?:\.\d{1,12})?)([a-z]*)$/i.exec(value.slice(written?.length ?? 0).trim()) ?? [];
  const amount = number === undefined ? null : inUnit(field, Number(number), (unit ?? '').toLowerCase());
  if (amount !== null) return { comparison, amount };
  const allowed = {
    cost: 'takes an amount in US dollars, such as cost:>0.01',
    tokens: 'takes a number of tokens, such as tokens:>1000 or tokens:>10k',
    duration: 'takes a time with its unit (ms, s, m or h), such as duration:>2s',
    first: 'takes a time with its unit (ms, s, m or h), such as first:>500ms',
  }[field];
  throw new QueryError(word, `${allowed}; before the amount may stand >, >=, <, <= or =.`);
}

function inUnit(field: AmountField, number: number, unit: string): number | null {
  if (field === 'cost') return unit === '' || unit === 'usd' ? nanoOfUsd(number) : null;
  const factor = field === 'tokens' ? tokenUnits[unit] : durationUnits[unit];
  return factor === undefined ? null : number * factor;
}

/** In milliseconds. */
const agoUnits: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads `2h` (ago), `today`, `yesterday`, a date, or a date and time, with or without a zone.
 * @returns milliseconds since 1970
 * @throws QueryError
 */
export function readMoment(word: string, value: string, nowMs: number): number {
  const lower = value.toLowerCase();
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(s|min|m|h|d|w)$/.exec(lower) ?? [];
  const atMs =
    number !== undefined && unit !== undefined
      ? Math.round(nowMs - Number(number) * (agoUnits[unit] ?? 0))
      : (readDay(lower, nowMs) ?? readDateAndTime(value.toUpperCase()));
  if (atMs !== null && atMs >= 0) return atMs;
  throw new QueryError(word, 'is no time; write 30m, 2h or 7d (ago), today, yesterday, 2026-11-20 or 2026-11-20T14:30.');
}

function readDay(value: string, nowMs: number): number | null {
  if (value !== 'today' && value !== 'yesterday') return null;
  const day = new Date(nowMs);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - (value === 'today' ? 0 : 1)).getTime();
}

/** A day that no calendar has (30 February) is none. */
function readDateAndTime(value: string): number | null {
  const [, date, time = '00:00', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(value) ?? [];
  const dayMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== date) return null;
  const atMs = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(atMs) ? null : atMs;
}
