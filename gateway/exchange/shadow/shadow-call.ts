/** One call to a shadow's target: reads its answer for its figures, and always comes to an end. Knows no client. */
import { GatewayError } from '../../chat/error.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../../upstream/transport.ts';
import { judgeAnswer } from '../attempts/answer-form.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { readFailedAnswer, type UpstreamHeaders, type UpstreamRefusal } from '../attempts/upstream-error.ts';
import { totalTimeout } from '../own-errors.ts';
import { answerFailure } from '../relay/answer-failure.ts';
import { ownRefusal } from '../relay/body-sink.ts';
import { type AnswerFigures, type AnswerReader, longestAnswerBytes, noFigures, readAnswer } from './read-answer.ts';

/** No error needs more words. */
const errorBodyBytes = 64 * 1024;

export interface ShadowCallInput {
  readonly candidate: Candidate;
  /** The dialect it is asked in. */
  readonly wire: Dialect;
  readonly stream: boolean;
  /** Milliseconds that the call may take in all. */
  readonly totalMs: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
}

export interface ShadowResult extends AnswerFigures {
  readonly status: number | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  /** One that was ended before has cost nothing. */
  readonly wasSent: boolean;
  /** Null when it was answered well. */
  readonly refusal: UpstreamRefusal | null;
}

export class ShadowCall implements UpstreamHandler {
  /** Never rejects. */
  readonly result: Promise<ShadowResult>;
  readonly #input: ShadowCallInput;
  readonly #resolve: (result: ShadowResult) => void;
  readonly #startedAt: number;
  #timer: NodeJS.Timeout | null = null;
  #call: UpstreamCall | null = null;
  #status: number | null = null;
  #headers: UpstreamHeaders = {};
  /** Null before a good head. */
  #reader: AnswerReader | null = null;
  /** What a failing answer says. */
  #failing: Buffer[] = [];
  #bytes = 0;
  #firstTokenMs: number | null = null;
  #over = false;

  constructor(input: ShadowCallInput) {
    const { promise, resolve } = Promise.withResolvers<ShadowResult>();
    this.#input = input;
    this.result = promise;
    this.#resolve = resolve;
    this.#startedAt = input.monotonic();
  }

  send(request: UpstreamRequest): void {
    const { candidate, totalMs } = this.#input;
    this.#timer = setTimeout(() => this.abort(totalTimeout(totalMs)), totalMs);
    this.#call = candidate.send(request, this);
    // One that failed before its call was known has nothing left to end.
    if (this.#over) this.#call.abort();
  }

  /** Ends it now, with what was read so far. */
  abort(error: GatewayError): void {
    this.#call?.abort();
    this.#finish(ownRefusal(error));
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    if (this.#over) return;
    const { wire, stream, candidate } = this.#input;
    this.#status = status;
    this.#headers = headers;
    if (status !== 200 && status !== 201) return;
    const form = judgeAnswer(headers, wire, stream);
    if (form.kind === 'none') this.abort(protocolError(`the provider ${candidate.provider.id} ${form.problem}`));
    else if (form.kind === 'bytes') this.abort(protocolError(`the provider ${candidate.provider.id} answered with no text`));
    else this.#reader = readAnswer(wire, form.kind === 'stream');
  }

  onData(chunk: Buffer): void {
    // One that goes on after its end may never stop.
    if (this.#over) return this.#call?.abort();
    this.#bytes += chunk.length;
    if (this.#reader === null) return this.#takeFailing(chunk);
    if (this.#bytes > longestAnswerBytes) {
      return this.abort(new GatewayError('upstream-too-large', `the answer is larger than ${longestAnswerBytes} bytes`));
    }
    this.#guarded(this.#reader, (reader) => {
      const isComplete = reader.push(chunk);
      if (reader.hasContent) this.#firstTokenMs ??= this.#elapsed();
      if (isComplete) this.#finish(null);
    });
  }

  onEnd(): void {
    if (this.#over) return;
    if (this.#reader === null) return this.#fail();
    this.#guarded(this.#reader, (reader) => {
      reader.end();
      this.#finish(null);
    });
  }

  onError(error: GatewayError): void {
    // A failing answer that breaks off has said enough with its status.
    if (this.#status !== null && this.#reader === null) this.#fail();
    else this.#finish(ownRefusal(error));
  }

  #takeFailing(chunk: Buffer): void {
    this.#failing.push(chunk.subarray(0, errorBodyBytes - (this.#bytes - chunk.length)));
    if (this.#bytes < errorBodyBytes) return;
    this.#call?.abort();
    this.#fail();
  }

  #fail(): void {
    if (this.#status === null) return this.#finish(ownRefusal(protocolError('the provider ended without an answer')));
    const { candidate, now } = this.#input;
    const { provider, key } = candidate;
    const body = Buffer.concat(this.#failing);
    const answer = { provider: provider.id, status: this.#status, headers: this.#headers, body, key, now: now() };
    this.#finish(readFailedAnswer(answer));
  }

  #guarded(reader: AnswerReader, read: (reader: AnswerReader) => void): void {
    try {
      read(reader);
    } catch (error) {
      this.abort(answerFailure(error, this.#input.candidate.key));
    }
  }

  #finish(refusal: UpstreamRefusal | null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
    const figures = this.#reader?.figures() ?? noFigures;
    this.#reader = null;
    this.#failing = [];
    const durationMs = this.#elapsed();
    const times = { durationMs, firstTokenMs: this.#firstTokenMs };
    this.#resolve({ ...figures, ...times, status: this.#status, wasSent: this.#timer !== null, refusal });
  }

  #elapsed(): number {
    return this.#input.monotonic() - this.#startedAt;
  }
}

function protocolError(words: string): GatewayError {
  return new GatewayError('upstream-protocol', words);
}
