/** Reads a request's body whole, with as little copying as can be, and never beyond its limit. */
import type { IncomingMessage } from 'node:http';
import { roomForEdits } from '../dialects/json/edit-head.ts';

export interface RequestBody {
  readonly bytes: Buffer;
  /** How many bytes before it, in the same memory, are free to be written over. */
  readonly roomBefore: number;
}

/** Announced lengths up to this are made room for at once; more is only believed when it comes. */
const believedBytes = 1_048_576;

/**
 * @param done called once: with the body, or with null when it outgrew the limit; never when the client went away
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (body: RequestBody | null) => void): void {
  const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  let collector: BodyCollector | null = null;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    if (bytes > limitBytes) return;
    bytes += chunk.length;
    if (bytes > limitBytes) {
      collector = null;
      done(null);
    } else collector = collector === null ? firstChunk(chunk, announced) : collector.add(chunk);
  });
  request.on('end', () => {
    if (bytes <= limitBytes) done(collector?.finish() ?? { bytes: Buffer.alloc(0), roomBefore: 0 });
  });
}

/** What has come of a body so far. */
interface BodyCollector {
  add(chunk: Buffer): BodyCollector;
  finish(): RequestBody;
}

function firstChunk(chunk: Buffer, announced: number): BodyCollector {
  if (announced > chunk.length && announced <= believedBytes) return collectInPlace(announced).add(chunk);
  return collectPieces([chunk]);
}

/** Each chunk is laid where it belongs when it comes: no copy at the end. */
function collectInPlace(length: number): BodyCollector {
  const memory = Buffer.allocUnsafeSlow(roomForEdits + length);
  let end = roomForEdits;
  const collector: BodyCollector = {
    add(chunk) {
      end += chunk.copy(memory, end);
      return collector;
    },
    finish: () => ({ bytes: memory.subarray(roomForEdits, end), roomBefore: roomForEdits }),
  };
  return collector;
}

function collectPieces(pieces: Buffer[]): BodyCollector {
  const collector: BodyCollector = {
    add(chunk) {
      pieces.push(chunk);
      return collector;
    },
    finish() {
      const [only] = pieces;
      if (pieces.length === 1 && only) return { bytes: only, roomBefore: 0 };
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const whole = collectInPlace(length);
      for (const piece of pieces) whole.add(piece);
      return whole.finish();
    },
  };
  return collector;
}
