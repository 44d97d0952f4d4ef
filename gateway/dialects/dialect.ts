/** A wire format. What passes through is read beside the bytes; what is translated goes through its codec. */
import type { GatewayError } from '../chat/error.ts';
import type { RequestAdditions, RequestSize } from '../chat/request-size.ts';
import type { SettingsChange } from '../chat/settings.ts';
import type { Usage } from '../chat/usage.ts';
import type { ChatCodec, EmbeddingsCodec, RequestPlace } from './codec.ts';
import type { RequestSayings } from './json/sayings.ts';

export type { RequestAdditions, RequestSize } from '../chat/request-size.ts';

/** What a request says that decides where it goes, with everything else left in its bytes. */
export interface RequestHead {
  readonly model: string;
  readonly stream: boolean;
  /** Will the client be sent usage without our asking for it? */
  readonly usageAsked: boolean;
}

export interface RequestChange {
  /** The model's name at the upstream. */
  readonly model: string;
  /** Ask a stream for its usage, though the client did not. */
  readonly askUsage: boolean;
  /** What a policy sets; null for nothing, as for nearly every request. */
  readonly settings?: SettingsChange | null;
  /** What the upstream calls the limit of the answer's length, where its format has two names for it. */
  readonly lengthField?: string | undefined;
}

/** A request body whose deciding fields have been found, ready to be sent on with only those changed. */
export interface PassthroughRequest {
  readonly head: RequestHead;
  /** The client's bytes, changed where `change` says so and nowhere else. */
  write(change: RequestChange): readonly Buffer[];
  /** Reads the whole body once more: only for an estimate. Throws nothing, whatever stands in the body. */
  measure(): RequestSize;
  /** Reads it once more, too: only for a bound. Throws nothing. */
  additions(): RequestAdditions;
  /** Reads it once more: how many of its text's bytes are not plain words, so that each may be a token. Throws nothing. */
  denseBytes(): number;
  /**
   * The whole body, parsed: only for a translation.
   * @throws GatewayError `bad-request`
   */
  parse(): unknown;
  /** Do these bytes stand in it? For what only a translation may send on. */
  holds(mark: string): boolean;
  /** What it says that a policy may look at. @throws GatewayError `bad-request` for a field that stands twice, when asked for it */
  sayings(): RequestSayings;
  /** Which settings of this change the format, or the model, has no word for: their names. */
  unsaidSettings(change: RequestChange): readonly string[];
}

/**
 * What one event of an upstream's stream means for the relay. After `last` the stream may end in good order, or go on: the
 * event is kept back until one of both shows.
 */
export type StreamStep = 'pass' | 'usage-only' | 'last' | 'end' | 'error';

/** Listens beside one stream that passes through. Holds state: one for each stream. */
export interface StreamReader {
  /** False when no event of this block needs reading: the whole of it only passes. Asked for every block, so it is cheap. */
  concerns(block: Buffer): boolean;
  /**
   * @param data the event's data, its lines joined
   * @param event the event's name, null when it has none
   */
  read(data: string, event: string | null): StreamStep;
  /** May a stream that ends here, in good order, be complete? False for every dialect with a terminal event. */
  readonly mayEnd: boolean;
  readonly usage: Usage | null;
  /** The upstream's own usage object, as JSON text. */
  readonly rawUsageJson: string | null;
  /** What the upstream said went wrong, after a step `error`. */
  readonly errorMessage: string | null;
  /** Is that event in this dialect's own shape, so that it may be passed on as it came? */
  readonly errorIsSound: boolean;
}

/** What a whole answer holds, after its JSON was found sound. */
export interface WholeReading {
  readonly usage: Usage | null;
  /** The upstream's own usage object, as JSON text. */
  readonly rawUsageJson: string | null;
  /** Set when a 200 answer is really an error. */
  readonly errorMessage: string | null;
}

