/** Why a budget lets a request not through, in one sentence: which, how much is left, what was asked, when it begins anew. */
import { formatUsd } from '../../contract/money/format-usd.ts';
import { momentWords } from '../../contract/money/moment-words.ts';
import { usdOfNano } from '../../contract/money/nano-usd.ts';
import type { Meter, ReservationRefusal } from '../../contract/money/ledger.ts';
import type { Price } from '../../contract/money/price.ts';
import type { Budget } from './budget.ts';

const usdWords = (nanoUsd: number): string => formatUsd(usdOfNano(nanoUsd));

/** A meter that let it not through. */
export interface FullMeter extends Pick<ReservationRefusal, 'settledNanoUsd' | 'reservedNanoUsd' | 'closed'> {
  readonly meter: Pick<Meter, 'endsAtMs'>;
}

/** @param leastNanoUsd the least upper bound of what the request may cost */
export function fullWords(budget: Budget, full: FullMeter, leastNanoUsd: number): string {
  const { meter, settledNanoUsd, reservedNanoUsd, closed } = full;
  const until = `it begins anew at ${momentWords(meter.endsAtMs)}`;
  if (closed !== null) return `the budget "${budget.name}" is closed because ${closed}; ${until}, or open it again under Usage`;
  const left = Math.max(0, budget.limitNanoUsd - settledNanoUsd - reservedNanoUsd);
  const held = reservedNanoUsd > 0 ? ` (${usdWords(reservedNanoUsd)} is held for requests that run now)` : '';
  return (
    `the budget "${budget.name}" has ${usdWords(left)} left of ${usdWords(budget.limitNanoUsd)} a ${budget.period}${held}, ` +
    `and this request may cost up to ${usdWords(leastNanoUsd)}; ${until}`
  );
}

export function callWords({ name, limitNanoUsd }: Budget, leastNanoUsd: number): string {
  return `the budget "${name}" allows ${usdWords(limitNanoUsd)} a call, and this one may cost up to ${usdWords(leastNanoUsd)}; shorten it, lower its limit of output tokens, or choose a cheaper model`;
}

export interface Room {
  readonly left: number;
  /** Null for one by the call. */
  readonly endsAtMs: number | null;
  /** Null: nobody can say. */
  readonly askedNanoUsd: number | null;
  /** It runs on this machine. */
  readonly isFree: boolean;
}

/** Of one that would let it through. */
export function roomWords(budget: Budget, { left, endsAtMs, askedNanoUsd, isFree }: Room): string {
  const { name, limitNanoUsd, period, isHard } = budget;
  const anew = endsAtMs === null ? '' : `; it begins anew at ${momentWords(endsAtMs)}`;
  const has =
    endsAtMs === null
      ? `the budget "${name}" allows ${usdWords(limitNanoUsd)} a call`
      : `the budget "${name}" has ${usdWords(Math.max(0, left))} left of ${usdWords(limitNanoUsd)} a ${period}`;
  if (isFree) return `${has}, and what runs on this machine costs nothing${anew}`;
  const asked =
    askedNanoUsd === null ? 'nobody can say what this request may cost' : `this request may cost up to ${usdWords(askedNanoUsd)}`;
  const fits = isHard && askedNanoUsd !== null ? 'there is room for it' : 'it is let through all the same';
  return `${has}, and ${asked}: ${fits}${anew}`;
}

/** @param target `provider/model` */
export function unboundWords({ name }: Pick<Budget, 'name'>, target: string, price: Pick<Price, 'rates'> | null): string {
  return `the budget "${name}" cannot be held to: ${whyUnbound(target, price)}let the budget allow unknown prices`;
}

function whyUnbound(target: string, price: Pick<Price, 'rates'> | null): string {
  if (price === null) return `no price of ${target} is known; set one under prices.overrides, or `;
  const missing = [
    ...(price.rates.inputPerMillionUsd === undefined ? ['input'] : []),
    ...(price.rates.outputPerMillionUsd === undefined ? ['output'] : []),
  ].join(' or ');
  const unknown = `nobody can say what one call of ${target} costs at most`;
  return missing === ''
    ? `${unknown}; `
    : `${unknown}, as its price names no ${missing} rate; add it under prices.overrides, or `;
}
