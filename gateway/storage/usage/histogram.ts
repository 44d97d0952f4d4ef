/** Distributions that add up: counts between bounds 5 % apart, with the exact least, greatest and sum beside them. */
import type { Distribution } from '../../contract/money/usage.ts';

const growth = 1.05;
const perLog = 1 / Math.log(growth);
/** Milliseconds: what is less than this is told by it. The last bound is 38 days. */
const firstBound = 0.05;
const bins = 512;
/** Digits are the 64 characters from `0` to `o`: six bits of a bin, or five of a count and whether more follow. */
const zero = '0'.charCodeAt(0);
const perBinDigit = 64;
const perCountDigit = 32;

/**
 * A distribution as it is kept. `bins` has two characters for each bin that holds something, and behind them its count, the least
 * digit first; two such texts in a row are the text of their sum, so that SQL adds them up by `group_concat`.
 */
export interface DistributionPart {
  readonly bins: string;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** Values are milliseconds, 0 or more. A percentile is within 2.5 % of the value at its rank. */
export class Histogram {
  count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  readonly #counts = new Uint32Array(bins);

  add(value: number): void {
    const bin = value <= firstBound ? 0 : Math.min(bins - 1, Math.ceil(Math.log(value / firstBound) * perLog));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  addPart({ bins: text, min, max, sum }: DistributionPart): void {
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#sum += sum;
    for (let at = 0; at < text.length; ) {
      const bin = (text.charCodeAt(at) - zero) * perBinDigit + text.charCodeAt(at + 1) - zero;
      let count = 0;
      let digit = perCountDigit;
      at += 2;
      for (let weight = 1; digit >= perCountDigit; weight *= perCountDigit, at += 1) {
        digit = text.charCodeAt(at) - zero;
        count += (digit % perCountDigit) * weight;
      }
      this.#counts[bin] = (this.#counts[bin] ?? 0) + count;
      this.count += count;
    }
  }

  part(): DistributionPart {
    let text = '';
    for (let bin = 0; bin < bins; bin += 1) {
      const count = this.#counts[bin] ?? 0;
      if (count > 0) text += character(Math.floor(bin / perBinDigit)) + character(bin % perBinDigit) + countText(count);
    }
    return { bins: text, min: this.#min, max: this.#max, sum: this.#sum };
  }

  /** Null while it holds nothing. */
  describe(): Distribution | null {
    if (this.count === 0) return null;
    const [p50, p95, p99] = [this.#valueAt(0.5), this.#valueAt(0.95), this.#valueAt(0.99)];
    return { count: this.count, min: this.#min, max: this.#max, mean: this.#sum / this.count, p50, p95, p99 };
  }

  /** By the nearest rank. Of a bin the middle (by ratio) is told, within what really came. */
  #valueAt(share: number): number {
    let left = Math.ceil(share * this.count);
    let bin = 0;
    for (; bin < bins; bin += 1) {
      left -= this.#counts[bin] ?? 0;
      if (left <= 0) break;
    }
    const middle = bin === 0 ? firstBound : firstBound * growth ** (bin - 0.5);
    return Math.min(Math.max(middle, this.#min), this.#max);
  }
}

function countText(count: number): string {
  let text = '';
  let rest = count;
  for (; rest >= perCountDigit; rest = Math.floor(rest / perCountDigit))
    text += character((rest % perCountDigit) + perCountDigit);
  return text + character(rest);
}

function character(digit: number): string {
  return String.fromCharCode(zero + digit);
}
