/** Speaks HTTP over a bare socket, so that a test can send what no HTTP library would. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; a repeated header's values are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Joins a request's lines; the body follows an empty line. */
export function rawRequest(lines: readonly string[], body = ''): string {
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Sends further bytes on the same connection. */
export type Write = (bytes: string | Buffer) => void;

/**
 * Sends bytes and reads until the server closes, or until one whole answer is there; one in chunks keeps their sizes.
 * @param goOn called once the first bytes are sent, to send more
 * @throws when nothing whole arrives in five seconds
 */
export function exchangeRaw(
  port: number,
  bytes: string | Buffer,
  host = '127.0.0.1',
  goOn?: (write: Write) => Promise<void>,
): Promise<RawAnswer> {
  const isHead = bytes.slice(0, 5).toString() === 'HEAD ';
  const read = (received: readonly Buffer[], ended: boolean) => parseAnswer(Buffer.concat(received).toString(), ended, isHead);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host });
    const chunks: Buffer[] = [];
    const finish = (answer: RawAnswer | null) => {
      clearTimeout(timer);
      socket.destroy();
      if (answer) resolve(answer);
      else reject(new Error(`no whole answer came: ${JSON.stringify(Buffer.concat(chunks).toString())}`));
    };
    const timer = setTimeout(() => finish(null), 5_000);
    socket.on('connect', () => {
      socket.write(bytes);
      goOn?.((more) => socket.write(more)).catch(reject);
    });
    let size = 0;
    let isTooShort: ReturnType<typeof shortness> = null;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      // A long answer is not read from its beginning at each of its pieces.
      isTooShort ??= isHead ? null : shortness(chunks);
      if (isTooShort?.(size, chunk)) return;
      const answer = read(chunks, false);
      if (answer) finish(answer);
    });
    socket.on('error', () => finish(read(chunks, true)));
    socket.on('close', () => finish(read(chunks, true)));
  });
}

/** Tells of an answer, from its size and latest piece alone, that it cannot be whole; null while its head does not say how it ends. */
function shortness(received: readonly Buffer[]): ((size: number, latest: Buffer) => boolean) | null {
  const bytes = Buffer.concat(received);
  const headEnd = bytes.indexOf('\r\n\r\n');
  const head = headEnd < 0 ? '' : bytes.subarray(0, headEnd + 2).toString('latin1');
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length !== undefined) return (size) => size < headEnd + 4 + Number(length);
  return /\r\ntransfer-encoding: *chunked\r\n/i.test(head) ? (_size, latest) => latest.at(-1) !== 0x0a : null;
}

function parseAnswer(text: string, ended: boolean, isHead: boolean): RawAnswer | null {
  const withoutContinue = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const headEnd = withoutContinue.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [statusLine = '', ...headerLines] = withoutContinue.slice(0, headEnd).split('\r\n');
  const headers = new Map<string, string>();
  for (const line of headerLines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const before = headers.get(name);
    headers.set(name, before === undefined ? line.slice(colon + 1).trim() : `${before}, ${line.slice(colon + 1).trim()}`);
  }
  const body = withoutContinue.slice(headEnd + 4);
  const length = headers.get('content-length');
  const status = Number(statusLine.split(' ')[1]);
  const hasBody = status !== 204 && !isHead;
  const isStreamed = headers.get('transfer-encoding') === 'chunked' && body.endsWith('0\r\n\r\n');
  const whole = !hasBody || isStreamed || (length !== undefined && Buffer.byteLength(body) >= Number(length));
  if (!whole && !ended) return null;
  return { status, headers, body };
}
