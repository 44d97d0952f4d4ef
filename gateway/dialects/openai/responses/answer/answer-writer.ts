/** Turns the events of an answer into the events of a Responses stream, and into the response object that closes it. */
import { unfinishedAnswer } from '../../../../chat/collect-answer.ts';
import type { ChatEvent, Citation, FinishReason, TokenLogprob, ToolStartEvent } from '../../../../chat/event.ts';
import type { Seal } from '../../../../chat/seal.ts';
import type { Usage } from '../../../../chat/usage.ts';
import type { AnswerOptions } from '../../../codec.ts';
import { CallWriter, type ItemPlace, type ItemWriter, MessageWriter, PictureWriter, ReasoningWriter } from './item-writers.ts';
import { type AnswerState, type ResponseHead, encodeResponse, settingsOf } from './response-object.ts';
import { type SealPlace, writeSealedContent } from '../sealed-content.ts';
import { encodeUsage } from '../usage.ts';

/** An event of the stream, numbered. */
export type WireEvent = Readonly<Record<string, unknown>> & { readonly type: string; readonly sequence_number: number };
export type WireResponse = ReturnType<typeof encodeResponse>;

const began: AnswerState = { status: 'in_progress', error: null, incompleteReason: null, output: [], usage: null };

/** Text, reasoning and pictures stand one after another; calls have items of their own that stay open beside them. */
export class AnswerWriter {
  readonly #options: AnswerOptions;
  readonly #items: ItemWriter[] = [];
  readonly #calls = new Map<number, CallWriter>();
  readonly #callIds = new Set<string>();
  #head: ResponseHead | null = null;
  #message: MessageWriter | null = null;
  #reasoning: ReasoningWriter | null = null;
  #usage: Usage | null = null;
  #reason: FinishReason | null = null;
  #textLength = 0;
  #sequence = 0;
  #written: WireEvent[] = [];

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  push(event: ChatEvent): readonly WireEvent[] {
    if (!('choice' in event && event.choice)) this.#read(event);
    return this.#written.splice(0);
  }

