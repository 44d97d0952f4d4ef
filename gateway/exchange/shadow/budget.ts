/** What shadows may cost a day: copies and dollars, counted for each rule in memory and begun from the log. */
import type { ShadowUse } from '../../contract/shadows.ts';
import { nanoOfUsd } from '../../contract/money/nano-usd.ts';
import type { DecisionClock } from '../../decision/question.ts';

export interface DailyLimits {
  readonly rule: string;
  readonly maxPerDay: number;
  readonly maxUsdPerDay?: number | undefined;
}

export type OverBudget = 'daily-copies' | 'daily-usd' | 'price-unknown';

interface Used {
  copies: number;
  nanoUsd: number;
}

const minuteMs = 60_000;

/** The calendar day on this machine's wall: `2026-11-20`. */
export function dayOf({ atMs, utcOffsetMinutes }: DecisionClock): string {
  return new Date(atMs + utcOffsetMinutes * minuteMs).toISOString().slice(0, 10);
}

export class ShadowBudget {
  readonly #usedOn: (day: string) => readonly ShadowUse[];
  #day = '';
  #used = new Map<string, Used>();

  /** @param usedOn what the log has of a day: asked for once when that day begins, however often the clock is put back to it */
  constructor(usedOn: (day: string) => readonly ShadowUse[]) {
    this.#usedOn = usedOn;
  }

  /** Is a copy left for the rule on that day? */
  hasCopies({ rule, maxPerDay }: DailyLimits, day: string): boolean {
    return this.#ofRule(rule, day).copies < maxPerDay;
  }

  /**
   * Takes one copy from the day.
   * @param heldNanoUsd what it may cost by its estimate; null: nobody knows
   * @returns why it may not be made; null when it was taken
   */
  take(limits: DailyLimits, day: string, heldNanoUsd: number | null): OverBudget | null {
    if (!this.hasCopies(limits, day)) return 'daily-copies';
    const used = this.#ofRule(limits.rule, day);
    const { maxUsdPerDay } = limits;
    // A limit that cannot be checked is kept by asking nobody.
    if (maxUsdPerDay !== undefined && heldNanoUsd === null) return 'price-unknown';
    if (maxUsdPerDay !== undefined && used.nanoUsd + (heldNanoUsd ?? 0) > nanoOfUsd(maxUsdPerDay)) return 'daily-usd';
    used.copies += 1;
    used.nanoUsd += heldNanoUsd ?? 0;
    return null;
  }

  /** What it really cost takes the place of what it might have; where nobody knows that, it stays. */
  settle(rule: string, day: string, heldNanoUsd: number | null, costNanoUsd: number | null): void {
    if (day !== this.#day || costNanoUsd === null) return;
    this.#ofRule(rule, day).nanoUsd += costNanoUsd - (heldNanoUsd ?? 0);
  }

  /** It was never sent. */
  giveBack(rule: string, day: string, heldNanoUsd: number | null): void {
    if (day === this.#day) this.#ofRule(rule, day).copies -= 1;
    this.settle(rule, day, heldNanoUsd, 0);
  }

  #ofRule(rule: string, day: string): Used {
    if (day !== this.#day) {
      this.#used = new Map(this.#usedOn(day).map(({ rule: name, copies, nanoUsd }) => [name, { copies, nanoUsd }]));
      this.#day = day;
    }
    const used = this.#used.get(rule) ?? { copies: 0, nanoUsd: 0 };
    this.#used.set(rule, used);
    return used;
  }
}
