/** Money as it is added up: whole nano-dollars (a billionth of a US dollar), so that sums are exact whatever their order. */

/** Below it every amount is an exact integer: nine million dollars. */
export const mostNanoUsd = Number.MAX_SAFE_INTEGER;

const nanoPerUsd = 1e9;

/** Rounded to the nearest nano-dollar; a sum beyond what can be counted exactly is held at that. */
export function nanoOfUsd(usd: number): number {
  return Math.min(Math.round(usd * nanoPerUsd), mostNanoUsd);
}

export function usdOfNano(nanoUsd: number): number {
  return nanoUsd / nanoPerUsd;
}
