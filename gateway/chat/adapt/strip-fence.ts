/** Takes the code fence off a JSON answer as it arrives: models that are merely asked for JSON often put one round it. */

const fence = /^\s*```[a-zA-Z]*[ \t]*\r?\n/;
/** What may still become a fence. */
const maybeFence = /^\s*(?:`{0,3}|```[a-zA-Z]*[ \t]*\r?)$/;
const closing = /\s*(?:`{1,3}\s*)?$/;

export class FenceStripper {
  #held = '';
  #place: 'start' | 'inside' | 'plain' = 'start';

  /** @returns what is surely no fence */
  push(text: string): string {
    if (this.#place === 'plain') return text;
    this.#held += text;
    if (this.#place === 'start') {
      if (maybeFence.test(this.#held)) return '';
      const [begun] = fence.exec(this.#held) ?? [];
      this.#place = begun === undefined ? 'plain' : 'inside';
      if (begun === undefined) return this.#release(this.#held.length);
      this.#held = this.#held.slice(begun.length);
    }
    return this.#release(this.#held.length - (closing.exec(this.#held)?.[0].length ?? 0));
  }

  /** The answer is over: what was held, without a closing fence. */
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
