/**
 * Estimates a stream's content without reading it: its envelopes are all alike, so that what an event has more than the
 * smallest one is content.
 */
import type { OutputSeen } from '../money/estimate-tokens.ts';

const dataLine = Buffer.from('data:');

export class StreamMeasure {
  #events = 0;
  #bytes = 0;
  #smallest = Number.POSITIVE_INFINITY;

  /** @param block one or more whole events */
  add(block: Buffer): void {
    // Most blocks are one event; only one much larger than the smallest may be several.
    const events = block.length > this.#smallest * 1.5 ? countEvents(block) : 1;
    this.#events += events;
    this.#bytes += block.length;
    this.#smallest = Math.min(this.#smallest, block.length / events);
  }

  /** Null when nothing was seen. */
  seen(): OutputSeen | null {
    if (this.#events === 0) return null;
    return { events: this.#events, contentBytes: Math.round(this.#bytes - this.#events * this.#smallest) };
  }
}

function countEvents(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(dataLine); at !== -1; at = block.indexOf(dataLine, at + dataLine.length)) count += 1;
  return Math.max(count, 1);
}
