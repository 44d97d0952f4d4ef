/** Reads HTTP/1.1 requests off a socket without touching them: headers and body are kept exactly as they arrived. */

export interface RawRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Name, value, name, value, … in the order and letter case that arrived. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const endOfHead = Buffer.from('\r\n\r\n');

function parseHead(text: string): Omit<RawRequest, 'body'> {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { method, target, rawHeaders };
}

/** The value of a header, whatever its letter case; repeated ones are joined. */
export function headerOf(request: Pick<RawRequest, 'rawHeaders'>, name: string): string | undefined {
  const values = request.rawHeaders.filter(
    (_, index) => index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === name,
  );
  return values.length > 0 ? values.join(', ') : undefined;
}

/** A chunked body and where it ends, or null while it is not all there. */
function readChunks(bytes: Buffer, start: number): { body: Buffer; end: number } | null {
  const chunks: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { body: Buffer.concat(chunks), end: next };
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}

/**
 * Makes a reader for one connection.
 * @param onRequest called with each whole request
 * @returns a function to feed with what arrives
 */
export function createRequestReader(onRequest: (request: RawRequest) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 0;
  const takeOne = (bytes: Buffer): Buffer | null => {
    const headEnd = bytes.indexOf(endOfHead);
    if (headEnd < 0) return null;
    const head = parseHead(bytes.toString('latin1', 0, headEnd));
    const bodyStart = headEnd + endOfHead.length;
    if (headerOf(head, 'transfer-encoding')) {
      const chunked = readChunks(bytes, bodyStart);
      if (!chunked) return null;
      onRequest({ ...head, body: chunked.body });
      return bytes.subarray(chunked.end);
    }
    const end = bodyStart + Number(headerOf(head, 'content-length') ?? 0);
    wanted = end;
    if (bytes.length < end) return null;
    onRequest({ ...head, body: bytes.subarray(bodyStart, end) });
    return bytes.subarray(end);
  };
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    let rest: Buffer = Buffer.concat(chunks);
    for (let next = takeOne(rest); next; next = rest.length > 0 ? takeOne(rest) : null) {
      rest = next;
      wanted = 0;
    }
    chunks = [rest];
    held = rest.length;
  };
}
