/** Where the packaged catalog is behind what a provider publishes, or lacks a part of it: data, each with its source and day. */
import type { Price, Rates } from '../../contract/money/price.ts';
import type { ProviderKind } from '../../contract/provider-kinds.ts';

interface Correction {
  readonly kind: ProviderKind;
  readonly models: RegExp;
  readonly rates: Rates;
  /** Whole hours of UTC, the last not included, at which all of it costs so many times as much; never at weekends. */
  readonly peak?: { readonly hours: readonly (readonly [from: number, to: number])[]; readonly times: number };
  /** A fee of which answers tell nothing. */
  readonly isApproximate?: true;
  /** Before that day the catalog holds. */
  readonly from?: string;
  readonly source: string;
  /** When it was read. */
  readonly asOf: string;
}

/** Monday to Friday; that China's holidays are not peak nobody can know from a clock: there it says too much, never too little. */
const deepSeekPeak = { hours: [[1, 4] as const, [6, 10] as const], times: 2 };
const deepSeek = { source: 'https://api-docs.deepseek.com/quick_start/pricing', asOf: '2026-11-20' };

/** They search before every answer, bill that by the call, and say nothing of it with their usage: the fee as others quote the page. */
const searchPreview = {
  isApproximate: true,
  source: 'https://developers.openai.com/api/docs/pricing',
  asOf: '2026-11-20',
} as const;

const corrections: readonly Correction[] = [
  {
    kind: 'openai',
    models: /^gpt-4o-search-preview$/,
    rates: { inputPerMillionUsd: 2.5, outputPerMillionUsd: 10, perRequestUsd: 0.025 },
    ...searchPreview,
  },
  {
    kind: 'openai',
    models: /^gpt-4o-mini-search-preview$/,
    rates: { inputPerMillionUsd: 0.15, outputPerMillionUsd: 0.6, perRequestUsd: 0.025 },
    ...searchPreview,
  },
  {
    kind: 'openai',
    models: /^gpt-5-search-api$/,
    rates: { inputPerMillionUsd: 1.25, cachedInputPerMillionUsd: 0.125, outputPerMillionUsd: 10, perRequestUsd: 0.01 },
    ...searchPreview,
  },
  {
    kind: 'deepseek',
    models: /^deepseek-(?:flash|v4-flash(?:-vision-exp)?)$/,
    rates: { inputPerMillionUsd: 0.15, cachedInputPerMillionUsd: 0.003, outputPerMillionUsd: 0.6 },
    peak: deepSeekPeak,
    from: '2026-10-17',
    ...deepSeek,
  },
  {
    kind: 'deepseek',
    models: /^deepseek-v4-pro$/,
    rates: { inputPerMillionUsd: 0.66, cachedInputPerMillionUsd: 0.022, outputPerMillionUsd: 1.98 },
    peak: deepSeekPeak,
    from: '2026-10-17',
    ...deepSeek,
  },
  {
    kind: 'openai',
    models: /^gpt-4o-audio-preview/,
    rates: { inputPerMillionUsd: 2.5, outputPerMillionUsd: 10, audioInputPerMillionUsd: 40, audioOutputPerMillionUsd: 80 },
    source: 'https://developers.openai.com/api/docs/models/gpt-4o-audio-preview',
    asOf: '2026-11-20',
  },
  {
    kind: 'openai',
    models: /^gpt-4o-mini-audio-preview/,
    rates: { inputPerMillionUsd: 0.15, outputPerMillionUsd: 0.6, audioInputPerMillionUsd: 10, audioOutputPerMillionUsd: 20 },
    source: 'https://developers.openai.com/api/docs/models/gpt-4o-mini-audio-preview',
    asOf: '2026-11-20',
  },
];

const prices = new Map<Correction, { readonly usual: Price; readonly peak: Price }>();

/** The same price is the same object. @returns null where the catalog holds */
export function findCorrection(kind: ProviderKind, id: string, atMs: number): { price: Price; isTimed: boolean } | null {
  const found = corrections.find((one) => one.kind === kind && one.models.test(id));
  if (!found) return null;
  const isTimed = found.from !== undefined || found.peak !== undefined;
  if (found.from !== undefined && atMs < Date.parse(found.from)) return null;
  const { usual, peak } = pricesOf(found);
  return { price: isPeak(found, new Date(atMs)) ? peak : usual, isTimed };
}

/** Does a price begin on some day that the catalog does not have? */
export function isCorrectedLater(kind: ProviderKind, id: string): boolean {
  return corrections.some((one) => one.kind === kind && one.from !== undefined && one.models.test(id));
}

function isPeak({ peak }: Correction, at: Date): boolean {
  const isWeekend = at.getUTCDay() === 0 || at.getUTCDay() === 6;
  return !isWeekend && peak?.hours.some(([from, to]) => at.getUTCHours() >= from && at.getUTCHours() < to) === true;
}

function pricesOf(correction: Correction): { readonly usual: Price; readonly peak: Price } {
  const known = prices.get(correction);
  if (known) return known;
  const { rates, source, asOf, peak, isApproximate } = correction;
  const who = { source: 'catalog', version: `corrected ${asOf}`, url: source } as const;
  const usual: Price = { rates, longContext: [], serviceTiers: {}, ...who, ...(isApproximate ? { isApproximate } : {}) };
  const made = { usual, peak: { ...usual, rates: times(rates, peak?.times ?? 1) } };
  prices.set(correction, made);
  return made;
}

function times(rates: Rates, factor: number): Rates {
  return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, (rate ?? 0) * factor]));
}
