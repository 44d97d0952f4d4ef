/** Writes forms byte by byte, as programs write them and as they must not be written. */

export interface PartToWrite {
  readonly name: string;
  readonly value: string | Buffer;
  readonly fileName?: string;
  /** Further header lines. */
  readonly headers?: readonly string[];
}

export const boundary = '----labBoundary7MA4YWxkTrZu0gW';
export const formType = `multipart/form-data; boundary=${boundary}`;

/** A sound form of these parts (RFC 7578). */
export function formBytes(parts: readonly PartToWrite[]): Buffer {
  const written = parts.flatMap(({ name, value, fileName, headers = [] }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const lines = [`Content-Disposition: form-data; name="${name}"${file}`, ...headers];
    return [Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')];
  });
  return Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A form around these lines of one part, whatever they are; each ends in CRLF but the last. */
export function formAround(...lines: readonly string[]): Buffer {
  return Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n--${boundary}--\r\n`);
}
