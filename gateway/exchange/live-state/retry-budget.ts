/**
 * How many requests may be in their second or a later attempt at once, as in Envoy's retry budget: a part of those in their
 * first, and always a few. It holds for each provider, so that one that fails altogether is sent at most that part more,
 * however many requests others serve meanwhile; and for all together, so that several that fail add up to no more.
 */
import type { ReliabilitySettings } from '../../contract/reliability.ts';

type Settings = ReliabilitySettings['retryBudget'];

/** Requests whose latest attempt is under way or followed by a pause. */
export interface RequestCounts {
  readonly all: number;
  /** Those in a second or later attempt. */
  readonly again: number;
}

type Counts = { -readonly [name in keyof RequestCounts]: RequestCounts[name] };

/** @param others without the one that would begin */
export function allowsAnother({ all, again }: RequestCounts, { percent, minimum }: Settings): boolean {
  return again < Math.max(minimum, Math.floor(((all - again) * percent) / 100));
}

export class RetryBudget {
  readonly #everywhere: Counts = { all: 0, again: 0 };
  /** By provider: as many as configs have named. */
  readonly #counts = new Map<string, Counts>();

  /** @param provider null for all together */
  at(provider: string | null): RequestCounts {
    return provider === null ? this.#everywhere : this.#of(provider);
  }

  /** A request's place in the counts; it must leave in the end. */
  enter(): BudgetPlace {
    return new BudgetPlace(this.#everywhere, this.#of);
  }

  readonly #of = (provider: string): Counts => {
    const known = this.#counts.get(provider);
    if (known) return known;
    const counts = { all: 0, again: 0 };
    this.#counts.set(provider, counts);
    return counts;
  };
}

/** Where one request counts. */
export class BudgetPlace {
  readonly #everywhere: Counts;
  readonly #countsOf: (provider: string) => Counts;
  /** At the provider of its latest attempt; null before the first, and after the end. */
  #here: Counts | null = null;
  #isAgain = false;

  constructor(everywhere: Counts, countsOf: (provider: string) => Counts) {
    this.#everywhere = everywhere;
    this.#countsOf = countsOf;
  }

  /** An attempt at this provider begins. */
  moveTo(provider: string): void {
    const counts = this.#countsOf(provider);
    if (counts === this.#here) return;
    this.leave();
    this.#here = counts;
    this.#count(1);
  }

  /** Its next attempt is not its first. */
  beginAgain(): void {
    if (this.#isAgain) return;
    this.#count(-1);
    this.#isAgain = true;
    this.#count(1);
  }

  leave(): void {
    this.#count(-1);
    this.#here = null;
  }

  /** @returns why no other attempt may begin there, in a clause; null when one may */
  refusal(provider: string, settings: Settings): string | null {
    const here = this.#countsOf(provider);
    return this.#refusal(here, settings, ` at ${provider}`) ?? this.#refusal(this.#everywhere, settings, '');
  }

  #refusal(counts: Counts, settings: Settings, where: string): string | null {
    const others = { ...counts };
    if (this.#here !== null && (counts === this.#here || counts === this.#everywhere)) this.#add(others, -1);
    if (allowsAnother(others, settings)) return null;
    return `not tried again: of ${others.all} other requests${where}, ${others.again} are in another attempt already`;
  }

  #count(by: 1 | -1): void {
    if (!this.#here) return;
    this.#add(this.#here, by);
    this.#add(this.#everywhere, by);
  }

  #add(counts: Counts, by: 1 | -1): void {
    counts.all += by;
    if (this.#isAgain) counts.again += by;
  }
}
