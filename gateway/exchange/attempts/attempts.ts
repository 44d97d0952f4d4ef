/** Asks one upstream after the other, inside one budget of attempts, until one begins to answer or none is left. */
import type { GatewayError } from '../../chat/error.ts';
import type { FidelityReport } from '../../chat/fidelity.ts';
import type { AttemptCause } from '../../contract/records.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import type { UpstreamCall } from '../../upstream/transport.ts';
import { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import { accountFor } from './account.ts';
import { type AttemptPlan, attemptTimeouts } from './attempt-plan.ts';
import { AttemptQueue } from './attempt-queue.ts';
import type { AttemptsInput } from './attempts-input.ts';
import { type Outcome, ownRefusal } from '../relay/body-sink.ts';
import type { Candidate } from './candidates.ts';
import type { ClientStream } from '../relay/client-stream.ts';
import { noteFailure, noteSuccess } from './key-standing.ts';
import { asGatewayError } from '../own-errors.ts';
import { isMissingPath } from './missing-dialects.ts';
import type { Charge } from '../row.ts';
import type { UpstreamAsk } from '../upstream-ask.ts';
import { RequestBill } from '../billing/request-bill.ts';
import { mayBeSent } from '../limits/limit-gate.ts';
import { isUnsent, sendWhenLoaded } from '../local/send-when-loaded.ts';
import { pauseBeforeRetry } from './retry.ts';
import { TargetWatch } from './target-watch.ts';
import type { Translation, TranslationSource } from '../translation/translation.ts';
import { mustBeTranslated, refuseLoss, translateFor } from './translate-attempt.ts';
import { type UpstreamRefusal, withoutKey } from './upstream-error.ts';
import { mustAskUsage, upstreamRequest } from './upstream-request.ts';

const nobody = new AttemptQueue<Candidate>({ candidates: [], fallbacks: () => [] });

export class Attempts {
  readonly log: AttemptLog;
  readonly #input: AttemptsInput;
  #request: PassthroughRequest | null = null;
  #openSource: (() => TranslationSource) | null = null;
  #source: TranslationSource | null = null;
  #translation: Translation | null = null;
  #plan: AttemptPlan | null = null;
  #queue = nobody;
  #watch: TargetWatch | null = null;
  /** Of the clock that never jumps: nothing is waited for beyond it. */
  #deadline = Number.POSITIVE_INFINITY;
  readonly #bill: RequestBill;
  #lastRefusal: UpstreamRefusal | null = null;
  #attempt: Attempt | null = null;
  #call: UpstreamCall | null = null;
  #pauseTimer: NodeJS.Timeout | null = null;

  constructor(input: AttemptsInput) {
    this.#input = input;
    this.log = new AttemptLog(input.ports);
    const { prices, tokens } = input.ports;
    this.#bill = new RequestBill({
      prices,
      tokens,
      log: this.log,
      dialect: input.dialect,
      request: () => this.#request,
    });
  }

  /** The stream that is being relayed, if one is. */
  get stream(): ClientStream | null {
    return this.#attempt?.stream ?? null;
  }

  /** What the translation of the latest attempt kept, emulated and dropped; null where nothing was translated. */
  get fidelity(): FidelityReport | null {
    return this.#translation?.report() ?? null;
  }

  begin(asked: UpstreamAsk, plan: AttemptPlan): void {
    const { state, monotonic } = this.#input.ports;
    this.#request = asked.request;
    this.#bill.begin(asked);
    this.#openSource = asked.openSource;
    this.#plan = plan;
    this.#queue = new AttemptQueue(plan);
    this.#watch = new TargetWatch({ state, plan });
    this.#deadline = monotonic() + plan.totalMs;
    this.#watch.enter(this.#queue, false);
    this.#ask('first', 0);
  }

  /** The latest attempt came to nothing: another candidate, the same one after a pause, or the end. */
  failed(refusal: UpstreamRefusal): void {
    const { error, upstreamStatus } = refusal;
    const candidate = this.#queue.head;
    const watch = this.#watch;
    if (!candidate || !watch) return;
    noteFailure(this.#input.ports.keyPool, candidate, refusal, this.log.openedAtMs);
    this.#close(candidate, error, upstreamStatus);
    this.#lastRefusal = refusal;
    // Nothing of its answer is the client's, were it to leave before the next one begins.
    this.#attempt = null;
    const left = (this.#plan?.attempts ?? 0) - this.log.count;
    if (left > 0 && this.#learn(candidate, refusal)) return this.#again(watch, 'learned');
    const { kind, movable, retryable } = error;
    const cause = this.#queue.turn({ kind, movable, retryable, left });
    if (cause === null) this.#exhaust(refusal, null);
    else if (cause === 'retry') this.#pauseAndRetry(watch, candidate, refusal);
    else this.#moveOn(watch, cause, refusal);
  }

  /** A stream's first content has come: its target answers. */
  answered(): void {
    const { head } = this.#queue;
    if (head) this.#watch?.firstContent(head);
  }

  /** Calls back when the price of the attempt under way is known. @returns false where it is known now */
  awaitsPrice(then: () => void): boolean {
    return this.#bill.awaitsPrice(this.#queue.head, then);
  }

  /** The request is over, however it ended. @returns what it came to */
  ended(outcome: Outcome): Charge {
    const { head } = this.#queue;
    const charge = this.#bill.ended(this.#billed(head), outcome);
    if (head) this.#watch?.ended(head, outcome.error, null, outcome.usage?.outputTokens ?? null);
    this.#watch?.leave();
    return charge;
  }

  /** Ends it from outside, before anything went out. @returns what the client is told */
  giveUp(error: GatewayError): UpstreamRefusal {
    this.abort();
    const { head } = this.#queue;
    if (head) this.#close(head, error, null);
    return accountFor(ownRefusal(error), this.log.records, null);
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

  /** A text of the provider's without the key that it was sent. */
  withoutKey(text: string | null): string | null {
    return text === null ? null : withoutKey(text, this.#queue.head?.key ?? null);
  }

  /** No attempt follows: the request's body may go, which can be large. */
  letGo(): void {
    this.#bill.stop();
    this.#request = null;
    this.#openSource = null;
    this.#source = null;
  }

  /** Ends an attempt that came to nothing. */
  #close(candidate: Candidate, error: GatewayError, status: number | null): void {
    this.#watch?.ended(candidate, error, status, null);
    this.#bill.failed(this.#billed(candidate), error, status);
  }

  /** While a model is loaded its provider has been sent nothing that it could bill. */
  #billed(candidate: Candidate | null): Candidate | null {
    return isUnsent(this.#call) ? null : candidate;
  }

  /** @returns whether the same target may be asked once more, in other words */
  #learn(candidate: Candidate, refusal: UpstreamRefusal): boolean {
    const { refusedFields, missingDialects } = this.#input.ports;
    if (this.#translation && refusedFields.learn(candidate, this.#translation, refusal)) return true;
    if (!isMissingPath(refusal)) return false;
    missingDialects.note(candidate.provider.id, candidate.dialect);
    const dialect = candidate.dialects[candidate.dialects.indexOf(candidate.dialect) + 1];
    if (dialect === undefined) return false;
    this.#queue.replaceHead({ ...candidate, dialect });
    return true;
  }

  #pauseAndRetry(watch: TargetWatch, candidate: Candidate, refusal: UpstreamRefusal): void {
    const { ports } = this.#input;
    const pausedAt = ports.monotonic();
    const pauseMs = pauseBeforeRetry(this.log.count, refusal.retryAfterMs, ports.random(), this.#deadline - pausedAt);
    if (pauseMs === null) return this.#exhaust(refusal, null);
    const overBudget = watch.refusedByBudget(candidate);
    if (overBudget !== null) return this.#exhaust(refusal, overBudget);
    watch.beginAgain();
    this.#pauseTimer = setTimeout(() => {
      watch.enter(this.#queue, false);
      this.#ask('retry', ports.monotonic() - pausedAt);
    }, pauseMs);
  }

  /** Who is failing already is sent more only as the budget allows; a target that answers takes the request in any case. */
  #moveOn(watch: TargetWatch, cause: AttemptCause, refusal: UpstreamRefusal): void {
    const turned = this.#queue.head;
    const overBudget = watch.enter(this.#queue, true);
    if (overBudget !== null) return this.#exhaust(refusal, overBudget);
    // Whom it turned to may be left alone, and then it is somebody else's turn.
    this.#begin(watch, this.#queue.head === turned ? cause : 'next-target');
  }

  #again(watch: TargetWatch, cause: AttemptCause): void {
    watch.enter(this.#queue, false);
    this.#begin(watch, cause);
  }

  #begin(watch: TargetWatch, cause: AttemptCause): void {
    watch.beginAgain();
    this.#ask(cause, 0);
  }

  #exhaust(refusal: UpstreamRefusal, note: string | null): void {
    this.#input.onExhausted(accountFor(refusal, this.log.records, note));
  }

  #ask(cause: AttemptCause, waitedMs: number): void {
    const candidate = this.#queue.head;
    if (!candidate) return;
    mayBeSent(this.#input.limits, this.#bill, { candidate, request: this.#request }, (refusal) => {
      if (this.#request === null) return;
      if (refusal === null) this.#askNow(candidate, cause, waitedMs);
      else this.#leaveOut(candidate, refusal);
    });
  }

  /** No budget, or no limit of its provider, has room for it: another target may be cheaper, or free. What was asked before it is told of first. */
  #leaveOut(candidate: Candidate, error: GatewayError): void {
    const watch = this.#watch;
    const left = (this.#plan?.attempts ?? 0) - this.log.count;
    const cause = this.#queue.turn({ kind: error.kind, movable: true, retryable: false, left });
    const isAlone = this.log.count === 0;
    if (cause !== null || !isAlone) this.log.leaveOut(candidate, error);
    if (cause !== null && watch && watch.enter(this.#queue, !isAlone) === null) return this.#begin(watch, cause);
    if (this.#lastRefusal === null) this.#exhaust(ownRefusal(error), null);
    else this.#exhaust(this.#lastRefusal, error.message);
  }

  #askNow(candidate: Candidate, cause: AttemptCause, waitedMs: number): void {
    const request = this.#request;
    if (!request) return;
    this.log.begin(candidate, cause, waitedMs);
    this.#watch?.asked(candidate);
    this.#call = null;
    this.#translation = null;
    try {
      this.#translation = this.#translate(candidate, request);
      this.#send(candidate, request, this.#translation);
    } catch (error) {
      this.#input.host.attemptFailed(ownRefusal(asGatewayError(error)));
    }
  }

  /** @throws GatewayError for what cannot be said in the upstream's dialect, or not without the loss that the client forbids */
  #translate(candidate: Candidate, request: PassthroughRequest): Translation | null {
    const { dialect, streamForm, strict, ports } = this.#input;
    if (!mustBeTranslated({ candidate, dialect, streamForm, request })) return null;
    const source = (this.#source ??= this.#openSource?.() ?? null);
    // The log tells of what is refused, too.
    this.#translation = source && translateFor(candidate, source, ports.refusedFields);
    if (strict && this.#translation) refuseLoss(this.#translation);
    return this.#translation;
  }

  #send(candidate: Candidate, request: PassthroughRequest, translation: Translation | null): void {
    const { host, dialect, response, requestId, streamForm, clientHeaders, ports } = this.#input;
    const { stream } = request.head;
    const wire = translation?.wire ?? dialect;
    const machines = stream ? (translation?.createStream?.() ?? null) : null;
    const onStatus = (status: number): void => {
      this.log.status(status);
      if (status !== 200) return;
      noteSuccess(ports.keyPool, candidate, this.log.openedAtMs);
      ports.refusedFields.answered(candidate, translation);
    };
    const relaying = { host, response, dialect, translation, machines, streamForm, candidate, requestId, stream };
    this.#attempt = new Attempt({ ...relaying, dropUsage: mustAskUsage(request, candidate), now: ports.now, onStatus });
    // The head of an endpoint's stream may come with its first piece, which takes as long as a whole answer.
    const timeouts = attemptTimeouts(candidate.provider, stream && !wire.endpoint, this.#plan?.timeouts ?? null);
    const said = upstreamRequest({ candidate, wire, request, translation, clientHeaders, timeouts });
    if (!ports.loads.isNeededFor(candidate)) {
      this.#call = candidate.send(said, this.#attempt);
      return;
    }
    const { firstByteMs } = this.#plan?.timeouts ?? {};
    const waiting = { firstByteMs, mayMove: () => this.#queue.mayTurn, onSent: () => this.#sentAfterLoad() };
    this.#call = sendWhenLoaded({ ...relaying, ...waiting, loads: ports.loads, wire, request: said }, this.#attempt);
  }

  /** Its model had to be loaded first: how fast it answers is measured from here. */
  #sentAfterLoad(): void {
    this.log.sentAfterWait();
    this.#watch?.sentAfterWait();
  }
}
