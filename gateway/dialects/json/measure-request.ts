/** Measures what a JSON request holds for a model to read: its text, and apart from that its media. */
import type { RequestSize } from '../dialect.ts';
import { joinForReading } from './pieces.ts';

const mark = Buffer.from(';base64,');
const quote = 0x22;
/** From the quote to the mark stands `data:` and a media type: never more than this. */
const longestStart = 128;

/** Data URLs (RFC 2397) that are a whole string are media; in the middle of a text they are text. */
export function measureRequest(pieces: readonly Buffer[]): RequestSize {
  const body = joinForReading(pieces);
  let textBytes = body.length;
  let mediaParts = 0;
  let at = body.indexOf(mark);
  while (at !== -1) {
    let next = at + mark.length;
    if (beginsDataUrl(body, at)) {
      const end = body.indexOf(quote, next);
      next = end === -1 ? body.length : end;
      textBytes -= next - at;
      mediaParts += 1;
    }
    at = body.indexOf(mark, next);
  }
  return { textBytes, mediaParts };
}

function beginsDataUrl(body: Buffer, markAt: number): boolean {
  const start = body.subarray(Math.max(0, markAt - longestStart), markAt);
  return start.toString('latin1', start.lastIndexOf(quote) + 1).startsWith('data:');
}
