/**
 * Cuts a stream of server-sent events at event boundaries, so that only whole events are passed on (WHATWG HTML 9.2.6).
 * Bytes are handed on as they came; only a leading byte order mark is taken off.
 */

/** A stream's event outgrew its limit: whoever sends it is broken or hostile. */
export class EventTooLargeError extends Error {
  constructor(limitBytes: number) {
    super(`one event of the stream is larger than ${limitBytes} bytes`);
    this.name = 'EventTooLargeError';
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const nothing = Buffer.alloc(0);
const feeds = Buffer.from('\n\n');
const returns = Buffer.from('\r\r');
/** A line's end of one kind and a blank line of the other. */
const feedAndBoth = Buffer.from('\n\r\n');

export class EventBlocks {
  readonly #limitBytes: number;
  /** The unfinished event's pieces, joined only when it is whole. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** The last bytes before the next chunk: a boundary may lie across the cut. */
  #tail: Buffer = nothing;
  #atStart = true;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * @returns the bytes up to the last event boundary seen so far, or null while no event is whole
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): Buffer | null {
    const end = this.#boundary(chunk);
    if (end === 0) {
      this.#keep(chunk);
      return null;
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    const block = this.#pieces.length === 0 ? whole : Buffer.concat([...this.#pieces, whole]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#tail = nothing;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    return this.#withoutMark(block);
  }

  /** What came after the last boundary: an event without its blank line, which a reader must not act on. */
  rest(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #keep(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#pieceBytes += chunk.length;
    if (this.#pieceBytes > this.#limitBytes) throw new EventTooLargeError(this.#limitBytes);
    this.#tail = chunk.length >= 3 ? chunk.subarray(-3) : Buffer.concat([this.#tail, chunk]).subarray(-3);
  }

  /** The position in `chunk` behind its last boundary, 0 for none. */
  #boundary(chunk: Buffer): number {
    const length = chunk.length;
    if (length > 1 && chunk[length - 1] === lineFeed && chunk[length - 2] === lineFeed) return length;
    const inside = lastBoundary(chunk);
    if (inside > 0 || this.#tail.length === 0) return inside;
    const edge = Buffer.concat([this.#tail, chunk.subarray(0, 3)]);
    const across = lastBoundary(edge) - this.#tail.length;
    return across > 0 ? across : 0;
  }

  #withoutMark(block: Buffer): Buffer {
    if (!this.#atStart) return block;
    this.#atStart = false;
    return block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? block.subarray(3) : block;
  }
}

/** The position behind the last blank line's end: `\n\n`, `\r\n\r\n`, `\r\r` or `\n\r\n`; 0 for none. */
function lastBoundary(bytes: Buffer): number {
  const plain = behindLast(bytes, feeds);
  if (!bytes.includes(carriageReturn)) return plain;
  return Math.max(plain, behindLast(bytes, feedAndBoth), behindLast(bytes, returns));
}

function behindLast(bytes: Buffer, mark: Buffer): number {
  const at = bytes.lastIndexOf(mark);
  return at === -1 ? 0 : at + mark.length;
}