export type DialectName =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-embeddings'
  | 'openai-responses'
  | 'openai-input-tokens'
  | 'anthropic-messages'
  | 'anthropic-count-tokens'
  | 'gemini'
  | 'gemini-count-tokens'
  | 'gemini-embeddings'
  | 'gemini-batch-embeddings'
  | 'ollama'
  | 'ollama-generate'
  | 'ollama-embeddings'
  | 'ollama-legacy-embeddings'
  | EndpointDialectName;

/** Endpoints beside chat and embeddings, whose requests and answers only pass through. */
export type EndpointDialectName =
  | 'images/generations'
  | 'images/edits'
  | 'images/variations'
  | 'audio/speech'
  | 'audio/transcriptions'
  | 'audio/translations'
  | 'moderations'
  | 'rerank';

/** How a stream's events are parted. */
export type Framing = 'sse' | 'ndjson';

/** What an answer of the gateway's own is made from. */
export interface OwnFacts {
  /** An estimate of the request's tokens. */
  readonly inputTokens: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface DialectHeaders {
  /** Sent to every upstream of this dialect, unless the client's own go on. Name, value. */
  readonly always: readonly (readonly [name: string, value: string])[];
  /** The client's own that go on to an upstream of the same dialect. */
  readonly passed: readonly string[];
}

/** How a request's body may be written: JSON, or a form with files (`multipart/form-data`). */
export type RequestForm = 'json' | 'multipart';

/** What sets an endpoint beside chat and embeddings apart. Nobody counts its tokens but its provider. */
export interface EndpointFacts {
  /** How a request may be written. */
  readonly requests: readonly RequestForm[];
  /** What an answer may be: JSON, or events where a stream was asked for; or whichever of JSON, events, sound and text comes. */
  readonly answers: 'json' | 'any';
}

export interface Dialect {
  readonly name: DialectName;
  readonly framing: Framing;
  readonly headers: DialectHeaders;
  /**
   * Joined to a provider's base path.
   * @param model its name there
   */
  upstreamPath(model: string, stream: boolean): string;
  /**
   * @param pieces the body in the pieces it came in
   * @param contentType the client's own, for a form
   * @throws GatewayError `bad-request`, naming the field
   */
  readRequest(pieces: readonly Buffer[], place: RequestPlace, contentType?: string): PassthroughRequest;
  createStreamReader(): StreamReader;
  /** @throws GatewayError `upstream-protocol` when the body is not one sound JSON object */
  readWhole(body: Buffer): WholeReading;
  /** Bytes of what the model wrote in a sound whole answer, for an estimate; null where that is no text, or cannot be told. */
  measureAnswer(body: Buffer): number | null;
  /** The JSON body of an error answer. */
  encodeError(error: GatewayError): string;
  /** The last frame of a stream that broke off; never followed by a terminator. */
  encodeStreamError(error: GatewayError): string;
  /**
   * What the gateway answers itself where no upstream of this dialect is there: a count of tokens, a model's load. Null for a
   * request that is for upstreams alone.
   */
  readonly answerHere?: (request: PassthroughRequest, facts: OwnFacts) => unknown;
  /** Of a dialect that only counts: whose requests it counts the tokens of. */
  readonly countsFor?: DialectName;
  /**
   * What stands in a request of this dialect when a translation of ours made a part of it: only a translation can send that on,
   * without what its maker would not know.
   */
  readonly translationMarks?: readonly string[];
  /** Absent for chat, embeddings and what belongs to them. */
  readonly endpoint?: EndpointFacts;
  /** What may stand between two events of its streams without meaning anything; absent: what its framing allows. */
  readonly signOfLife?: string;
  /** What a stream may open with, and go on with, while its model is loaded; absent: nothing that all its clients take. */
  readonly keepAlive?: string;
  /** May its request have a gap to be filled (`suffix`)? */
  readonly mayFillGap?: true;
  /** Between this format and the inner language; both null for one that is never translated. */
  readonly chat: ChatCodec | null;
  readonly embeddings: EmbeddingsCodec | null;
}
