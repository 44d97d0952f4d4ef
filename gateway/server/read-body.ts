/** Reads a request's body in the pieces it comes in, and never beyond its limit. */
import type { IncomingMessage } from 'node:http';

/**
 * @param done called once: with the body, or with null when it outgrew the limit; never when the client went away
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (body: readonly Buffer[] | null) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let over = false;
  request.on('data', (piece: Buffer) => {
    if (over) return;
    bytes += piece.length;
    if (bytes <= limitBytes) {
      pieces.push(piece);
      return;
    }
    over = true;
    pieces.length = 0;
    done(null);
  });
  request.on('end', () => {
    if (!over) done(pieces);
  });
}
