/** One client request from its whole body to its last byte: decide, attempt, commit, relay, record. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { GatewayError } from '../chat/error.ts';
import type { Acknowledge, RequestFinish, RequestStart, StartedRow } from '../contract/records.ts';
import { formatRequestId } from '../contract/request-id.ts';
import { type Decision, decide } from '../decision/decide.ts';
import type { RequestPlace } from '../dialects/codec.ts';
import type { Dialect, PassthroughRequest, RequestSize } from '../dialects/dialect.ts';
import { upstreamDialects } from '../dialects/index.ts';
import { totalLength } from '../dialects/json/pieces.ts';
import { Attempts } from './attempts.ts';
import { answerStatus, baseHeaders, passedHeaders, servedHeaders, translationHeaders, writeWhole } from './answer.ts';
import { emptyOutcome, type Outcome, ownRefusal, type RelayHost } from './body-sink.ts';
import { planCandidates } from './candidates.ts';
import { passCheckpoint } from './checkpoints.ts';
import { cutWhenUnread, probeAfterHalfClose } from './client-presence.ts';
import type { LiveExchange } from './live-exchanges.ts';
import { asGatewayError, clientGone, ledgerUnavailable, refusalOf, totalTimeout } from './own-errors.ts';
import type { ClientIdentity, ExchangePorts } from './ports.ts';
import { finishRow, requestItem } from './row.ts';
import type { Runtime } from './runtime.ts';
import { openTranslationSource } from './translation-source.ts';
import type { StreamForm, TranslationSource } from './translation.ts';
import type { UpstreamHeaders, UpstreamRefusal } from './upstream-error.ts';

export interface ExchangeInput {
  readonly dialect: Dialect;
  /** What the path says of the request. */
  readonly place: RequestPlace;
  /** What a stream is sent as, where that is not the dialect's usual form. */
  readonly streamForm: StreamForm | null;
  readonly client: ClientIdentity | null;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly response: ServerResponse;
  /** Headers of the listener's own, such as those that CORS needs. */
  readonly extraHeaders: readonly string[];
}

/**
 * Runs one admitted request. Whatever happens is answered to its client and written to the log; nothing is thrown.
 * @param body in the pieces it came in; let go of as soon as it is not needed
 */
export function runExchange(runtime: Runtime, ports: ExchangePorts, input: ExchangeInput, body: readonly Buffer[]): void {
  new Exchange(runtime, ports, input, totalLength(body)).run(body);
}

class Exchange implements RelayHost, LiveExchange {
  readonly #runtime: Runtime;
  readonly #ports: ExchangePorts;
  readonly #input: ExchangeInput;
  readonly #attempts: Attempts;
  readonly #key: number;
  readonly #id: string;
  readonly #startedAtMs: number;
  readonly #startedAt: number;
  readonly #requestBytes: number;
  #start: RequestStart;
  #timer: NodeJS.Timeout | null = null;
  #started: StartedRow | null = null;
  place = 0;
  #rowCommitted = false;
  #whenStarted: (() => void)[] = [];
  #firstTokenMs: number | null = null;
  #over = false;
  #stopProbing: () => void = () => undefined;

