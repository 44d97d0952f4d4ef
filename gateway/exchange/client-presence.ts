/** Tells whether a client is still there: after a FIN it may be gone or only have no more to say, and it may not read. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A client that reads nothing for so long (milliseconds) is given up. */
export const unreadTimeoutMs = 60_000;

/** The first write to a connection without a reader is answered by a reset, which the next write meets. */
const probesAfterMs: readonly number[] = [0, 5, 100];

/** What waits for a connection's end: requests sent one behind the other share it, and one listener on it is enough for all. */
const waiting = new WeakMap<Socket, (() => void)[]>();

function waitersOf(socket: Socket): (() => void)[] {
  const known = waiting.get(socket);
  if (known) return known;
  const waiters: (() => void)[] = [];
  waiting.set(socket, waiters);
  socket.once('end', () => {
    for (const begin of waiters) begin();
  });
  return waiters;
}

/**
 * Writes to a client that has closed its sending side something that means nothing, so that one that is gone altogether shows
 * at once: before the answer the status 102 (RFC 2518 10.1), within a stream its sign of life. Its response is then closed.
 * @param signOfLife what means nothing between two events of the stream that has begun
 * @returns ends the probing; to be called when the exchange is over
 */
export function probeAfterHalfClose(response: ServerResponse, signOfLife: () => string): () => void {
  const { socket } = response.req;
  let timers: NodeJS.Timeout[] = [];
  const begin = (): void => {
    timers = probesAfterMs.map((afterMs) => setTimeout(() => probe(response, signOfLife), afterMs));
  };
  const waiters = waitersOf(socket);
  if (socket.readableEnded) begin();
  else waiters.push(begin);
  return () => {
    leave(waiters, begin);
    for (const timer of timers) clearTimeout(timer);
  };
}

/** The last one takes the free place: the order means nothing. */
function leave(waiters: (() => void)[], begin: () => void): void {
  const place = waiters.indexOf(begin);
  const last = place < 0 ? undefined : waiters.pop();
  if (last && last !== begin) waiters[place] = last;
}

/** Only streams have sent their head and not their end: there, everything written so far was whole events. */
function probe(response: ServerResponse, signOfLife: () => string): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.headersSent) response.write(signOfLife());
  else if (response.req.httpVersion === '1.1') response.writeProcessing();
}

/** The last bytes of an answer may wait in memory for a client that does not read: its connection is cut in the end. */
export function cutWhenUnread(response: ServerResponse): void {
  if (response.destroyed || response.writableLength === 0) return;
  const timer = setTimeout(() => response.destroy(), unreadTimeoutMs);
  response.once('close', () => clearTimeout(timer));
}
