/** Refuses a request whose body is still on its way: the answer goes out at once, and the connection ends with it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A refused client has so long (milliseconds) to take its answer; one that then still sends or holds on is cut off. */
export const lingerMs = 1_000;

/** Does this request announce a body? */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

/**
 * Writes a whole JSON answer to a request whose body nobody wants. What still comes is thrown away for a moment: closing on unread
 * bytes resets the connection, which can take the answer away from its client (RFC 9112 9.6).
 * @param headers without type and length; `connection: close` is added
 */
export function answerUnread(response: ServerResponse, status: number, headers: readonly string[], body: string): void {
  const { req: request } = response;
  const length = String(Buffer.byteLength(body));
  const type = 'application/json; charset=utf-8';
  response.writeHead(status, [...headers, 'content-type', type, 'content-length', length, 'connection', 'close']);
  const end = (): void => {
    clearTimeout(timer);
    if (!response.destroyed) response.end();
  };
  const timer = setTimeout(end, lingerMs);
  response.once('close', end);
  if (request.method !== 'HEAD') response.write(body);
  request.once('end', end);
  request.resume();
}
