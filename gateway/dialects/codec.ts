/**
 * A chat dialect as a pair of pure codecs between its bytes' JSON and the inner language. The same codec serves clients that
 * call us (it reads their request and writes their answer) and upstreams that we call (it writes a request, reads an answer).
 */
import type { Abilities } from '../chat/abilities.ts';
import type { EmbeddingsAnswer, EmbeddingsRequest } from '../chat/embeddings.ts';
import type { ChatEvent } from '../chat/event.ts';
import type { FidelityNotes } from '../chat/fidelity.ts';
import type { ChatRequest } from '../chat/request.ts';

/** What a request's path says of it, in dialects that put it there (Gemini). */
export interface RequestPlace {
  readonly model: string | null;
  readonly stream: boolean | null;
}

export interface AnswerOptions {
  /** What was asked: which tools are custom, whether usage belongs into the stream. */
  readonly request: ChatRequest;
  /** Where this answer loses something that its dialect has no words for. */
  readonly notes: FidelityNotes;
  /** Names the parts of an answer that need a name of their own (`msg_…`); unique among all requests. */
  readonly id: string;
  /** An estimate for clients that show the input before the provider has counted it; made when it is asked for. */
  readonly inputTokensEstimate: number;
}

/** Writes one streamed answer. Holds state: one for each stream. */
export interface StreamEncoder {
  /** The text of the whole frames that this event makes, often of one; empty when it makes none yet. */
  push(event: ChatEvent): string;
  /** The closing frames. @throws GatewayError `upstream-truncated` when no finish came: that stream must not look complete */
  end(): string;
}

/** Reads one upstream's stream. Holds state: one for each stream. */
export interface StreamDecoder {
  /**
   * @param data an event's data, its lines joined; in NDJSON a line
   * @param event the event's name; null when it has none
   * @throws GatewayError `upstream-failed` for an error inside the stream (with the provider's words, and its `status` where the
   * event tells one), `upstream-protocol` for what cannot be read
   */
  push(data: string, event: string | null): readonly ChatEvent[];
  /** Has the terminal event come? */
  readonly ended: boolean;
  /**
   * The connection has ended in good order.
   * @throws GatewayError `upstream-truncated` unless the answer is complete
   */
  end(): readonly ChatEvent[];
}

/** What a provider's own ways change in a request; each is a fact of its catalog entry. */
export interface WireQuirks {
  /** `max_tokens` or `max_completion_tokens` (openai-chat). */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** The field in which it takes thoughts back on an assistant message (openai-chat); absent: in none. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  /** The role for instructions (openai-chat, openai-responses); absent: as the client wrote it. */
  readonly systemRole?: 'system' | 'developer';
  /** Takes no `stream_options` (openai-chat). */
  readonly noStreamOptions?: boolean;
  /** Top-level fields that it refuses, by their wire names: left out, and noted. */
  readonly refusedFields?: readonly string[];
}

export interface UpstreamTarget {
  /** The model's name there. */
  readonly model: string;
  readonly quirks: WireQuirks;
}

export interface ChatCodec {
  readonly abilities: Abilities;
  /**
   * Reads a client's request. Fields it does not know are no fault; they are named in `unread`.
   * @param body the parsed JSON
   * @throws GatewayError `bad-request`, its `field` a dotted path such as `messages.2.role`
   */
  decodeRequest(body: unknown, place: RequestPlace): ChatRequest;
  createStreamEncoder(options: AnswerOptions): StreamEncoder;
  /**
   * The whole answer's JSON value.
   * @throws GatewayError `upstream-truncated` when the events lack their start or a finish
   */
  encodeAnswer(events: Iterable<ChatEvent>, options: AnswerOptions): unknown;
  /**
   * Writes a request for an upstream: the JSON value of its body.
   * @param request holds nothing that `abilities` lacks
   * @param notes what is lost or emulated in the details, by the path of the inner request
   * @throws GatewayError `untranslatable` naming the field, for what must not be left out silently
   */
  encodeRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes): unknown;
  createStreamDecoder(): StreamDecoder;
  /**
   * The events of a whole answer.
   * @param body the parsed JSON
   * @throws GatewayError `upstream-failed` for an error in a good answer's place, `upstream-protocol` when it is no answer
   */
  decodeAnswer(body: unknown): readonly ChatEvent[];
}

/** An embeddings format, in both directions; errors as in `ChatCodec`. */
export interface EmbeddingsCodec {
  decodeRequest(body: unknown, place: RequestPlace): EmbeddingsRequest;
  encodeAnswer(answer: EmbeddingsAnswer, request: EmbeddingsRequest): unknown;
  /** @throws GatewayError `untranslatable` naming the field (several inputs where there can be one, token numbers …) */
  encodeRequest(request: EmbeddingsRequest, target: UpstreamTarget, notes: FidelityNotes): unknown;
  decodeAnswer(body: unknown): EmbeddingsAnswer;
}
