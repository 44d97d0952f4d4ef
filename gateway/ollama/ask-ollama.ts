/** Asks an Ollama over its own HTTP API: short answers whole, long ones line by line. */
import { StringDecoder } from 'node:string_decoder';
import { takeAnswer } from '../upstream/take-answer.ts';
import type { Send, UpstreamHandler, UpstreamRequest } from '../upstream/transport.ts';

/** Why Ollama did not do what it was asked, in its words or ours. */
export class OllamaError extends Error {
  /** Of the answer; null where there was none. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.name = 'OllamaError';
    this.status = status;
  }
}

export type Json = Readonly<Record<string, unknown>>;

export interface OllamaApi {
  /** The text of `GET /`. @throws OllamaError */
  root(timeoutMs: number): Promise<string>;
  /** @throws OllamaError also for an answer that is no object */
  ask(method: UpstreamRequest['method'], path: string, body: Json | null, timeoutMs: number): Promise<Json>;
  /** Reads a growing answer; `ended` rejects with an OllamaError when it breaks off, falls silent or holds an error. */
  follow(path: string, body: Json, onLine: (line: Json) => void): Following;
}

export interface Following {
  readonly ended: Promise<void>;
  /** Closes the connection: `ended` then resolves. */
  stop(): void;
}

const maximumBytes = 16 * 1_024 * 1_024;
const connectMs = 5_000;
/** Between two lines; a pull says something every second, but a disk may be slow to verify. */
const silenceMs = 10 * 60_000;
const longestLine = 1_024 * 1_024;

/** @param origin `http://127.0.0.1:11434` */
export function createOllamaApi(send: Send, origin: string): OllamaApi {
  const requestOf = (method: UpstreamRequest['method'], path: string, body: Json | null, waitMs: number): UpstreamRequest => ({
    method,
    origin,
    path,
    headers: body === null ? ['accept', 'application/json'] : ['accept', 'application/json', 'content-type', 'application/json'],
    body: body === null ? null : [Buffer.from(JSON.stringify(body))],
    timeouts: { connectMs, firstByteMs: waitMs, idleMs: waitMs },
  });
  const text = async (request: UpstreamRequest, timeoutMs: number): Promise<string> => {
    const reply = await takeAnswer(send, request, { timeoutMs, maximumBytes });
    if (reply.type === 'too-slow') throw new OllamaError(`it did not answer within ${Math.round(timeoutMs / 1_000)} s`);
    if (reply.type === 'too-large') throw new OllamaError('its answer is too large');
    if (reply.type === 'problem') throw new OllamaError(reply.problem.message);
    const said = reply.body.toString('utf8');
    if (reply.status !== 200) throw new OllamaError(errorIn(parseObject(said)) ?? `it answered ${reply.status}`, reply.status);
    return said;
  };
  return {
    root: (timeoutMs) => text({ ...requestOf('GET', '/', null, timeoutMs), headers: [] }, timeoutMs),
    async ask(method, path, body, timeoutMs) {
      const said = await text(requestOf(method, path, body, timeoutMs), timeoutMs);
      // A deletion and a copy say nothing.
      return said === '' ? {} : (parseObject(said) ?? refuse('it does not answer as Ollama does'));
    },
    follow: (path, body, onLine) => follow(send, requestOf('POST', path, body, silenceMs), onLine),
  };
}

function follow(send: Send, request: UpstreamRequest, onLine: (line: Json) => void): Following {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let status = 0;
  const fail = (error: Error): void => {
    reject(error);
    call.abort();
  };
  const takeLine = (line: string): void => {
    if (line.trim() === '') return;
    const read = parseObject(line);
    const problem = errorIn(read);
    if (problem !== null || status !== 200) return fail(new OllamaError(problem ?? `it answered ${status}`, status));
    if (read === null) return fail(new OllamaError('it does not answer as Ollama does'));
    onLine(read);
  };
  const handler: UpstreamHandler = {
    onHead: (head) => {
      status = head;
    },
    onData: (chunk) => {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) takeLine(part);
      if (rest.length > longestLine) fail(new OllamaError('one line of its answer is too long'));
    },
    onEnd: () => {
      takeLine(rest);
      resolve();
    },
    onError: (error) => reject(new OllamaError(error.message)),
  };
  const call = send(request, handler);
  return {
    ended: promise,
    stop: () => {
      call.abort();
      resolve();
    },
  };
}

function refuse(message: string): never {
  throw new OllamaError(message);
}

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** Ollama writes `{"error":"text"}`, also behind a 200 that is already sent. */
function errorIn(value: Json | null): string | null {
  const error = value?.error;
  if (error === undefined || error === null) return null;
  return typeof error === 'string' ? error : JSON.stringify(error);
}
