/** Reads a request's header as one text of bounded length. */
import type { IncomingHttpHeaders } from 'node:http';

/** No header that a policy looks at is so long; the log keeps what it looked at. */
const longestText = 512;

/** @param name in lower case @returns null where it is not there; several of one name are joined as HTTP says */
export function headerText(headers: IncomingHttpHeaders, name: string): string | null {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined) return null;
  return readCharacters(typeof value === 'string' ? value : value.join(', ')).slice(0, longestText);
}

const beyondAscii = /[\u0080-\u00ff]/;

/** Node reads headers as Latin-1, and programs write what is not ASCII in UTF-8: where it is that, it is read so. */
function readCharacters(text: string): string {
  if (!beyondAscii.test(text)) return text;
  const read = Buffer.from(text, 'latin1').toString('utf8');
  return read.includes('\ufffd') ? text : read;
}