  constructor(runtime: Runtime, ports: ExchangePorts, input: ExchangeInput, requestBytes: number) {
    this.#runtime = runtime;
    this.#ports = ports;
    this.#input = input;
    this.#key = ports.nextKey();
    this.#id = formatRequestId(this.#key);
    this.#startedAtMs = ports.now();
    this.#startedAt = ports.monotonic();
    this.#requestBytes = requestBytes;
    this.#start = this.#startRow('', false);
    this.#attempts = new Attempts({
      ...input,
      ports,
      host: this,
      requestId: this.#id,
      strict: input.clientHeaders['x-gatehouse-strict'] === 'true',
      onExhausted: (refusal) => this.#fail(refusal),
    });
  }

  get clientId(): string | null {
    return this.#input.client?.id ?? null;
  }

  run(body: readonly Buffer[]): void {
    this.#ports.live.add(this);
    this.#input.response.on('close', () => this.#clientClosed());
    this.#stopProbing = probeAfterHalfClose(this.#input.response);
    try {
      const request = this.#input.dialect.readRequest(body, this.#input.place);
      this.#start = this.#startRow(request.head.model, request.head.stream);
      this.#decide(request, true);
    } catch (error) {
      this.#refuseFor(error);
    }
  }

  /** Ends it from outside: the gateway stops, or the client's key was revoked. */
  abort(error: GatewayError): void {
    if (this.#over) return;
    this.#attempts.abort();
    const { stream } = this.#attempts;
    if (stream?.begun) stream.breakOff(error, null);
    else this.#fail(ownRefusal(error));
  }

  whenStarted(then: () => void): void {
    if (this.#rowCommitted) return then();
    this.#whenStarted.push(then);
    this.#ports.recorder.flush();
  }

  attemptFailed(refusal: UpstreamRefusal): void {
    if (!this.#over) this.#attempts.failed(refusal);
  }

  firstContent(): void {
    this.#firstTokenMs = this.#elapsed();
  }

  finish(outcome: Outcome, lastBytes: (ledgerError: GatewayError | null) => void): void {
    if (this.#over) return;
    const asked = outcome.usage === null && outcome.seen ? this.#attempts.measureRequest() : null;
    this.#end();
    this.#attempts.log.end(outcome.error);
    passCheckpoint('last-token', this.#id);
    const row = this.#finishRow(outcome, asked);
    this.#record(row, (error) => {
      passCheckpoint('row-committed', this.#id);
      lastBytes(error ? ledgerUnavailable(error) : null);
      passCheckpoint('last-byte-sent', this.#id);
      cutWhenUnread(this.#input.response);
      this.#leave(row);
    });
  }

  pauseUpstream(): void {
    this.#attempts.pause();
  }

  resumeUpstream(): void {
    this.#attempts.resume();
  }

  abortUpstream(): void {
    this.#attempts.abort();
  }

  answerHeaders(upstream: UpstreamHeaders): string[] {
    const headers = baseHeaders({ requestId: this.#id, extra: this.#input.extraHeaders });
    const { latest, count } = this.#attempts.log;
    if (latest) headers.push(...servedHeaders({ ...latest, attempts: count }));
    const { fidelity } = this.#attempts;
    if (fidelity) headers.push(...translationHeaders(fidelity));
    headers.push(...passedHeaders(upstream));
    return headers;
  }

  #startRow(requestedModel: string, stream: boolean): RequestStart {
    return {
      key: this.#key,
      startedAtMs: this.#startedAtMs,
      clientId: this.clientId,
      dialect: this.#input.dialect.name,
      requestedModel: requestedModel.slice(0, 512),
      stream,
      requestBytes: this.#requestBytes,
      configVersion: this.#runtime.configVersion,
    };
  }

  #finishRow(outcome: Outcome, asked: RequestSize | null): RequestFinish {
    const ending = { start: this.#start, outcome, asked, durationMs: this.#elapsed(), firstTokenMs: this.#firstTokenMs };
    return finishRow({ ...ending, attempts: this.#attempts.log.records, fidelity: this.#attempts.fidelity });
  }

  #openSource(request: PassthroughRequest): TranslationSource {
    const { dialect: client, place, streamForm } = this.#input;
    const { reasoning } = this.#ports;
    return openTranslationSource({ client, request, place, streamForm, id: this.#id, clientId: this.clientId, reasoning });
  }

  /** A name that is not known may be in a model list that is being fetched right now: that is waited for, once. */
  #decide(request: PassthroughRequest, mayWait: boolean): void {
    if (this.#over) return;
    const { dialect } = this.#input;
    const fillsGap = dialect.mayFillGap && request.holds('"suffix"');
    const features = { requestedModel: this.#start.requestedModel, dialects: upstreamDialects(dialect, fillsGap) };
    const decision = decide(features, this.#runtime.policy, this.#ports.snapshot());
    if (decision.targets.length > 0) this.#begin(request, decision);
    else if (mayWait && decision.unlisted) this.#decideLater(request);
    else this.#reject(refusalOf(decision));
  }

  #decideLater(request: PassthroughRequest): void {
    this.#ports
      .whenModelsKnown()
      .then(() => this.#decide(request, false))
      .catch((error: unknown) => this.#refuseFor(error));
  }

  #refuseFor(error: unknown): void {
    if (!(error instanceof GatewayError)) this.#ports.reportFailure(this.#id, error);
    this.#reject(asGatewayError(error));
  }

  #begin(request: PassthroughRequest, decision: Decision): void {
    const planned = planCandidates(decision.targets, this.#runtime, this.#ports.resolveKey);
    if (planned.error) return this.#reject(planned.error);
    this.#started = this.#ports.recorder.start(this.#start, (error) => this.#rowAcknowledged(error));
    passCheckpoint('row-handed-over', this.#id);
    this.#timer = setTimeout(() => this.#timedOut(), this.#runtime.totalMs);
    this.#ports.announce(() => ({ type: 'request-started', request: requestItem(this.#start, this.#clientName, null) }));
    this.#attempts.begin(request, this.#openSource(request), planned.candidates);
  }

  /** The row's second half, or both when it ends before anything was asked of anyone. */
  #record(row: RequestFinish, acknowledge: Acknowledge): void {
    const { recorder } = this.#ports;
    if (this.#started) recorder.finish(this.#started, row, acknowledge);
    else recorder.reject(this.#start, row, acknowledge);
  }

  #rowAcknowledged(error: Error | null): void {
    if (error) {
      this.#attempts.abort();
      this.#fail(ownRefusal(ledgerUnavailable(error)));
      return;
    }
    this.#rowCommitted = true;
    const waiting = this.#whenStarted;
    this.#whenStarted = [];
    for (const then of waiting) then();
  }

  /** The final answer when nothing has gone out yet. */
  #fail(refusal: UpstreamRefusal): void {
    const { error, body, headers } = refusal;
    const status = answerStatus(error);
    const state = error.kind.startsWith('upstream') ? 'upstream_error' : 'gateway_error';
    this.finish(emptyOutcome(state, status, error), (ledgerError) => {
      const { response, dialect } = this.#input;
      if (response.destroyed || response.headersSent) return;
      const answer = [...this.answerHeaders(headers), 'x-should-retry', 'false'];
      writeWhole(
        response,
        ledgerError?.status ?? status,
        answer,
        ledgerError ? dialect.encodeError(ledgerError) : (body ?? dialect.encodeError(error)),
      );
    });
  }

  /** Refused before anything was asked of anyone: one row, at once. */
  #reject(error: GatewayError): void {
    if (this.#over) return;
    this.#end();
    const status = answerStatus(error);
    const row = this.#finishRow(emptyOutcome('rejected', status, error), null);
    this.#record(row, (ledgerError) => {
      const { response, dialect } = this.#input;
      const shown = ledgerError ? ledgerUnavailable(ledgerError) : error;
      const headers = baseHeaders({ requestId: this.#id, extra: this.#input.extraHeaders });
      if (!response.destroyed)
        writeWhole(response, answerStatus(shown), [...headers, 'x-should-retry', 'false'], dialect.encodeError(shown));
      this.#leave(row);
    });
  }

  #timedOut(): void {
    this.abort(totalTimeout(this.#runtime.totalMs));
  }

  #clientClosed(): void {
    if (this.#over) return;
    this.#attempts.abort();
    const error = clientGone();
    const { stream } = this.#attempts;
    stream?.stop();
    this.finish(stream?.outcome('client_closed', error) ?? emptyOutcome('client_closed', null, error), () => undefined);
  }

  #end(): void {
    this.#over = true;
    this.#attempts.letGo();
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopProbing();
  }

  #leave(row: RequestFinish): void {
    this.#ports.announce(() => ({ type: 'request-finished', request: requestItem(this.#start, this.#clientName, row) }));
    this.#ports.live.remove(this);
  }

  get #clientName(): string | null {
    return this.#input.client?.name ?? null;
  }

  #elapsed(): number {
    return this.#ports.monotonic() - this.#startedAt;
  }
}
