/** Asks one upstream after the other, inside one budget of attempts, until one begins to answer or none is left. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { FidelityReport } from '../../chat/fidelity.ts';
import type { Dialect, PassthroughRequest, RequestSize } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/index.ts';
import { endpointPath } from '../../providers/endpoint-path.ts';
import type { UpstreamCall } from '../../upstream/transport.ts';
import { Attempt } from './attempt.ts';
import { AttemptLog } from './attempt-log.ts';
import { ownRefusal, type RelayHost } from '../relay/body-sink.ts';
import type { Candidate } from './candidates.ts';
import { upstreamHeaders } from './client-headers.ts';
import type { ClientStream } from '../relay/client-stream.ts';
import { noteFailure, noteSuccess } from './key-standing.ts';
import { asGatewayError, lossyTranslation } from '../own-errors.ts';
import { isMissingPath } from './missing-dialects.ts';
import type { ExchangePorts } from '../ports.ts';
import { attemptLimit, nextPlace, pauseBeforeRetry } from './retry.ts';
import { translate } from '../translation/translate.ts';
import type { StreamForm, Translation, TranslationSource } from '../translation/translation.ts';
import { type UpstreamRefusal, withoutKey } from './upstream-error.ts';

export interface AttemptsInput {
  readonly ports: ExchangePorts;
  readonly host: RelayHost;
  readonly dialect: Dialect;
  readonly response: ServerResponse;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly requestId: string;
  /** What a stream is sent to the client as, where that is not the dialect's usual form. */
  readonly streamForm: StreamForm | null;
  /** Refuse a translation that loses something. */
  readonly strict: boolean;
  /** No attempt is left: this is the answer. */
  onExhausted(refusal: UpstreamRefusal): void;
}

export class Attempts {
  readonly log: AttemptLog;
  readonly #input: AttemptsInput;
  #request: PassthroughRequest | null = null;
  #openSource: (() => TranslationSource) | null = null;
  #source: TranslationSource | null = null;
  #translation: Translation | null = null;
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
  get stream(): ClientStream | null {
    return this.#attempt?.stream ?? null;
  }

  /** What the translation of the latest attempt kept, emulated and dropped; null where nothing was translated. */
  get fidelity(): FidelityReport | null {
    return this.#translation?.report() ?? null;
  }

  /** @param openSource for upstreams of another dialect: called at most once */
  begin(request: PassthroughRequest, openSource: () => TranslationSource, candidates: readonly Candidate[]): void {
    this.#request = request;
    this.#openSource = openSource;
    this.#candidates = candidates;
    this.#ask();
  }

  /** The latest attempt came to nothing: the next candidate, the same one after a pause, or the end. */
  failed(refusal: UpstreamRefusal): void {
    const { error, retryAfterMs } = refusal;
    const candidate = this.#candidates[this.#next];
    if (candidate) noteFailure(this.#input.ports.keyPool, candidate, refusal, this.log.openedAtMs);
    this.log.end(error);
    if (this.log.count >= attemptLimit) return this.#input.onExhausted(refusal);
    if (candidate && this.#learn(candidate, refusal)) return this.#ask();
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

  /** A text of the provider's without the key that it was sent. */
  withoutKey(text: string | null): string | null {
    return text === null ? null : withoutKey(text, this.#candidates[this.#next]?.key ?? null);
  }

  /** What was asked, for an estimate; null when the request is not here any more. */
  measureRequest(): RequestSize | null {
    return this.#request?.measure() ?? null;
  }

  /** No attempt follows: the request's body may go, which can be large. */
  letGo(): void {
    this.#request = null;
    this.#openSource = null;
    this.#source = null;
  }

  /** @returns whether the same target may be asked once more, in other words */
  #learn(candidate: Candidate, refusal: UpstreamRefusal): boolean {
    const { refusedFields, missingDialects } = this.#input.ports;
    if (this.#translation && refusedFields.learn(candidate, this.#translation, refusal)) return true;
    if (!isMissingPath(refusal)) return false;
    missingDialects.note(candidate.provider.id, candidate.dialect);
    const dialect = candidate.dialects[candidate.dialects.indexOf(candidate.dialect) + 1];
    if (dialect === undefined) return false;
    this.#candidates = this.#candidates.with(this.#next, { ...candidate, dialect });
    return true;
  }

  #ask(): void {
    const candidate = this.#candidates[this.#next];
    const request = this.#request;
    if (!candidate || !request) return;
    this.log.begin(candidate);
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
    const { dialect, streamForm } = this.#input;
    if (candidate.dialect === dialect.name && !mustBeTranslated(dialect, streamForm, request)) return null;
    const wire = dialects.get(candidate.dialect);
    const source = (this.#source ??= this.#openSource?.() ?? null);
    if (!wire || !source) return null;
    const translation = translate(source, wire, {
      model: candidate.model,
      quirks: this.#input.ports.refusedFields.quirksOf(candidate),
    });
    const lost = this.#input.strict ? translation.report().dropped : [];
    // The log tells of what is refused, too.
    this.#translation = translation;
    if (lost.length > 0)
      throw lossyTranslation(
        lost.map(({ field }) => field),
        wire.name,
      );
    return translation;
  }

  #send(candidate: Candidate, request: PassthroughRequest, translation: Translation | null): void {
    const { host, dialect, response, requestId, streamForm, clientHeaders, ports } = this.#input;
    const { stream, usageAsked } = request.head;
    const { provider, model } = candidate;
    const wire = translation?.wire ?? dialect;
    const askUsage = stream && !usageAsked && provider.streamUsage;
    const machines = stream ? (translation?.createStream?.() ?? null) : null;
    const onStatus = (status: number): void => {
      this.log.status(status);
      if (status !== 200) return;
      noteSuccess(ports.keyPool, candidate, this.log.openedAtMs);
      ports.refusedFields.answered(candidate, translation);
    };
    const relaying = { host, response, dialect, translation, machines, streamForm, candidate, requestId, stream };
    this.#attempt = new Attempt({ ...relaying, dropUsage: askUsage, now: ports.now, onStatus });
    this.#call = candidate.send(
      {
        method: 'POST',
        origin: provider.origin,
        path: endpointPath(provider, wire, model, stream),
        headers: upstreamHeaders({ candidate, wire, clientHeaders, isTranslated: translation !== null, stream }),
        body: translation ? [translation.body] : request.write({ model, askUsage }),
        // The head of an endpoint's stream may come with its first piece, which takes as long as a whole answer.
        timeouts: stream && !wire.endpoint ? provider.timeouts : provider.wholeTimeouts,
      },
      this.#attempt,
    );
  }
}

/** What only a translation can send on: what another translation made of it, and a form that no upstream is asked in. */
function mustBeTranslated(dialect: Dialect, streamForm: StreamForm | null, request: PassthroughRequest): boolean {
  if (request.head.stream && streamForm !== null) return true;
  return dialect.translationMarks?.some((mark) => request.holds(mark)) === true;
}
