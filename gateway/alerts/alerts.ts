/** Tells a person, once, what happens to their money: keeps it, announces it, and hands it to the webhooks. */
import type { Alert, AlertSettings } from '../contract/money/alert.ts';
import type { BudgetStanding } from '../contract/money/budget.ts';
import { judgeOverBound, judgeRefusal, judgeSpending, type Occasion, refusalId } from './judge-budget.ts';
import { type SpendByHour, UnusualSpend } from './unusual-spend.ts';

export interface AlertStore {
  /**
   * Keeps an alert with a delivery for each URL, and the ids that it passes over as told.
   * @returns whether it is news: false, and nothing is kept, when its id is there already. Rejects when it cannot be written
   */
  raise(occasion: Occasion, urls: readonly string[]): Promise<boolean>;
}

export interface AlertParts {
  readonly store: AlertStore;
  readonly settings: () => AlertSettings;
  readonly spendByHour: SpendByHour;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Of an alert that is news, after it was kept. */
  readonly announce: (alert: Alert) => void;
  /** Webhooks have something to send. */
  readonly deliver: () => void;
  readonly reportFailure: (error: unknown) => void;
}

const unusualEveryMs = 60_000;
/** Requests that run at once may each go over their bound; of one budget that is told once in so long. */
const overBoundEveryMs = 60_000;
/** Ids of what was told lately, so that spending seldom asks the database; it alone decides. */
const longestMemory = 10_000;

/** The ledger calls it. No method throws or waits; what cannot be kept is reported, and tried again with the next spending. */
export class Alerts {
  readonly #parts: AlertParts;
  readonly #unusual: UnusualSpend;
  readonly #told = new Set<string>();
  readonly #overBoundAt = new Map<string, number>();
  #unusualAt = Number.NEGATIVE_INFINITY;

  constructor(parts: AlertParts) {
    this.#parts = parts;
    this.#unusual = new UnusualSpend(parts.spendByHour);
  }

  /** After money was spent. @param standings the budgets that moved; there may be none */
  onSpend(standings: readonly BudgetStanding[]): void {
    const nowMs = this.#parts.now();
    for (const standing of standings) {
      const occasion = judgeSpending(standing, nowMs);
      if (occasion) this.#raise(occasion);
    }
    this.#lookForUnusual(nowMs);
  }

  /** A hard budget has refused a request. */
  onRefused(standing: BudgetStanding): void {
    const nowMs = this.#parts.now();
    if (!this.#told.has(refusalId(standing, nowMs))) this.#raise(judgeRefusal(standing, nowMs));
  }

  /** A provider billed more for a request than was reserved as the most it could, and the budget is closed. US dollars. */
  onOverBound(standing: BudgetStanding, requestId: string, reservedUsd: number, billedUsd: number): void {
    const at = this.#parts.monotonic();
    const last = this.#overBoundAt.get(standing.id) ?? Number.NEGATIVE_INFINITY;
    if (at - last < overBoundEveryMs) return;
    if (this.#overBoundAt.size >= longestMemory) this.#overBoundAt.clear();
    this.#overBoundAt.set(standing.id, at);
    this.#raise(judgeOverBound(standing, { requestId, reservedUsd, billedUsd }, this.#parts.now()));
  }

  #lookForUnusual(nowMs: number): void {
    const at = this.#parts.monotonic();
    const { unusualSpend } = this.#parts.settings();
    if (unusualSpend === false || at - this.#unusualAt < unusualEveryMs) return;
    this.#unusualAt = at;
    try {
      const alert = this.#unusual.judge(unusualSpend, nowMs);
      if (alert) this.#raise({ alert, passedOver: [] });
    } catch (error) {
      this.#parts.reportFailure(error);
    }
  }

  #raise(occasion: Occasion): void {
    const { id } = occasion.alert;
    if (this.#told.has(id)) return;
    if (this.#told.size >= longestMemory) this.#told.clear();
    this.#told.add(id);
    const { store, settings, announce, deliver, reportFailure } = this.#parts;
    const urls = settings().webhooks.map(({ url }) => url);
    store.raise(occasion, urls).then(
      (isNews) => {
        if (!isNews) return;
        announce(occasion.alert);
        if (urls.length > 0) deliver();
      },
      (error: unknown) => {
        this.#told.delete(id);
        reportFailure(error);
      },
    );
  }
}
