/**
 * Which dialects a provider turned out not to offer, learned from its own answers: an older server lacks what its kind is
 * known for. It is asked in its next dialect then, and in the missing one again after a while, for it may have been updated.
 */
import type { UpstreamRefusal } from './upstream-error.ts';

const forgetAfterMs = 10 * 60_000;

export class MissingDialects {
  readonly #now: () => number;
  /** By provider, then by dialect: when it was missed, in milliseconds of the clock. */
  readonly #missedAt = new Map<string, Map<string, number>>();
  #known: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #oldestAt = Number.POSITIVE_INFINITY;

  /** @param now milliseconds of a clock that never jumps */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** By provider id. The same object until something changes, because every request asks for it. */
  known(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.#now() - this.#oldestAt >= forgetAfterMs) this.#forgetOld();
    return this.#known;
  }

  note(providerId: string, dialect: string): void {
    const ofProvider = this.#missedAt.get(providerId) ?? new Map<string, number>();
    this.#missedAt.set(providerId, ofProvider.set(dialect, this.#now()));
    this.#publish();
  }

  /** A config may have changed what stands at an address. */
  forgetAll(): void {
    this.#missedAt.clear();
    this.#publish();
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [providerId, ofProvider] of this.#missedAt) {
      for (const [dialect, at] of ofProvider) if (now - at >= forgetAfterMs) ofProvider.delete(dialect);
      if (ofProvider.size === 0) this.#missedAt.delete(providerId);
    }
    this.#publish();
  }

  #publish(): void {
    this.#known = new Map([...this.#missedAt].map(([id, ofProvider]) => [id, new Set(ofProvider.keys())]));
    this.#oldestAt = Math.min(...[...this.#missedAt.values()].flatMap((ofProvider) => [...ofProvider.values()]));
  }
}

/** Says it that there is nothing at this path? What is said of a model or of anything else in it comes as JSON. */
export function isMissingPath({ upstreamStatus, namesPath }: UpstreamRefusal): boolean {
  return namesPath && (upstreamStatus === 404 || upstreamStatus === 405 || upstreamStatus === 501);
}
