/** Reads a request's body whole, without copying where it came in one piece, and never beyond its limit. */
import type { IncomingMessage } from 'node:http';

/**
 * @param done called once: with the body, or with null when it outgrew the limit; never when the client went away
 */
export function readBody(request: IncomingMessage, limitBytes: number, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    bytes += chunk.length;
    if (bytes <= limitBytes) {
      chunks.push(chunk);
      return;
    }
    over = true;
    chunks.length = 0;
    done(null);
  });
  request.on('end', () => {
    if (over) return;
    const [only] = chunks;
    done(chunks.length === 1 && only ? only : Buffer.concat(chunks, bytes));
  });
}
