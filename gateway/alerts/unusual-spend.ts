/** Is this hour's spending unusual? Measured by the same machine's hours with spending of the past two weeks. */
import type { Alert, AlertSettings } from '../contract/money/alert.ts';
import { hourStartsAt } from '../contract/money/local-hour.ts';
import { nanoOfUsd, usdOfNano } from '../contract/money/nano-usd.ts';
import { unusualWords } from './alert-words.ts';

/** What an hour cost in all. Nano-dollars, and milliseconds since 1970. */
export interface HourSpend {
  readonly hourStartsAtMs: number;
  readonly nanoUsd: number;
}

/** Hours between two moments (the later not included) with spending, in any order; may be slow. */
export type SpendByHour = (fromMs: number, toMs: number) => Promise<readonly HourSpend[]> | readonly HourSpend[];

const hourMs = 3_600_000;
const historyMs = 14 * 24 * hourMs;
/** Less than this says nothing about what is usual. */
const leastHistoryMs = 24 * hourMs;
const leastHours = 5;

/** The mean of the hours that cost something, in nano-dollars; null where too little is known. @param nowStartsAtMs the present hour's beginning */
export function usualHour(past: readonly HourSpend[], nowStartsAtMs: number): number | null {
  const spent = past.filter(({ nanoUsd, hourStartsAtMs }) => nanoUsd > 0 && hourStartsAtMs < nowStartsAtMs);
  const first = Math.min(...spent.map(({ hourStartsAtMs }) => hourStartsAtMs));
  if (spent.length < leastHours || nowStartsAtMs - first < leastHistoryMs) return null;
  return spent.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0) / spent.length;
}

/** Remembers what is usual for as long as an hour lasts, so that only the hour that runs is asked for again and again. */
export class UnusualSpend {
  readonly #spendByHour: SpendByHour;
  #usual: { readonly hourStartsAtMs: number; readonly nanoUsd: number | null } | null = null;

  constructor(spendByHour: SpendByHour) {
    this.#spendByHour = spendByHour;
  }

  /** What there is to tell of the hour that runs; null while it is as usual. Rejects as `spendByHour` does. */
  async judge(settings: AlertSettings['unusualSpend'], nowMs: number): Promise<Alert | null> {
    if (settings === false) return null;
    const startsAtMs = hourStartsAt(nowMs);
    const usual = await this.#usualAt(startsAtMs);
    if (usual === null) return null;
    const hours = await this.#spendByHour(startsAtMs, startsAtMs + hourMs);
    const spent = hours.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
    if (spent < nanoOfUsd(settings.minUsd) || spent < usual * settings.times) return null;
    const message = unusualWords({ spentUsd: usdOfNano(spent), usualUsd: usdOfNano(usual), startsAtMs });
    return {
      id: `unusual@${startsAtMs}`,
      kind: 'unusual-spend',
      atMs: nowMs,
      message,
      budget: null,
      share: null,
      seenAtMs: null,
    };
  }

  async #usualAt(startsAtMs: number): Promise<number | null> {
    if (this.#usual?.hourStartsAtMs !== startsAtMs) {
      const past = await this.#spendByHour(startsAtMs - historyMs, startsAtMs);
      this.#usual = { hourStartsAtMs: startsAtMs, nanoUsd: usualHour(past, startsAtMs) };
    }
    return this.#usual.nanoUsd;
  }
}
