/** What the ledger is asked: to hold money back for an attempt, to let it go, and to count what a request came to. */

/** A counter of what one scope spends in one period; both ids are texts that are made once and kept. */
export interface Meter {
  /** `all`, `provider:openai`, `model:openai/gpt-5-mini`, `rule:code`, `client:<id>`. */
  readonly scope: string;
  /** `day 2026-11-20`, by the calendar of this machine. */
  readonly period: string;
  /** Milliseconds since 1970. */
  readonly startsAtMs: number;
  /** Not included. */
  readonly endsAtMs: number;
}

export interface MeterLimit extends Meter {
  /** What is settled and reserved may not come above it; null where nothing is refused. */
  readonly limitNanoUsd: number | null;
}

export interface Reservation {
  readonly requestKey: number;
  readonly provider: string;
  readonly model: string;
  /** Upper bounds of what the attempt may cost, the highest first: the first that fits everywhere is held. */
  readonly amounts: readonly number[];
  /** What it comes to if nobody ever learns more of it; null where nobody can say. */
  readonly estimateNanoUsd: number | null;
  readonly meters: readonly MeterLimit[];
}

export interface ReservationRefusal {
  /** The first that has no room for the least of the amounts. */
  readonly meter: MeterLimit;
  readonly settledNanoUsd: number;
  readonly reservedNanoUsd: number;
  /** Why it lets nothing through; null: it is full. */
  readonly closed: string | null;
}

/** Which of the amounts is held now, or who refused the least of them. Then nothing is held. */
export type ReservationOutcome = { readonly held: number } | { readonly refusal: ReservationRefusal };

/** What a request's last attempt came to, and where it counts. */
export interface Settlement {
  /** Null: nobody knows. */
  readonly costNanoUsd: number | null;
  /** What was held for it; null where nothing was, or nobody knows yet. */
  readonly heldNanoUsd: number | null;
  /** Does a cost above what was held close the budgets? Not where nothing could be bounded, or the count is ours. */
  readonly mayClose: boolean;
  readonly meters: readonly Meter[];
}

/** How one meter stands. */
export interface MeterStanding {
  readonly settledNanoUsd: number;
  readonly reservedNanoUsd: number;
  readonly unpriced: number;
  readonly closed: string | null;
}
