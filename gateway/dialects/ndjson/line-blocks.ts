/**
 * Cuts a stream of JSON lines (NDJSON) at line ends, so that only whole lines are passed on. A line ends with a line feed, before
 * which a carriage return may stand. Bytes are handed on as they came; only a leading byte order mark is taken off.
 */
import { EventTooLargeError } from '../sse/event-blocks.ts';

const lineFeed = 0x0a;

export class LineBlocks {
  readonly #limitBytes: number;
  /** The unfinished line's pieces, joined only when it is whole. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #atStart = true;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * @returns the bytes up to the last line end seen so far, or null while no line is whole
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): Buffer | null {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return null;
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    const block = this.#pieces.length === 0 ? whole : Buffer.concat([...this.#pieces, whole]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    if (!this.#atStart) return block;
    this.#atStart = false;
    return withoutMark(block);
  }

  /** What came after the last line end. At the end of a stream that may be its last line: whoever wrote it may have left the end out. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#pieces);
    return this.#atStart ? withoutMark(rest) : rest;
  }

  #keep(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#pieceBytes += chunk.length;
    if (this.#pieceBytes > this.#limitBytes) throw new EventTooLargeError(this.#limitBytes);
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
