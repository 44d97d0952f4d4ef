/** What a request costs that was served otherwise than usual: sooner, later, elsewhere. */
import type { Price } from '../contract/money/price.ts';

/** Anthropic's speed and place, which come beside a service tier and beside each other. */
const ofTheirOwn: ReadonlySet<string> = new Set(['fast', 'us']);

/** By how much the usual rates are multiplied; a tier that the price does not know counts as the usual one. */
export function tierFactor({ serviceTiers: factors }: Price, served: readonly string[]): number {
  let factor = 1;
  for (const tier of served) factor *= factorOf(factors, tier) ?? 1;
  return factor;
}

/** Does the price say what each of them costs? */
export function knowsTiers({ serviceTiers: factors }: Price, served: readonly string[]): boolean {
  return served.every((tier) => factorOf(factors, tier) !== null);
}

/** The dearest way in which a request may be served. */
export function dearestFactor({ serviceTiers: factors }: Price): number {
  let [tier, beside] = [1, 1];
  for (const [name, factor] of Object.entries(factors)) {
    if (ofTheirOwn.has(name)) beside *= Math.max(1, factor);
    else tier = Math.max(tier, factor);
  }
  return tier * beside;
}

function factorOf(factors: Price['serviceTiers'], tier: string): number | null {
  return Object.hasOwn(factors, tier) ? (factors[tier] ?? null) : null;
}
