/** Asks one upstream after the other, inside one budget of attempts, until one begins to answer or none is left. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Dialect, PassthroughRequest, RequestSize } from '../dialects/dialect.ts';
import type { UpstreamCall } from '../upstream/transport.ts';
import { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import type { RelayHost } from './body-sink.ts';
import type { Candidate } from './candidates.ts';
import { upstreamHeaders } from './client-headers.ts';
import type { ExchangePorts } from './ports.ts';
import type { StreamRelay } from './relay-stream.ts';
import { attemptLimit, nextPlace, pauseBeforeRetry } from './retry.ts';
import type { UpstreamRefusal } from './upstream-error.ts';

export interface AttemptsInput {
  readonly ports: ExchangePorts;
  readonly host: RelayHost;
  readonly dialect: Dialect;
  readonly response: ServerResponse;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly requestId: string;
  /** No attempt is left: this is the answer. */
  onExhausted(refusal: UpstreamRefusal): void;
}

export class Attempts {
  readonly log: AttemptLog;
  readonly #input: AttemptsInput;
  #request: PassthroughRequest | null = null;
  #candidates: readonly Candidate[] = [];
  #next = 0;
  #attempt: Attempt | null = null;
  #call: UpstreamCall | null = null;
  #pauseTimer: NodeJS.Timeout | null = null;

  constructor(input: AttemptsInput) {
    this.#input = input;
    this.log = new AttemptLog(input.ports);
  }

  /** The stream that is being relayed, if one is. */
  get stream(): StreamRelay | null {
    return this.#attempt?.stream ?? null;
  }

  begin(request: PassthroughRequest, candidates: readonly Candidate[]): void {
    this.#request = request;
    this.#candidates = candidates;
    this.#ask();
  }

  /** The latest attempt came to nothing: the next candidate, the same one after a pause, or the end. */
  failed(refusal: UpstreamRefusal): void {
    const { error, retryAfterMs } = refusal;
    this.log.end(error);
    if (this.log.count >= attemptLimit) return this.#input.onExhausted(refusal);
    const next = nextPlace(this.#candidates, this.#next, error, this.log.count);
    if (next !== null) {
      this.#next = next;
      return this.#ask();
    }
    const pauseMs = error.retryable ? pauseBeforeRetry(this.log.count, retryAfterMs, this.#input.ports.random()) : null;
    if (pauseMs === null) this.#input.onExhausted(refusal);
    else this.#pauseTimer = setTimeout(() => this.#ask(), pauseMs);
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  /** Ends the call under way and lets no other begin. */
  abort(): void {
    this.#call?.abort();
    if (this.#pauseTimer) clearTimeout(this.#pauseTimer);
  }

  /** What was asked, for an estimate; null when the request is not here any more. */
  measureRequest(): RequestSize | null {
    return this.#request?.measure() ?? null;
  }

  /** No attempt follows: the request's body may go, which can be large. */
  letGo(): void {
    this.#request = null;
  }

  #ask(): void {
    const candidate = this.#candidates[this.#next];
    const request = this.#request;
    if (!candidate || !request) return;
    const { host, dialect, response, requestId, clientHeaders, ports } = this.#input;
    const { stream, usageAsked } = request.head;
    const askUsage = stream && !usageAsked && candidate.provider.streamUsage;
    this.log.begin(candidate);
    const onStatus = (status: number): void => this.log.status(status);
    const relaying = { host, response, dialect, candidate, requestId, stream, dropUsage: askUsage };
    this.#attempt = new Attempt({ ...relaying, now: ports.now, onStatus });
    this.#call = candidate.send(
      {
        method: 'POST',
        origin: candidate.provider.origin,
        path: candidate.provider.basePath + dialect.upstreamPath,
        headers: upstreamHeaders(candidate, clientHeaders, stream),
        body: request.write({ model: candidate.model, askUsage }),
        timeouts: stream ? candidate.provider.timeouts : candidate.provider.wholeTimeouts,
      },
      this.#attempt,
    );
  }
}
