/** A streamed answer on its way to the client: begun once, with back-pressure, its end held until the row is committed. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../chat/error.ts';
import type { Usage } from '../../chat/usage.ts';
import type { OutputSeen } from '../../money/estimate-tokens.ts';
import { type Outcome, ownRefusal, type RelayHost } from './body-sink.ts';
import { statusSent } from '../answer.ts';
import { unreadTimeoutMs } from '../client-presence.ts';
import type { SentForm } from './sent-form.ts';
import type { UpstreamHeaders } from '../attempts/upstream-error.ts';

/** What comes before the first content is held this far; then signs of life are dropped, and anything else is sent. */
const preludeLimitBytes = 64 * 1024;
/** An opening without content is held so long (milliseconds): another provider may still take over, but no client waits long. */
export const openingHoldMs = 1_500;

/** What is known of the stream's tokens so far. */
export interface StreamReading {
  readonly usage: Usage | null;
  /** The upstream's own usage object, as JSON text. */
  readonly rawUsageJson: string | null;
  readonly seen: OutputSeen | null;
}

export interface ClientStreamInput {
  readonly host: RelayHost;
  readonly response: ServerResponse;
  readonly form: SentForm;
  readonly headers: UpstreamHeaders;
  read(): StreamReading;
}

export class ClientStream {
  readonly #input: ClientStreamInput;
  /** What waits for the row's commit; null once it flows. */
  #waiting: Buffer[] | null = [];
  #begun = false;
  #hasContent = false;
  #over = false;
  /** What waits included: it is sent as soon as the row is committed. */
  #sentBytes = 0;
  #writeTimer: NodeJS.Timeout | null = null;
  #holdTimer: NodeJS.Timeout | null = null;

  constructor(input: ClientStreamInput) {
    this.#input = input;
  }

  /** Is it the client's by now? From here on there is no other attempt. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Has its first content come? It may have begun without, after its opening was held for long enough. */
  get hasContent(): boolean {
    return this.#hasContent;
  }

  /** Has it ended, well or not? */
  get over(): boolean {
    return this.#over;
  }

  /** What may be written between two events without meaning anything. */
  get signOfLife(): string {
    return this.#input.form.signOfLife;
  }

  /** Keeps what came before any content, to be sent with it. */
  hold(bytes: Buffer): void {
    if (this.#sentBytes + bytes.length > preludeLimitBytes) return;
    this.#sentBytes += bytes.length;
    this.#waiting?.push(bytes);
  }

  /** Keeps the opening of a stream until its first content comes, or until it has been held for long enough. */
  holdOpening(bytes: Buffer): void {
    if (this.#begun) return this.write(bytes);
    this.#sentBytes += bytes.length;
    this.#waiting?.push(bytes);
    if (this.#sentBytes > preludeLimitBytes) this.#commit();
    else this.#holdTimer ??= setTimeout(() => this.#commit(), openingHoldMs);
  }

  /** The first content has come: once the row is committed, the head goes out. */
  begin(): void {
    if (this.#hasContent) return;
    this.#hasContent = true;
    this.#input.host.firstContent();
    this.#commit();
  }

  write(bytes: Buffer): void {
    this.#sentBytes += bytes.length;
    if (this.#waiting) this.#waiting.push(bytes);
    else this.#send(bytes);
  }

  /** The answer is whole: its last bytes go out when the row is. */
  complete(lastBytes: Buffer): void {
    this.begin();
    this.#end();
    const { host, response } = this.#input;
    host.finish({ ...this.outcome('ok', null), responseBytes: this.#sentBytes + lastBytes.length }, (ledgerError) => {
      if (ledgerError) this.#sendAndCut(this.#errorFrame(ledgerError));
      else response.end(lastBytes);
    });
  }

  /** Another attempt while nothing has begun; else the stream is broken off. */
  fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#begun) this.breakOff(error, null);
    else {
      this.#end();
      this.#input.host.attemptFailed(ownRefusal(error));
    }
  }

  /** Ends a stream that has begun, so that no client can take it for complete: an error frame, then the socket is cut. */
  breakOff(error: GatewayError, frame: Buffer | null): void {
    if (this.#over) return;
    this.#end();
    const last = frame ?? this.#errorFrame(error);
    const state = error.kind.startsWith('upstream') ? 'upstream_error' : 'gateway_error';
    this.#input.host.finish(this.outcome(state, error), () => this.#sendAndCut(last));
  }

  /** What can be said of this stream so far. */
  outcome(state: Outcome['state'], error: GatewayError | null): Outcome {
    const status = this.#begun ? 200 : statusSent(this.#input.response);
    return { state, status, error, ...this.#input.read(), responseBytes: this.#sentBytes };
  }

  /** The client is gone, or given up: nothing more is written. */
  stop(): void {
    this.#end();
    if (this.#waiting) this.#sentBytes = 0;
  }

  #commit(): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    this.#clearHoldTimer();
    const { host } = this.#input;
    host.whenStarted(() => this.#open());
    if (this.#waiting) host.pauseUpstream();
  }

  #open(): void {
    const { host, response, form } = this.#input;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    if (response.destroyed) return;
    // It may have been opened while the model was loaded.
    if (!response.headersSent)
      response.writeHead(200, [...host.answerHeaders(this.#input.headers), 'content-type', form.contentType]);
    for (const bytes of waiting) this.#send(bytes);
    host.resumeUpstream();
  }

  #send(bytes: Buffer): void {
    if (this.#input.response.write(bytes) || this.#writeTimer || this.#over) return;
    this.#input.host.pauseUpstream();
    this.#writeTimer = setTimeout(() => this.#giveUp(), unreadTimeoutMs);
    this.#input.response.once('drain', () => this.#drained());
  }

  #drained(): void {
    this.#clearWriteTimer();
    if (!this.#over) this.#input.host.resumeUpstream();
  }

  #errorFrame(error: GatewayError): Buffer {
    return Buffer.from(this.#input.form.encodeStreamError(error, this.#sentBytes > 0));
  }

  #giveUp(): void {
    if (this.#over) return;
    this.#end();
    this.#input.host.abortUpstream();
    const error = new GatewayError('client-slow', `the client read nothing for ${unreadTimeoutMs / 1_000} seconds`);
    this.#input.host.finish(this.outcome('client_closed', error), () => this.#input.response.destroy());
  }

  #sendAndCut(last: Buffer): void {
    const { response } = this.#input;
    if (response.destroyed || !response.headersSent) response.destroy();
    else response.write(last, () => response.destroy());
  }

  #end(): void {
    this.#over = true;
    this.#clearWriteTimer();
    this.#clearHoldTimer();
  }

  #clearHoldTimer(): void {
    if (this.#holdTimer) clearTimeout(this.#holdTimer);
    this.#holdTimer = null;
  }

  #clearWriteTimer(): void {
    if (this.#writeTimer) clearTimeout(this.#writeTimer);
    this.#writeTimer = null;
  }
}
