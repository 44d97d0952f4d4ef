/** How a budget stands to one target of a request, as an explanation tells it: in figures, and in the words of a refusal. */
import type { BudgetTrace } from '../../contract/decision.ts';
import type { MeterStanding } from '../../contract/money/ledger.ts';
import { usdOfNano } from '../../contract/money/nano-usd.ts';
import type { Price } from '../../contract/money/price.ts';
import type { Budget } from './budget.ts';
import { callWords, fullWords, roomWords, unboundWords } from './refusal-words.ts';

/** A refusal as it was told. */
export interface ToldRefusal {
  /** `provider/model`. */
  readonly target: string;
  /** Null for one by the call, and where nothing could be asked for. */
  readonly standing:
    | (Pick<MeterStanding, 'settledNanoUsd' | 'reservedNanoUsd' | 'closed'> & { readonly endsAtMs: number })
    | null;
  /** The least upper bound of what the request may cost; null: nobody can say. */
  readonly askedNanoUsd: number | null;
  readonly words: string;
}

export function refusedTrace(budget: Budget, { target, standing, askedNanoUsd, words }: ToldRefusal): BudgetTrace {
  const { id, name, period, isHard, limitNanoUsd } = budget;
  const left = standing === null ? limitNanoUsd : limitNanoUsd - standing.settledNanoUsd - standing.reservedNanoUsd;
  return {
    id,
    name,
    period,
    mode: isHard ? 'hard' : 'soft',
    target,
    limitUsd: usdOfNano(limitNanoUsd),
    leftUsd: standing === null && period !== 'call' ? null : usdOfNano(Math.max(0, left)),
    reservedUsd: usdOfNano(standing?.reservedNanoUsd ?? 0),
    askedUsd: askedNanoUsd === null ? null : usdOfNano(askedNanoUsd),
    resetsAtMs: standing?.endsAtMs ?? null,
    closed: standing?.closed ?? null,
    refuses: true,
    reason: words,
  };
}

export interface StandingQuestion {
  /** `provider/model`. */
  readonly target: string;
  /** Null: nobody knows it. */
  readonly price: Price | null;
  /** Null for one by the call. */
  readonly standing: (MeterStanding & { readonly endsAtMs: number }) | null;
  readonly askedNanoUsd: number | null;
}

/** Whether it would let the request through as it stands, by the rules that the ledger goes by. */
export function standingTrace(budget: Budget, { target, price, standing, askedNanoUsd }: StandingQuestion): BudgetTrace {
  const told = (words: string): BudgetTrace => refusedTrace(budget, { target, standing, askedNanoUsd, words });
  // What runs here costs nothing, and is let through however empty the purse is.
  const isFree = price?.source === 'local';
  const closed = standing?.closed ?? null;
  const left = budget.limitNanoUsd - (standing?.settledNanoUsd ?? 0) - (standing?.reservedNanoUsd ?? 0);
  if (!isFree && askedNanoUsd === null && !budget.allowsUnknownPrice) return told(unboundWords(budget, target, price));
  if (!isFree && budget.isHard && (closed !== null || (askedNanoUsd ?? 0) > left)) {
    if (standing === null) return told(callWords(budget, askedNanoUsd ?? 0));
    return told(fullWords(budget, { ...standing, meter: standing }, askedNanoUsd ?? 0));
  }
  return { ...told(roomWords(budget, { left, endsAtMs: standing?.endsAtMs ?? null, askedNanoUsd, isFree })), refuses: false };
}
