/** How fast something comes, and how long it will take. Pure but for the clock it is given. */

/** Speed is told over about so long; steps between two measures count for little. */
const smoothMs = 3_000;
const shortestMs = 200;

export interface Pace {
  /** Null while nothing can be said. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Smooths a speed by a moving average that forgets with time. */
export class ProgressPace {
  #speed: number | null = null;
  #last: { readonly atMs: number; readonly bytes: number } | null = null;

  /** @param nowMs of any steady clock @param bytes in all; fewer than before begins anew */
  note(nowMs: number, bytes: number): void {
    const last = this.#last;
    if (last === null || bytes < last.bytes) {
      this.#last = { atMs: nowMs, bytes };
      return;
    }
    const elapsedMs = nowMs - last.atMs;
    if (elapsedMs < shortestMs) return;
    const speed = ((bytes - last.bytes) * 1_000) / elapsedMs;
    const weight = 1 - Math.exp(-elapsedMs / smoothMs);
    this.#speed = this.#speed === null ? speed : this.#speed + (speed - this.#speed) * weight;
    this.#last = { atMs: nowMs, bytes };
  }

  pace(bytesTotal: number | null): Pace {
    const speed = this.#speed;
    if (speed === null || this.#last === null) return { bytesPerSecond: null, secondsLeft: null };
    const left = bytesTotal === null ? null : Math.max(0, bytesTotal - this.#last.bytes);
    const secondsLeft = left === null || speed < 1 ? null : Math.ceil(left / speed);
    return { bytesPerSecond: Math.round(speed), secondsLeft };
  }
}
