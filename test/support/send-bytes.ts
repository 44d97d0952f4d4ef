/** Posts exactly these bytes, whole or in chunks, and keeps the answer's body byte for byte. */
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';

export interface BytesToSend {
  readonly url: string;
  readonly key: string;
  /** One piece is sent with its length, several as chunks of these sizes. */
  readonly pieces: readonly (string | Buffer)[];
  /** JSON when left out. */
  readonly contentType?: string;
}

export interface BytesReceived {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Did the answer end as its framing said? */
  readonly complete: boolean;
}

export function sendBytes({ url, key, pieces, contentType = 'application/json' }: BytesToSend): Promise<BytesReceived> {
  const [only] = pieces;
  const length = pieces.length === 1 && only !== undefined ? { 'content-length': Buffer.byteLength(only) } : {};
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': contentType, ...length };
    const sent = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => {
        const { statusCode = 0, complete } = response;
        resolve({ status: statusCode, headers: response.headers, body: Buffer.concat(chunks), complete });
      });
    });
    sent.on('error', reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });
}

/** Cuts bytes into pieces of 1 to `largest` bytes, the same ones every time. */
export function cutUnevenly(bytes: Buffer, largest: number): Buffer[] {
  const pieces: Buffer[] = [];
  let seed = 7;
  for (let at = 0; at < bytes.length; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    const size = 1 + (seed % largest);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
