/**
 * Estimates a stream's content without reading it: its envelopes are all alike, so that what an event has more than the
 * smallest one is content.
 */
import type { OutputSeen } from '../../money/estimate-tokens.ts';

/** The first byte of `data:`. */
const letterD = 0x64;
const nextDataLine = Buffer.from('\ndata:');

export class StreamMeasure {
  #events = 0;
  #bytes = 0;
  #smallest = Number.POSITIVE_INFINITY;

  /** @param block one or more whole events */
  add(block: Buffer): void {
    const events = countEvents(block);
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

/** Events by their data lines; within JSON no line begins anew, so that content is never taken for one. */
function countEvents(block: Buffer): number {
  let count = block[0] === letterD ? 1 : 0;
  for (let at = block.indexOf(nextDataLine); at !== -1; at = block.indexOf(nextDataLine, at + nextDataLine.length)) count += 1;
  return Math.max(count, 1);
}
