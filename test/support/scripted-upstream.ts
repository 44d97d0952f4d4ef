/** An upstream on a real socket that does exactly what a test tells it, and remembers every byte it was sent. */
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createRequestReader, headerOf, type RawRequest } from './http-request-reader.ts';
import type { Answer, Step } from './upstream-answers.ts';

export interface ReceivedRequest extends RawRequest {
  /** 1 for the first request this upstream received. */
  readonly number: number;
  readonly receivedAtMs: number;
  header(name: string): string | undefined;
  json(): unknown;
  /** Resolves with the moment (performance.now, in milliseconds) at which its connection was gone. */
  readonly connectionClosedAtMs: Promise<number>;
}

/** Says what to do with a request. */
export type Script = (request: ReceivedRequest) => Answer | Promise<Answer>;

export interface ScriptedUpstream extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** The origin with `/v1`, as a provider's base URL. */
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  readonly openConnections: number;
  /** Answers everything from now on by this; answers that `next` has left over are dropped. */
  use(script: Script | Answer): void;
  /** Answers the next requests by these, one each, before the script is asked again. */
  next(...answers: readonly (Script | Answer)[]): void;
  /** Resolves with the request of that number as soon as it is there. */
  received(number: number): Promise<ReceivedRequest>;
  stop(): Promise<void>;
}

/** What it was asked to answer; lists of models, which checks ask for, are a GET. */
export const postsTo = ({ requests }: Pick<ScriptedUpstream, 'requests'>): readonly ReceivedRequest[] =>
  requests.filter(({ method }) => method === 'POST');

const asScript = (script: Script | Answer): Script => (typeof script === 'function' ? script : () => script);

/** Plays an answer; returns whether the connection takes another request. */
async function play(socket: Socket, answer: Answer): Promise<boolean> {
  for (const step of answer) {
    if (socket.destroyed) return false;
    if (!(await playStep(socket, step))) return false;
  }
  return true;
}

async function playStep(socket: Socket, step: Step): Promise<boolean> {
  if ('write' in step) {
    if (!socket.write(step.write)) await drained(socket);
  } else if ('waitMs' in step) await delay(step.waitMs);
  else if ('waitFor' in step) await step.waitFor;
  else {
    if (step.end === 'close') socket.end();
    if (step.end === 'reset') socket.resetAndDestroy();
    return step.end === 'keep';
  }
  return true;
}

/** Room for more, or nobody left to write to. */
const drained = (socket: Socket) =>
  new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });

/** Serves one connection: its requests are answered one after the other. */
function serveConnection(
  socket: Socket,
  closedAtMs: Promise<number>,
  answerOf: (request: ReceivedRequest) => Promise<Answer>,
  count: () => number,
  isBeside: (raw: RawRequest) => boolean,
): void {
  let turn: Promise<boolean> = Promise.resolve(true);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on(
    'data',
    createRequestReader((raw) => {
      if (isBeside(raw)) return void (turn = turn.then((isOpen) => isOpen && play(socket, notFound)));
      const request: ReceivedRequest = {
        ...raw,
        number: count(),
        receivedAtMs: performance.now(),
        header: (name) => headerOf(raw, name.toLowerCase()),
        json: () => JSON.parse(raw.body.toString('utf8')),
        connectionClosedAtMs: closedAtMs,
      };
      const answer = answerOf(request);
      turn = turn.then(async (isOpen) => isOpen && play(socket, await answer));
      turn.catch((error: unknown) => socket.destroy(error instanceof Error ? error : undefined));
    }),
  );
}

const notFound: Answer = [{ write: 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n' }, { end: 'keep' }];

export interface UpstreamFacts {
  /** Is it asked for what it has in memory, as an Ollama is? Otherwise that is no request: it does not tell. */
  readonly tellsLoaded?: boolean;
}

/**
 * Starts an upstream on 127.0.0.1. Until it is given a script every request is answered with status 500.
 * Stop it in the end, or declare it with `await using`.
 */
export async function startScriptedUpstream(
  first?: Script | Answer,
  { tellsLoaded = false }: UpstreamFacts = {},
): Promise<ScriptedUpstream> {
  const isBeside = ({ target }: RawRequest): boolean => !tellsLoaded && target.endsWith('/api/ps');
  const requests: ReceivedRequest[] = [];
  const waiting = new Map<number, (request: ReceivedRequest) => void>();
  const sockets = new Set<Socket>();
  const queue: Script[] = [];
  let script: Script = first ? asScript(first) : () => [{ write: 'HTTP/1.1 500 No script\r\ncontent-length: 0\r\n\r\n' }];

  const answerOf = async (request: ReceivedRequest): Promise<Answer> => {
    requests.push(request);
    waiting.get(request.number)?.(request);
    return await (queue.shift() ?? script)(request);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    const closedAtMs = new Promise<number>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket);
        resolve(performance.now());
      });
    });
    serveConnection(socket, closedAtMs, answerOf, () => requests.length + 1, isBeside);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The scripted upstream has no port.');

  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    port: address.port,
    origin: `http://127.0.0.1:${address.port}`,
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests,
    get openConnections() {
      return sockets.size;
    },
    use: (next) => {
      queue.length = 0;
      script = asScript(next);
    },
    next: (...answers) => void queue.push(...answers.map(asScript)),
    received: (number) =>
      new Promise((resolve) => {
        const there = requests[number - 1];
        if (there) resolve(there);
        else waiting.set(number, resolve);
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
