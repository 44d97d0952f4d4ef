/** When an engine that ended by itself is started again, and when that is given up. Pure. */

export interface RestartTimes {
  /** Milliseconds; doubled with each exit up to the longest. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** So many exits within the window, and it is left alone. */
  readonly exits: number;
  readonly windowMs: number;
}

export const restartTimes: RestartTimes = { firstMs: 1_000, longestMs: 60_000, exits: 5, windowMs: 5 * 60_000 };

export class RestartPolicy {
  readonly #times: RestartTimes;
  /** When it ended, by any steady clock. */
  #exits: number[] = [];
  #inARow = 0;

  constructor(times: RestartTimes = restartTimes) {
    this.#times = times;
  }

  /** How often it ended within the window. */
  recent(nowMs: number): number {
    this.#exits = this.#exits.filter((atMs) => nowMs - atMs < this.#times.windowMs);
    return this.#exits.length;
  }

  /**
   * It has ended by itself.
   * @param ranMs how long it had run; one that ran for the whole window begins anew
   * @returns milliseconds until it is started again; null to give up
   */
  exited(nowMs: number, ranMs: number): number | null {
    const { firstMs, longestMs, exits, windowMs } = this.#times;
    this.#exits.push(nowMs);
    this.#inARow = ranMs >= windowMs ? 1 : this.#inARow + 1;
    if (this.recent(nowMs) >= exits) return null;
    return Math.min(longestMs, firstMs * 2 ** (this.#inARow - 1));
  }

  /** A person starts it: what was is forgotten. */
  reset(): void {
    this.#exits = [];
    this.#inARow = 0;
  }
}
