/** What a translation of one request between two dialects is: its parts, and what it begins with. */
import type { AnswerRestorer } from '../../chat/adapt/restore-answer.ts';
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import type { FidelityReport } from '../../chat/fidelity.ts';
import type { ChatRequest } from '../../chat/request.ts';
import type { Usage } from '../../chat/usage.ts';
import type { AnswerOptions, RequestPlace, StreamDecoder, StreamEncoder, WireQuirks } from '../../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { SentForm } from '../relay/sent-form.ts';

/** A form in which a client may want a stream that its dialect does not usually have: Gemini's as one JSON array. */
export interface StreamForm extends SentForm {
  createEncoder(options: AnswerOptions): StreamEncoder;
}

/** What a translation begins with: the same for every upstream that is asked. */
export interface TranslationSource {
  readonly client: Dialect;
  readonly request: PassthroughRequest;
  readonly place: RequestPlace;
  /** Names the answer: unique among all requests. */
  readonly id: string;
  /** What the client wants a stream as; null for its dialect's usual form, in which alone upstreams are asked. */
  readonly streamForm: StreamForm | null;
  /** Changes the decoded request before it is adapted, such as by bringing back thoughts that its dialect could not carry. */
  prepare(request: ChatRequest): ChatRequest;
  /** Sees every event of the answer, as the client's encoder does. */
  observe(event: ChatEvent): void;
  /** Keeps the whole answer for requests to come; null where nobody will ask for it. */
  readonly keepAnswer: ((answer: unknown) => void) | null;
}

/** A whole answer in the client's dialect. */
export interface TranslatedAnswer {
  readonly body: Buffer;
  readonly usage: Usage | null;
  readonly rawUsageJson: string | null;
}

/** The machines that a stream runs through. */
export interface StreamTranslation {
  readonly decoder: StreamDecoder;
  readonly restorer: AnswerRestorer;
  readonly encoder: StreamEncoder;
  /** Told of every event that the encoder is given, and of the answer's good end. */
  observe(event: ChatEvent): void;
  complete(): void;
}

/** One request as it is said to one upstream, and its answer as it is said to the client. */
export interface Translation {
  /** The upstream's dialect. */
  readonly wire: Dialect;
  /** With which it was written. */
  readonly quirks: WireQuirks;
  readonly body: Buffer;
  /** What is lost or emulated so far; the answer may add to it. */
  report(): FidelityReport;
  /** @throws GatewayError as the codec does; null for a dialect that only answers whole */
  createStream: (() => StreamTranslation) | null;
  /** @throws GatewayError `upstream-failed`, `upstream-protocol` */
  translateAnswer(body: Buffer): TranslatedAnswer;
}

/** @throws GatewayError `upstream-protocol` */
export function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('upstream-protocol', "the provider's answer is not sound JSON", { cause });
  }
}
