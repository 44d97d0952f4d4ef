/**
 * Asks providers whose breaker opened, at a question that costs no tokens, whether they are back. One that is takes probes at
 * once; only an answer to a real request closes its breaker.
 */
export interface HealthChecksInput {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Asks the provider for something free; true when it answers. */
  checkProvider(id: string): Promise<boolean>;
  /** It answered. */
  onBack(provider: string): void;
}

export class HealthChecks {
  readonly #input: HealthChecksInput;
  /** Checks that are to come, by provider. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #checkedAt = new Map<string, number>();

  constructor(input: HealthChecksInput) {
    this.#input = input;
  }

  /**
   * A breaker of this provider opened: it is checked halfway through the rest, and at most once in `openMs`. At once would be
   * too early: what refuses to answer often still lists its models.
   */
  opened(provider: string, openMs: number): void {
    if (this.#timers.has(provider)) return;
    const lastAt = this.#checkedAt.get(provider) ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.max(openMs / 2, lastAt + openMs - this.#input.monotonic());
    const timer = setTimeout(() => void this.#check(provider), waitMs);
    timer.unref();
    this.#timers.set(provider, timer);
  }

  /** Forgets the providers that the config does not name any more. */
  keep(isNamed: (provider: string) => boolean): void {
    for (const [provider, timer] of this.#timers) {
      if (isNamed(provider)) continue;
      clearTimeout(timer);
      this.#timers.delete(provider);
    }
    for (const provider of this.#checkedAt.keys()) if (!isNamed(provider)) this.#checkedAt.delete(provider);
  }

  stop(): void {
    this.keep(() => false);
  }

  async #check(provider: string): Promise<void> {
    this.#checkedAt.set(provider, this.#input.monotonic());
    const isBack = await this.#input.checkProvider(provider).catch(() => false);
    if (this.#timers.delete(provider) && isBack) this.#input.onBack(provider);
  }
}
