/** Relays a stream of events as it comes: whole events only, with back-pressure, its end held until the row is committed. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../chat/error.ts';
import type { Dialect, StreamReader } from '../dialects/dialect.ts';
import { EventBlocks, EventTooLargeError } from '../dialects/sse/event-blocks.ts';
import { readEvents, type ServerSentEvent } from '../dialects/sse/read-events.ts';
import { type BodySink, type Outcome, ownRefusal, type RelayHost } from './body-sink.ts';
import { unreadTimeoutMs } from './client-presence.ts';
import { StreamMeasure } from './stream-measure.ts';
import { holdsKey, type UpstreamHeaders, withoutKey } from './upstream-error.ts';

const eventLimitBytes = 16 * 1024 * 1024;
/** Comments before the first event are held this far, then dropped: they are only signs of life. */
const preludeLimitBytes = 64 * 1024;
const colon = 0x3a;

export interface StreamRelayInput {
  readonly host: RelayHost;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  /** The key that was sent, never to be repeated to anyone. */
  readonly key: string | null;
  readonly headers: UpstreamHeaders;
  /** The client did not ask for the usage that we asked for: a chunk that holds nothing else is kept from it. */
  readonly dropUsage: boolean;
}

export class StreamRelay implements BodySink {
  readonly #input: StreamRelayInput;
  readonly #reader: StreamReader;
  readonly #blocks = new EventBlocks(eventLimitBytes);
  readonly #measure = new StreamMeasure();
  /** What waits for the row's commit; null once it flows. */
  #waiting: Buffer[] | null = [];
  #begun = false;
  #over = false;
  /** What waits included: it is sent as soon as the row is committed. */
  #sentBytes = 0;
  #writeTimer: NodeJS.Timeout | null = null;

  constructor(input: StreamRelayInput) {
    this.#input = input;
    this.#reader = input.dialect.createStreamReader();
  }

  /** Has its first content come? */
  get begun(): boolean {
    return this.#begun;
  }

