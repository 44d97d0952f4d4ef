/** Starts that wait, at most a moment, for their finish: then both are one row. */
import type { StartOperation } from './pending.ts';

export class WaitingStarts {
  #waiting: StartOperation[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(started: StartOperation): void {
    started.place = this.#waiting.length;
    this.#waiting.push(started);
  }

  /** Who came since this was last asked stays for another time: with many under way a timer always rings just after somebody came. */
  takeWaitedOut(): readonly StartOperation[] {
    const waiting = this.#waiting;
    const waitedOut: StartOperation[] = [];
    this.#waiting = [];
    for (const started of waiting) {
      if (started.hasWaited) {
        started.place = -1;
        waitedOut.push(started);
      } else this.add(started);
      started.hasWaited = true;
    }
    return waitedOut;
  }

  takeAll(): readonly StartOperation[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const started of waiting) started.place = -1;
    return waiting;
  }

  /** The last one takes the free place: the order of starts among each other means nothing. @returns whether it waited */
  take(started: StartOperation): boolean {
    if (started.place < 0) return false;
    const last = this.#waiting.pop();
    if (last && last !== started) {
      this.#waiting[started.place] = last;
      last.place = started.place;
    }
    started.place = -1;
    return true;
  }
}
