/** Sends requests over the network: the only user of undici, by its lowest-cost interface. */
import type { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { GatewayError } from '../chat/error.ts';
import { describeFailure } from './failure.ts';
import type { Send, UpstreamCall, UpstreamHandler, UpstreamRequest } from './transport.ts';

export interface Network {
  readonly send: Send;
  /** Ends every call and closes every connection. */
  close(): Promise<void>;
}

/** An idle connection is dropped before most servers drop it, so that no request meets a closing one. */
const keepAliveMs = 4_000;
const keepAliveMaximumMs = 30_000;
const maximumHeaderBytes = 32 * 1024;
/** Interim answers (1xx) mean nothing to us; more of them than this are an attack on our time. */
const interimLimit = 32;

/**
 * Opens the way out. Redirects are never followed, bodies never decompressed, HTTP/2 not used (one connection a live
 * stream); connections are kept by origin and outlive every config.
 * @param ownHeaders on every request: name, value, …
 */
export function openNetwork(ownHeaders: readonly string[] = []): Network {
  const pools: Pool[] = [];
  /** By origin, then by connect timeout: looked up for every request, without making a name for the pair. */
  const byOrigin = new Map<string, Map<number, Pool>>();
  const poolFor = ({ origin, timeouts: { connectMs } }: UpstreamRequest): Pool => {
    let byTimeout = byOrigin.get(origin);
    if (!byTimeout) byOrigin.set(origin, (byTimeout = new Map()));
    let pool = byTimeout.get(connectMs);
    if (!pool) {
      pool = openPool(origin, connectMs);
      byTimeout.set(connectMs, pool);
      pools.push(pool);
    }
    return pool;
  };
  return {
    send: (request, handler) => startCall(poolFor(request), request, ownHeaders, handler),
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

function openPool(origin: string, connectMs: number): Pool {
  return new Pool(origin, {
    connections: null,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: connectMs },
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMaximumMs,
    maxHeaderSize: maximumHeaderBytes,
  });
}

function startCall(pool: Pool, request: UpstreamRequest, ownHeaders: readonly string[], handler: UpstreamHandler): UpstreamCall {
  const call = new NetworkCall(handler);
  pool.dispatch(
    {
      method: request.method,
      path: request.path,
      ...sendable(request.body, [...request.headers, ...ownHeaders]),
      headersTimeout: request.timeouts.firstByteMs,
      bodyTimeout: request.timeouts.idleMs,
    },
    call,
  );
  return call;
}

/** Up to here one piece is cheaper to send than several, even if it must be made first. */
const onePieceBytes = 32 * 1_024;

/** undici sends one buffer at the lowest cost; several as they are, when it is told their length. */
function sendable(body: UpstreamRequest['body'], headers: string[]): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
  if (body === null) return { headers, body: null };
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  const [only] = body;
  if (only && body.length === 1) return { headers, body: only };
  if (length <= onePieceBytes) return { headers, body: Buffer.concat(body, length) };
  // Any iterable of buffers is taken (undici's Request, `isIterable`), though its types do not say so.
  const pieces = body as unknown as Readable;
  return { headers: [...headers, 'content-length', String(length)], body: pieces };
}

const aborted = new Error('the gateway ended this call');

/** One call: undici's handler on one side, ours on the other. */
class NetworkCall implements Dispatcher.DispatchHandler, UpstreamCall {
  readonly #handler: UpstreamHandler;
  #controller: Dispatcher.DispatchController | null = null;
  #headSeen = false;
  #interimAnswers = 0;
  #over = false;

  constructor(handler: UpstreamHandler) {
    this.#handler = handler;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(aborted);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#over) return;
    if (status < 200) return this.#countInterim();
    this.#headSeen = true;
    this.#handler.onHead(status, headers);
  }

  #countInterim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= interimLimit) return;
    this.abort();
    this.#handler.onError(new GatewayError('upstream-protocol', 'the provider sends interim answers without end'));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const failure: GatewayError = describeFailure(error, this.#headSeen);
    this.#handler.onError(failure);
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(aborted);
  }

  pause(): void {
    if (!this.#over) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }
}
