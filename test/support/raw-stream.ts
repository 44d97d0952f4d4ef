/** Watches one request over a bare socket to its very end: every byte as it came, and how the connection ended. */
import { connect, type Socket } from 'node:net';

/** `closed` by the other side in order (FIN), or `reset` by it. */
export type Ending = 'closed' | 'reset';

export interface RawStream {
  readonly socket: Socket;
  /** Everything received so far: head, chunk sizes and all. */
  readonly text: string;
  /** The answer's body with its chunks joined. */
  readonly body: string;
  /** The answer's own `x-request-id`; empty while there is none. */
  readonly requestId: string;
  readonly status: number;
  /** Resolves when the connection is gone; rejects when it is still there after `patienceMs`. */
  readonly ended: Promise<Ending>;
  /** Resolves as soon as `part` has been received. @throws Error when the connection ends without it */
  until(part: string): Promise<void>;
  /** Resolves when something more has come, or the connection is gone. */
  moved(): Promise<void>;
  /** Ends the connection as a program does that is killed or gives up. */
  leave(): void;
}

export interface RawStreamFacts {
  readonly key?: string;
  readonly host?: string;
  readonly path?: string;
  /** Milliseconds after which a connection that is still open is a failure; 20,000 when left out. */
  readonly patienceMs?: number;
  /** The client closes its sending side with the request and goes on reading. */
  readonly halfClose?: boolean;
}

const usualPatienceMs = 20_000;

/** The bytes of a JSON POST as a plain client sends it. */
export function rawPost(port: number, body: unknown, facts: RawStreamFacts = {}): string {
  const text = JSON.stringify(body);
  const lines = [
    `POST ${facts.path ?? '/v1/chat/completions'} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(facts.key ? [`Authorization: Bearer ${facts.key}`] : []),
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}

/** Posts `body` and watches what comes of it. */
export function openRawStream(port: number, body: unknown, facts: RawStreamFacts = {}): RawStream {
  // Left half-open on purpose: our side ends when the test says so.
  const socket = connect({ port, host: facts.host ?? '127.0.0.1', allowHalfOpen: facts.halfClose === true });
  const request = rawPost(port, body, facts);
  const watchers = new Set<() => void>();
  const pieces: Buffer[] = [];
  let text = '';
  let isReset = false;
  const ended = new Promise<Ending>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the connection is still open; so far it brought ${JSON.stringify(text.slice(-500))}`));
      socket.destroy();
    }, facts.patienceMs ?? usualPatienceMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(isReset ? 'reset' : 'closed');
      for (const look of watchers) look();
    });
  });
  ended.catch(() => undefined);
  socket.on('connect', () => (facts.halfClose ? socket.end(request) : socket.write(request)));
  socket.on('error', () => {
    isReset = true;
  });
  if (facts.halfClose) socket.on('end', () => socket.destroy());
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    text += piece.toString('latin1');
    for (const look of watchers) look();
  });
  return {
    socket,
    get text() {
      return Buffer.from(text, 'latin1').toString('utf8');
    },
    get body() {
      return joinChunks(Buffer.concat(pieces));
    },
    get requestId() {
      return /\r\nx-request-id: (\S+)\r\n/i.exec(text)?.[1] ?? '';
    },
    get status() {
      return Number(/HTTP\/1\.1 ([2-5]\d\d) /.exec(text)?.[1] ?? 0);
    },
    ended,
    until: (part) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const isThere = text.includes(part);
          if (!isThere && !socket.destroyed) return;
          watchers.delete(look);
          if (isThere) resolve();
          else reject(new Error(`the connection ended without ${JSON.stringify(part)}: ${JSON.stringify(text.slice(-500))}`));
        };
        watchers.add(look);
        look();
      }),
    moved: () =>
      new Promise((resolve) => {
        const look = () => {
          watchers.delete(look);
          resolve();
        };
        if (socket.destroyed) resolve();
        else watchers.add(look);
      }),
    leave: () => socket.destroy(),
  };
}

/** A chunked body's content, as far as it came (RFC 9112 7.1); interim answers may stand before the head. */
function joinChunks(answer: Buffer): string {
  const chunks: Buffer[] = [];
  let at = answer.indexOf('\r\n\r\n', Math.max(0, answer.indexOf('HTTP/1.1 200'))) + 4;
  for (let lineEnd = answer.indexOf('\r\n', at); lineEnd > 0; lineEnd = answer.indexOf('\r\n', at)) {
    const size = Number.parseInt(answer.toString('latin1', at, lineEnd), 16);
    chunks.push(answer.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Is this answer, byte for byte, one that no client can take for complete? Returns what is wrong with it; empty when nothing is. */
export function completenessSigns(text: string): string[] {
  const signs: string[] = [];
  if (text.includes('[DONE]')) signs.push('it holds the terminator [DONE]');
  if (text.endsWith('0\r\n\r\n')) signs.push('it ends with the terminating chunk');
  if (/\r\ncontent-length:/i.test(text)) signs.push('it announces a length');
  return signs;
}
