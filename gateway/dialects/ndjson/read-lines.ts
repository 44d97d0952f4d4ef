/** Reads the lines of a block that ends at a line end, in the shape in which a stream's events are read. */
import type { ServerSentEvent } from '../sse/read-events.ts';

/** A line of JSON, without its line end in `data`; lines have no names. */
export interface JsonLine extends ServerSentEvent {
  readonly data: string;
  readonly event: null;
}

/** Every line of the block that is not blank, in order. The last one may lack its line end. */
export function readLines(block: Buffer): JsonLine[] {
  const lines: JsonLine[] = [];
  let start = 0;
  while (start < block.length) {
    const end = block.indexOf(0x0a, start) + 1 || block.length;
    const bytes = block.subarray(start, end);
    const data = bytes.toString('utf8').trim();
    if (data !== '') lines.push({ bytes, data, event: null });
    start = end;
  }
  return lines;
}
