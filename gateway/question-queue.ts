/** Who waits for the thread that counts tokens: askers take turns, so that none of them keeps the others waiting. */

export interface QueueBounds {
  /** More than so many wait for nobody. */
  readonly most: number;
  /** Nor do more of one asker. */
  readonly mostOfOne: number;
}

export class QuestionQueue<T> {
  readonly #bounds: QueueBounds;
  /** By who asks, in the order of their turns. */
  readonly #waiting = new Map<string, T[]>();
  #size = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** @returns false where too many wait already */
  add(asker: string, question: T): boolean {
    const own = this.#waiting.get(asker) ?? [];
    if (this.#size >= this.#bounds.most || own.length >= this.#bounds.mostOfOne) return false;
    own.push(question);
    this.#waiting.set(asker, own);
    this.#size += 1;
    return true;
  }

  /** @returns the oldest question of whoever's turn it is; null where nobody waits */
  take(): T | null {
    for (const [asker, own] of this.#waiting) {
      const question = own.shift();
      this.#waiting.delete(asker);
      if (question === undefined) continue;
      // Behind the others.
      if (own.length > 0) this.#waiting.set(asker, own);
      this.#size -= 1;
      return question;
    }
    return null;
  }

  takeAll(): readonly T[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#size = 0;
    return all;
  }
}