  /** @throws GatewayError `upstream-truncated` when the start or the finish is missing */
  end(): { readonly events: readonly WireEvent[]; readonly response: WireResponse } {
    const head = this.#head;
    const reason = this.#reason;
    if (head === null || reason === null) throw unfinishedAnswer();
    const state = stateOf(reason);
    this.#closeInline(state.status === 'completed' ? 'completed' : 'incomplete');
    for (const call of this.#calls.values()) call.close(state.status === 'completed' ? 'completed' : 'incomplete');
    if (state.status === 'completed' && !this.#items.some((item) => !(item instanceof ReasoningWriter))) this.#writeNothing();
    const output = this.#items.map(({ item }) => item);
    const usage = encodeUsage(this.#usage, this.#options.inputTokensEstimate);
    const response = encodeResponse(head, { ...state, output, usage });
    this.#emit(state.status, { response });
    return { events: this.#written.splice(0), response };
  }

  #read(event: ChatEvent): void {
    switch (event.type) {
      case 'start':
        this.#begin(event);
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'finish':
        this.#reason = event.reason;
        break;
      case 'tool-start':
        this.#startCall(event);
        break;
      case 'tool-input':
        this.#calls.get(event.index)?.input(event.text);
        break;
      case 'tool-end':
        this.#calls.get(event.index)?.close('completed');
        break;
      case 'native':
        this.#options.notes.drop(`output.${event.name}`, 'the Responses format has no such item for another provider');
        break;
      default:
        this.#readContent(event);
    }
  }

  #readContent(event: Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | `tool-${string}` | 'native' }>): void {
    switch (event.type) {
      case 'text':
        if (event.text === '') break;
        this.#openMessage().text(event.text, this.#textLength);
        this.#textLength += event.text.length;
        break;
      case 'refusal':
        if (event.text !== '') this.#openMessage().refusal(event.text);
        break;
      case 'reasoning':
        if (event.text !== '') this.#openReasoning().text(event.text);
        break;
      case 'reasoning-end':
        this.#endReasoning(event.seal, event.redacted);
        break;
      case 'text-seal':
        this.#writeSeal(event.seal, 'text');
        break;
      case 'citation':
        this.#cite(event.citation);
        break;
      case 'logprobs':
        if (event.tokens.length > 0) this.#openMessage().logprobs(event.tokens.map(encodeLogprob), this.#textLength);
        break;
      default:
        this.#writePicture(event.mediaType, event.data);
    }
  }

  #begin(start: Extract<ChatEvent, { type: 'start' }>): void {
    if (this.#head) return;
    const id = start.id.startsWith('resp_') ? start.id : `resp_${wireId(this.#options.id)}`;
    this.#head = { id, start, settings: settingsOf(this.#options.request) };
    const response = encodeResponse(this.#head, began);
    this.#emit('created', { response });
    this.#emit('in_progress', { response });
  }

  #openMessage(): MessageWriter {
    if (this.#message) return this.#message;
    this.#closeInline('completed');
    this.#message = new MessageWriter(this.#place('msg'), this.#emit);
    this.#items.push(this.#message);
    return this.#message;
  }

  #openReasoning(): ReasoningWriter {
    if (this.#reasoning) return this.#reasoning;
    this.#closeInline('completed');
    this.#reasoning = new ReasoningWriter(this.#place('rs'), this.#emit);
    this.#items.push(this.#reasoning);
    return this.#reasoning;
  }

  #closeInline(status: 'completed' | 'incomplete'): void {
    this.#message?.close(status);
    this.#reasoning?.close();
    this.#message = null;
    this.#reasoning = null;
  }

  #endReasoning(seal: Seal | null, redacted: boolean): void {
    if (seal) this.#openReasoning().sealed = writeSealedContent(seal, redacted ? 'redacted' : 'reasoning');
    if (this.#reasoning) this.#closeInline('completed');
  }

  /** A seal that is not of thoughts has a reasoning item of its own, behind its text or before its call. */
  #writeSeal(seal: Seal, place: SealPlace): void {
    this.#closeInline('completed');
    this.#openReasoning().sealed = writeSealedContent(seal, place);
    this.#closeInline('completed');
  }

  #startCall(event: ToolStartEvent): void {
    if (this.#calls.has(event.index)) return;
    this.#closeInline('completed');
    if (event.seal) this.#writeSeal(event.seal, 'call');
    const place = this.#place(event.kind === 'custom' ? 'ctc' : 'fc');
    // Programs match results to calls by this id alone: two calls must not share it.
    const id =
      event.id === '' || this.#callIds.has(event.id) ? `call_${wireId(this.#options.id)}_${place.outputIndex}` : event.id;
    this.#callIds.add(id);
    const call = new CallWriter({ ...event, id }, place, this.#emit);
    this.#calls.set(event.index, call);
    this.#items.push(call);
  }

  #cite(citation: Citation): void {
    if (citation.quote !== null) this.#options.notes.drop('output.citation.quote', 'the Responses format cites by position');
    this.#openMessage().annotate((base, length) => encodeCitation(citation, base, length), this.#textLength);
  }

  #writePicture(mediaType: string, data: string): void {
    if (!mediaType.startsWith('image/')) {
      this.#options.notes.drop('output.media', `the Responses format has no place for ${mediaType} in an answer`);
      return;
    }
    this.#closeInline('completed');
    const picture = new PictureWriter(mediaType, data, this.#place('ig'), this.#emit);
    this.#items.push(picture);
    picture.close();
  }

  /** Programs wait for a message or a call: an answer of nothing is an empty message. */
  #writeNothing(): void {
    this.#openMessage().text('', this.#textLength);
    this.#closeInline('completed');
  }

  #place(prefix: string): ItemPlace {
    const outputIndex = this.#items.length;
    return { id: `${prefix}_${wireId(this.#options.id)}_${outputIndex}`, outputIndex };
  }

  readonly #emit = (type: string, fields: Readonly<Record<string, unknown>>): void => {
    this.#written.push({ type: `response.${type}`, sequence_number: this.#sequence, ...fields });
    this.#sequence += 1;
  };
}

/** OpenAI takes letters, digits, `_` and `-` in ids, and 64 of them. */
function wireId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '').slice(-48);
}

function stateOf(reason: FinishReason): Omit<AnswerState, 'output' | 'usage'> {
  const done = { error: null, incompleteReason: null };
  switch (reason) {
    case 'length':
      return { ...done, status: 'incomplete', incompleteReason: 'max_output_tokens' };
    case 'content-filter':
      return { ...done, status: 'incomplete', incompleteReason: 'content_filter' };
    case 'error':
      return {
        ...done,
        status: 'failed',
        error: { code: 'server_error', message: 'The provider ended its answer with an error.' },
      };
    default:
      return { ...done, status: 'completed' };
  }
}

function encodeLogprob({ token, logprob, top }: TokenLogprob) {
  const one = (each: { readonly token: string; readonly logprob: number }) => {
    return { token: each.token, logprob: each.logprob, bytes: [...Buffer.from(each.token)] };
  };
  return { ...one({ token, logprob }), top_logprobs: top.map(one) };
}

/** Positions count within the passage here; one that nobody told is where the passage has come to. */
function encodeCitation({ url, title, start, end }: Citation, base: number, length: number) {
  const from = start === null ? length : Math.max(start - base, 0);
  if (url === null) return { type: 'file_citation', file_id: title ?? '', filename: title ?? '', index: from };
  const to = end === null ? Math.max(from, length) : Math.max(end - base, from);
  return { type: 'url_citation', start_index: from, end_index: to, url, title: title ?? '' };
}
