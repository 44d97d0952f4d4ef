/** One client request from its whole body to its last byte: decide, attempt, commit, relay, record. */
import { GatewayError } from '../chat/error.ts';
import type { RequestFinish } from '../contract/records.ts';
import { formatRequestId } from '../contract/request-id.ts';
import type { Decision } from '../decision/decision.ts';
import type { PassthroughRequest } from '../dialects/dialect.ts';
import { totalLength } from '../dialects/json/pieces.ts';
import { answeredHere, answerHere, isNotOffered, isTranslatable, ofOwnDialect, type OwnAnswer } from './answer-here.ts';
import { Attempts } from './attempts/attempts.ts';
import { answerStatus, baseHeaders, endUnanswered, proxiedHeaders, statusSent, writeReply } from './answer.ts';
import { emptyOutcome, type Outcome, ownRefusal, type RelayHost } from './relay/body-sink.ts';
import { type AttemptPlan, planAttempts } from './attempts/attempt-plan.ts';
import { passCheckpoint } from './checkpoints.ts';
import { cutWhenUnread, probeAfterHalfClose } from './client-presence.ts';
import { ExchangeRow, firstHalf } from './exchange-row.ts';
import { decideRequest, type DecidedRequest, tellDecision } from './decide-request.ts';
import type { ExchangeInput } from './exchange-input.ts';
import { type LimitGate, openLimitGate, passLimits, passOwnLimits, retryHeaders } from './limits/limit-gate.ts';
import type { LiveExchange } from './live-exchanges.ts';
import { asGatewayError, clientGone, ledgerUnavailable, stateAfter, totalTimeout } from './own-errors.ts';
import type { ExchangePorts } from './ports.ts';
import { type WholeRequest, withPrevious } from './translation/previous-response.ts';
import { type Charge, finishRow } from './row.ts';
import { noCharge } from './billing/attempt-cost.ts';
import { askUpstream, type UpstreamAsk } from './upstream-ask.ts';
import type { Runtime } from './runtime.ts';
import type { UpstreamHeaders, UpstreamRefusal } from './attempts/upstream-error.ts';

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
  readonly #limits: LimitGate | null;
  readonly #id: string;
  readonly #startedAt: number;
  readonly #row: ExchangeRow;
  #timer: NodeJS.Timeout | null = null;
  place = 0;
  #firstTokenMs: number | null = null;
  /** What the gateway itself may answer; null for nearly every request. */
  #ownAnswer: OwnAnswer | null = null;
  #decided: DecidedRequest | null = null;
  #ask: UpstreamAsk | null = null;
  #over = false;
  #stopProbing: () => void = () => undefined;

  constructor(runtime: Runtime, ports: ExchangePorts, input: ExchangeInput, requestBytes: number) {
    this.#runtime = runtime;
    this.#ports = ports;
    this.#input = input;
    this.#startedAt = ports.monotonic();
    const start = firstHalf(ports, input, runtime.configVersion, requestBytes);
    this.#id = formatRequestId(start.key);
    this.#row = new ExchangeRow(ports.recorder, start, input.client?.name ?? null);
    this.#limits = openLimitGate(ports, runtime, input);
    this.#attempts = new Attempts({
      ...input,
      limits: this.#limits,
      ports,
      host: this,
      requestId: this.#id,
      strict: input.client?.strict === true || input.clientHeaders['x-gatehouse-strict'] === 'true',
      onExhausted: (refusal) => this.#exhausted(refusal),
    });
  }

  get clientId(): string | null {
    return this.#input.client?.id ?? null;
  }

  run(body: readonly Buffer[]): void {
    this.#ports.live.add(this);
    this.#input.response.on('close', () => this.#clientClosed());
    this.#stopProbing = probeAfterHalfClose(this.#input.response, () => this.#attempts.stream?.signOfLife ?? '');
    try {
      const whole = this.#read(body);
      this.#row.say(whole.request.head);
      this.#decide(whole, true);
    } catch (error) {
      this.#refuseFor(error);
    }
  }

  /** Ends it from outside: the gateway stops, or the client's key was revoked. */
  abort(error: GatewayError): void {
    if (this.#over) return;
    this.#attempts.abort();
    if (this.#attempts.stream?.begun) this.#attempts.stream.breakOff(error, null);
    else this.#fail(this.#attempts.giveUp(error));
  }

  whenStarted(then: () => void): void {
    this.#row.whenStarted(then);
  }

  attemptFailed(refusal: UpstreamRefusal): void {
    if (!this.#over) this.#attempts.failed(refusal);
  }

  firstContent(): void {
    this.#attempts.answered();
    this.#firstTokenMs = this.#elapsed();
  }

  finish(outcome: Outcome, lastBytes: (ledgerError: GatewayError | null) => void): void {
    if (this.#over || this.#attempts.awaitsPrice(() => this.finish(outcome, lastBytes))) return;
    const charge = this.#attempts.ended(outcome);
    this.#end();
    if (outcome.error?.kind === 'internal') this.#ports.reportFailure(this.#id, outcome.error.cause);
    passCheckpoint('last-token', this.#id);
    const row = this.#finishRow({ ...outcome, rawUsageJson: this.#attempts.withoutKey(outcome.rawUsageJson) }, charge);
    this.#limits?.end(row);
    this.#row.finish(row, (error) => {
      passCheckpoint('row-committed', this.#id);
      if (!error) this.#ask?.recorded(row);
      lastBytes(error ? ledgerUnavailable(error) : null);
      passCheckpoint('last-byte-sent', this.#id);
      cutWhenUnread(this.#input.response);
      this.#leave();
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
    const { log: attempts, fidelity: told } = this.#attempts;
    const head = { requestId: this.#id, extra: this.#input.extraHeaders, limits: this.#limits?.headers() ?? [] };
    const served = { rule: this.#decided?.decision.rule ?? null, costUsd: this.#row.costUsd, attempts, upstream };
    return proxiedHeaders({ ...head, ...served, fidelity: this.#ask?.report(told) ?? told, isTranslated: told !== null });
  }

  #finishRow(outcome: Outcome, charge: Charge): RequestFinish {
    const { log, fidelity: told } = this.#attempts;
    const times = { durationMs: this.#elapsed(), firstTokenMs: this.#firstTokenMs };
    const decided = tellDecision(this.#decided);
    const fidelity = this.#ask?.report(told) ?? null;
    return finishRow({ start: this.#row.start, outcome, charge, ...times, attempts: log.records, fidelity, ...decided });
  }

  #read(body: readonly Buffer[]): WholeRequest {
    const { dialect, place, clientHeaders } = this.#input;
    const request = dialect.readRequest(body, place, clientHeaders['content-type']);
    return withPrevious(dialect, request, this.#ports.responses.of(this.clientId));
  }

  /** A name that is not known may be in a model list that is being fetched right now: that is waited for, once. */
  #decide(whole: WholeRequest, mayWait: boolean): void {
    if (this.#over) return;
    const { dialect, client, clientHeaders } = this.#input;
    const asked = { dialect, client, clientHeaders, request: whole.request, pinnedBefore: whole.pinnedBefore };
    const moment = { requestKey: this.#row.start.key, atMs: this.#row.start.startedAtMs };
    const decided = decideRequest(this.#runtime, this.#ports, asked, moment);
    this.#decided = decided;
    if (decided.error === null) this.#askOrAnswer(whole.request, decided);
    else if (mayWait && decided.mayBeListed) this.#decideLater(whole);
    else this.#reject(decided.error);
  }

  #decideLater(whole: WholeRequest): void {
    this.#ports
      .whenModelsKnown()
      .then(() => this.#decide(whole, false))
      .catch((error: unknown) => this.#refuseFor(error));
  }

  #refuseFor(error: unknown): void {
    if (!(error instanceof GatewayError)) this.#ports.reportFailure(this.#id, error);
    this.#reject(asGatewayError(error));
  }

  /** What no upstream of the client's own dialect is there for may have an answer of the gateway's own. */
  #askOrAnswer(request: PassthroughRequest, decided: DecidedRequest): void {
    const { dialect } = this.#input;
    const { decision } = decided;
    const given = { runtime: this.#runtime, ports: this.#ports, input: this.#input };
    const place = { ...given, id: this.#id, started: () => this.#row.handed };
    const ask = askUpstream(place, request, decided);
    this.#ask = ask;
    if (!dialect.answerHere) return this.#begin(ask, decision);
    const own = ofOwnDialect(decision, dialect);
    const answer = answerHere(place, request, decision, this.#row.start.startedAtMs);
    this.#ownAnswer = answer;
    if (own.targets.length === 0 && answer !== null)
      return passOwnLimits(this.#limits, (error) => (error === null ? void this.#answerHere(answer) : this.#refuseFor(error)));
    this.#begin(ask, isTranslatable(dialect) ? decision : own);
  }

  #begin(ask: UpstreamAsk, decision: Decision): void {
    const plan = planAttempts(decision, this.#runtime, this.#ports);
    if (plan instanceof GatewayError) return this.#reject(plan);
    const call = { request: ask.request, candidates: plan.candidates, settings: decision.settings };
    passLimits(this.#limits, call, (error) => (error === null ? this.#send(ask, decision, plan) : this.#refuseFor(error)));
  }

  #send(ask: UpstreamAsk, decision: Decision, plan: AttemptPlan): void {
    if (this.#over) return;
    this.#row.begin((error) => {
      this.#attempts.abort();
      this.#fail(ownRefusal(error));
    });
    passCheckpoint('row-handed-over', this.#id);
    this.#ports.announce(() => ({ type: 'request-started', request: this.#row.item() }));
    if (decision.shadow !== null)
      this.#ports.shadows.follow({ runtime: this.#runtime, input: this.#input, row: this.#row, decision, ...ask });
    this.#attempts.begin(ask, plan);
    // A kept connection is written to in an immediate, which must not wait for what has time; a first timer costs 8 µs.
    setImmediate(() => this.#behindCall(plan.totalMs));
  }

  #behindCall(totalMs: number): void {
    this.#decided?.kept.write();
    if (!this.#over) this.#timer = setTimeout(() => this.abort(totalTimeout(totalMs)), totalMs);
  }

  /** Nobody is left to be asked; what the gateway itself can answer it does, unless the question was wrong. */
  #exhausted(refusal: UpstreamRefusal): void {
    if (this.#ownAnswer !== null && isNotOffered(refusal.error)) void this.#answerHere(this.#ownAnswer);
    else this.#fail(refusal);
  }

  async #answerHere(answer: OwnAnswer): Promise<void> {
    const body = Buffer.from(JSON.stringify(await answer()));
    this.finish(answeredHere(body), (ledgerError) => {
      writeReply(this.#input, this.answerHeaders({}), ledgerError, { status: 200, body });
    });
  }

  /** The final answer when nothing has gone out yet. */
  #fail(refusal: UpstreamRefusal): void {
    const { error, body, headers } = refusal;
    const { dialect, response } = this.#input;
    const status = statusSent(response) ?? answerStatus(error);
    this.finish(emptyOutcome(stateAfter(error), status, error), (ledgerError) => {
      if (response.headersSent) return endUnanswered(response, dialect.encodeStreamError(ledgerError ?? error));
      const answer = [...this.answerHeaders(headers), ...retryHeaders(this.#limits, error)];
      writeReply(this.#input, answer, ledgerError, { status, body: body ?? dialect.encodeError(error) });
    });
  }

  /** Refused before anything was asked of anyone: one row, at once. */
  #reject(error: GatewayError): void {
    if (this.#over) return;
    this.#end();
    const status = answerStatus(error);
    const row = this.#finishRow(emptyOutcome('rejected', status, error), { ...noCharge, settlement: null });
    this.#limits?.end(row);
    this.#row.finish(row, (ledgerError) => {
      const own = [...(this.#limits?.headers() ?? []), ...retryHeaders(this.#limits, error)];
      const headers = [...baseHeaders({ requestId: this.#id, extra: this.#input.extraHeaders }), ...own];
      const unwritten = ledgerError ? ledgerUnavailable(ledgerError) : null;
      writeReply(this.#input, headers, unwritten, { status, body: this.#input.dialect.encodeError(error) });
      this.#leave();
    });
  }

  #clientClosed(): void {
    if (this.#over) return;
    this.#attempts.abort();
    const error = clientGone();
    const { stream } = this.#attempts;
    stream?.stop();
    const unanswered = emptyOutcome('client_closed', statusSent(this.#input.response), error);
    this.finish(stream?.outcome('client_closed', error) ?? unanswered, () => undefined);
  }

  #end(): void {
    this.#over = true;
    this.#attempts.letGo();
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopProbing();
  }

  #leave(): void {
    this.#ports.announce(() => ({ type: 'request-finished', request: this.#row.item() }));
    this.#ports.live.remove(this);
  }

  #elapsed(): number {
    return this.#ports.monotonic() - this.#startedAt;
  }
}
