/** One request between two dialects: decoded once, adapted and written for each upstream that is asked, its answer written back. */
import { adaptRequest, type AdaptedRequest } from '../chat/adapt/adapt-request.ts';
import { reportFidelity } from '../chat/adapt/fidelity-report.ts';
import type { AnswerRestorer } from '../chat/adapt/restore-answer.ts';
import { GatewayError } from '../chat/error.ts';
import type { ChatEvent } from '../chat/event.ts';
import { FidelityNotes, type FidelityReport } from '../chat/fidelity.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { Usage } from '../chat/usage.ts';
import type { AnswerOptions, ChatCodec, RequestPlace, StreamDecoder, StreamEncoder, UpstreamTarget } from '../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import { estimateInputTokens } from '../money/estimate-tokens.ts';
import { translateEmbeddings } from './translate-embeddings.ts';

/** A form in which a client may want a stream that its dialect does not usually have: Gemini's as one JSON array. */
export interface StreamForm {
  readonly contentType: string;
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
}

/** A whole answer in the client's dialect. */
export interface TranslatedAnswer {
  readonly body: Buffer;
  readonly usage: Usage | null;
  readonly rawUsageJson: string | null;
}

/** The three machines that a stream runs through. */
export interface StreamTranslation {
  readonly decoder: StreamDecoder;
  readonly restorer: AnswerRestorer;
  readonly encoder: StreamEncoder;
}

/** One request as it is said to one upstream, and its answer as it is said to the client. */
export interface Translation {
  /** The upstream's dialect. */
  readonly wire: Dialect;
  readonly body: Buffer;
  /** What is lost or emulated so far; the answer may add to it. */
  report(): FidelityReport;
  /** @throws GatewayError as the codec does; null for a dialect that only answers whole */
  createStream: (() => StreamTranslation) | null;
  /** @throws GatewayError `upstream-failed`, `upstream-protocol` */
  translateAnswer(body: Buffer): TranslatedAnswer;
  observe(event: ChatEvent): void;
}

/**
 * Says the request in another dialect.
 * @throws GatewayError `bad-request` for what its client wrote wrong, `untranslatable` for what cannot be said there
 */
export function translate(source: TranslationSource, wire: Dialect, target: UpstreamTarget): Translation {
  const { client, request, place } = source;
  if (client.chat && wire.chat) return translateChat(source, wire, { client: client.chat, wire: wire.chat }, target);
  if (client.embeddings && wire.embeddings) return translateEmbeddings(request.parse(), place, { client, wire, target });
  throw new GatewayError('untranslatable', `${client.name} cannot be said in ${wire.name}`, { field: 'model' });
}

interface Codecs {
  readonly client: ChatCodec;
  readonly wire: ChatCodec;
}

function translateChat(source: TranslationSource, wire: Dialect, codecs: Codecs, target: UpstreamTarget): Translation {
  const notes = new FidelityNotes();
  const asked = source.prepare(codecs.client.decodeRequest(source.request.parse(), source.place));
  const adapted = adaptRequest(asked, codecs.wire.abilities, notes);
  const body = Buffer.from(JSON.stringify(codecs.wire.encodeRequest(adapted.request, target, notes)));
  const options = { request: asked, notes, id: source.id, inputTokensEstimate: estimateInputTokens(source.request.measure()) };
  return {
    wire,
    body,
    report: () => reportFidelity(source.client.name, wire.name, asked, notes),
    createStream: () => ({
      decoder: codecs.wire.createStreamDecoder(),
      restorer: adapted.createRestorer(),
      encoder: source.streamForm?.createEncoder(options) ?? codecs.client.createStreamEncoder(options),
    }),
    translateAnswer(answer) {
      const events = restoreAll(codecs.wire.decodeAnswer(parseAnswer(answer)), adapted);
      for (const event of events) source.observe(event);
      return { body: Buffer.from(JSON.stringify(codecs.client.encodeAnswer(events, options))), ...usageOf(events) };
    },
    observe: (event) => source.observe(event),
  };
}

function restoreAll(events: readonly ChatEvent[], adapted: AdaptedRequest): readonly ChatEvent[] {
  const restorer = adapted.createRestorer();
  return events.flatMap((event) => restorer.push(event));
}

/** @throws GatewayError `upstream-protocol` */
export function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('upstream-protocol', "the provider's answer is not sound JSON", { cause });
  }
}

function usageOf(events: readonly ChatEvent[]): { readonly usage: Usage | null; readonly rawUsageJson: string | null } {
  const last = events.findLast((event) => event.type === 'usage');
  return last ? { usage: last.usage, rawUsageJson: rawJson(last.raw) } : { usage: null, rawUsageJson: null };
}

/** The provider's own object as JSON text. */
export function rawJson(raw: unknown): string | null {
  return raw === undefined || raw === null ? null : JSON.stringify(raw);
}