  push(chunk: Buffer): void {
    // One that goes on after its end may never stop.
    if (this.#over) return this.#input.host.abortUpstream();
    const block = this.#cut(chunk);
    if (block === null) return;
    if (!this.#reader.concerns(block)) return this.#pass(block);
    for (const event of readEvents(block)) {
      if (this.#over) return;
      this.#act(event);
    }
  }

  end(): void {
    if (this.#over) return;
    const rest = this.#blocks.rest().toString('utf8').trim();
    if (rest === 'data: [DONE]' || rest === 'data:[DONE]') return this.#complete(Buffer.from('data: [DONE]\n\n'));
    this.fail(new GatewayError('upstream-truncated', "the provider's stream ended before its answer was complete"));
  }

  fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#begun) this.breakOff(error, null);
    else {
      this.#over = true;
      this.#input.host.attemptFailed(ownRefusal(error));
    }
  }

  /** Ends a stream that has begun, so that no client can take it for complete: an error frame, then the socket is cut. */
  breakOff(error: GatewayError, frame: Buffer | null): void {
    if (this.#over) return;
    this.#stop();
    const last = frame ?? Buffer.from(this.#input.dialect.encodeStreamError(error));
    const state = error.kind.startsWith('upstream') ? 'upstream_error' : 'gateway_error';
    this.#input.host.finish(this.outcome(state, error), () => this.#sendAndCut(last));
  }

  /** What can be said of this stream so far. */
  outcome(state: Outcome['state'], error: GatewayError | null): Outcome {
    return {
      state,
      status: this.#begun ? 200 : null,
      error,
      usage: this.#reader.usage,
      rawUsageJson: this.#reader.rawUsageJson,
      seen: this.#measure.seen(),
      responseBytes: this.#sentBytes,
    };
  }

  /** The client is gone, or given up: nothing more is written. */
  stop(): void {
    this.#stop();
    if (this.#waiting) this.#sentBytes = 0;
  }

  #cut(chunk: Buffer): Buffer | null {
    try {
      return this.#blocks.push(chunk);
    } catch (error) {
      if (!(error instanceof EventTooLargeError)) throw error;
      this.#input.host.abortUpstream();
      this.fail(new GatewayError('upstream-too-large', error.message));
      return null;
    }
  }

  #act(event: ServerSentEvent): void {
    const step = event.data === null ? 'pass' : this.#reader.read(event.data, event.event);
    if (step === 'end') return this.#complete(event.bytes);
    if (step === 'error') return this.#upstreamError(event.bytes);
    if (step === 'usage-only' && this.#input.dropUsage) return;
    this.#pass(event.bytes);
  }

  #upstreamError(frame: Buffer): void {
    const { host, key } = this.#input;
    const said = withoutKey(this.#reader.errorMessage ?? '', key);
    const error = new GatewayError('upstream-failed', `the provider's stream broke off with an error: ${said}`);
    host.abortUpstream();
    const passes = this.#reader.errorIsSound && !holdsKey(frame, key);
    if (this.#begun) this.breakOff(error, passes ? frame : null);
    else this.fail(error);
  }

  #pass(block: Buffer): void {
    // A block that opens with a comment is a sign of life unless an event follows it.
    const isComment = block[0] === colon && !block.includes('\ndata:');
    if (!this.#begun) {
      if (isComment) return this.#holdPrelude(block);
      this.#begin();
    }
    if (!isComment) this.#measure.add(block);
    this.#write(block);
  }

  #holdPrelude(block: Buffer): void {
    if (this.#sentBytes + block.length > preludeLimitBytes) return;
    this.#sentBytes += block.length;
    this.#waiting?.push(block);
  }

  #begin(): void {
    this.#begun = true;
    const { host } = this.#input;
    host.firstContent();
    host.whenStarted(() => this.#open());
    if (this.#waiting) host.pauseUpstream();
  }

  #open(): void {
    const { host, response } = this.#input;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    if (response.destroyed) return;
    response.writeHead(200, [...host.answerHeaders(this.#input.headers), 'content-type', 'text/event-stream; charset=utf-8']);
    for (const block of waiting) this.#send(block);
    host.resumeUpstream();
  }

  #write(block: Buffer): void {
    this.#sentBytes += block.length;
    if (this.#waiting) this.#waiting.push(block);
    else this.#send(block);
  }

  #send(block: Buffer): void {
    if (this.#input.response.write(block) || this.#writeTimer) return;
    this.#input.host.pauseUpstream();
    this.#writeTimer = setTimeout(() => this.#giveUp(), unreadTimeoutMs);
    this.#input.response.once('drain', () => this.#drained());
  }

  #drained(): void {
    this.#clearWriteTimer();
    if (!this.#over) this.#input.host.resumeUpstream();
  }

  #giveUp(): void {
    if (this.#over) return;
    this.#stop();
    this.#input.host.abortUpstream();
    const error = new GatewayError('client-slow', `the client read nothing for ${unreadTimeoutMs / 1_000} seconds`);
    this.#input.host.finish(this.outcome('client_closed', error), () => this.#input.response.destroy());
  }

  #complete(lastBytes: Buffer): void {
    if (!this.#begun) this.#begin();
    this.#stop();
    const { host, response } = this.#input;
    host.finish({ ...this.outcome('ok', null), responseBytes: this.#sentBytes + lastBytes.length }, (ledgerError) => {
      if (ledgerError) this.#sendAndCut(Buffer.from(this.#input.dialect.encodeStreamError(ledgerError)));
      else response.end(lastBytes);
    });
  }

  #sendAndCut(last: Buffer): void {
    const { response } = this.#input;
    if (response.destroyed || !response.headersSent) response.destroy();
    else response.write(last, () => response.destroy());
  }

  #stop(): void {
    this.#over = true;
    this.#clearWriteTimer();
  }

  #clearWriteTimer(): void {
    if (this.#writeTimer) clearTimeout(this.#writeTimer);
    this.#writeTimer = null;
  }
}
