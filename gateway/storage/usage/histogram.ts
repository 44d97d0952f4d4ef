/** Distributions that add up: counts between bounds 5 % apart, with the exact least, greatest and sum beside them. */
import type { Distribution } from '../../contract/money/usage.ts';

const growth = 1.05;
const perLog = 1 / Math.log(growth);
/** Milliseconds: what is less than this is told by it. The last bound is 38 days. */
const firstBound = 0.05;
const bins = 512;
/** Least, greatest and sum; behind them pairs of a bin (its distance from the one before) and its count, as varints. */
const headBytes = 24;
/** A distance of at most 511 and a count of 32 bits. */
const mostPairBytes = 7;

const scratch = Buffer.alloc(headBytes + bins * mostPairBytes);

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

  /** Adds what `encode` wrote. */
  addEncoded(bytes: Buffer): void {
    this.#min = Math.min(this.#min, bytes.readDoubleLE(0));
    this.#max = Math.max(this.#max, bytes.readDoubleLE(8));
    this.#sum += bytes.readDoubleLE(16);
    let bin = 0;
    let value = 0;
    let shift = 1;
    let isCount = false;
    for (let at = headBytes; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      value += (byte & 0x7f) * shift;
      shift *= 128;
      if (byte >= 0x80) continue;
      if (!isCount) bin += value;
      else {
        this.#counts[bin] = (this.#counts[bin] ?? 0) + value;
        this.count += value;
      }
      isCount = !isCount;
      value = 0;
      shift = 1;
    }
  }

  encode(): Buffer {
    scratch.writeDoubleLE(this.#min, 0);
    scratch.writeDoubleLE(this.#max, 8);
    scratch.writeDoubleLE(this.#sum, 16);
    let end = headBytes;
    let last = 0;
    for (let bin = 0; bin < bins; bin += 1) {
      const count = this.#counts[bin] ?? 0;
      if (count === 0) continue;
      end = writeVarint(bin - last, end);
      end = writeVarint(count, end);
      last = bin;
    }
    return Buffer.from(scratch.subarray(0, end));
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

function writeVarint(value: number, at: number): number {
  let rest = value;
  let end = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) scratch[end++] = (rest % 128) + 0x80;
  scratch[end++] = rest;
  return end;
}
