/** Takes the code fence off a JSON answer as it arrives: models that are merely asked for JSON often put one round it. */

const fence = /^\s*```[\w+.-]*[ \t]*\r?\n/;
/** What may still become a fence. */
const maybeFence = /^\s*(?:`{0,3}|```[\w+.-]*[ \t]*\r?)$/;
const closing = /\s*(?:`{1,3}\s*)?$/;
/** No fence is longer, and some models write blanks without end. */
const longestHeld = 100;

export class FenceStripper {
  #held = '';
  #place: 'start' | 'inside' | 'plain' = 'start';

  /** @returns what is surely no fence */
  push(text: string): string {
    if (this.#place === 'plain') return text;
    this.#held += text;
    if (this.#place === 'start') {
      if (this.#held.length <= longestHeld && maybeFence.test(this.#held)) return '';
      const [begun] = fence.exec(this.#held) ?? [];
      this.#place = begun === undefined ? 'plain' : 'inside';
      if (begun === undefined) return this.#release(this.#held.length);
      this.#held = this.#held.slice(begun.length);
    }
    const waits = closing.exec(this.#held.slice(-longestHeld))?.[0].length ?? 0;
    return this.#release(this.#held.length - waits);
  }

  /** The text is over: what was held, without a closing fence. */
  end(): string {
    const rest = this.#place === 'inside' ? this.#held.replace(/\s*```\s*$/, '') : this.#held;
    this.#held = '';
    return rest;
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}
