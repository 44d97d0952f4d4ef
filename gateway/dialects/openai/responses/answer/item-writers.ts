/** Writers of one output item each: its opening, its pieces, and its end with all of it once more. */
import type { ToolStartEvent } from '../../../../chat/event.ts';

type Fields = Readonly<Record<string, unknown>>;
export type ItemStatus = 'completed' | 'incomplete';

/** Takes an event of the stream; it is numbered where it goes out. */
export type Emit = (type: string, fields: Fields) => void;

/** Where an item stands in the answer, and how it is called. */
export interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

export interface ItemWriter {
  /** The item as it stands; whole once it is closed. */
  readonly item: Fields;
  close(status: ItemStatus): void;
}

interface MessagePart {
  readonly type: 'output_text' | 'refusal';
  readonly index: number;
  /** Characters of the whole answer's text before it. */
  readonly base: number;
  text: string;
  readonly annotations: Fields[];
  readonly logprobs: unknown[];
}

/** Texts and refusals of one message, each passage a part of its content. */
export class MessageWriter implements ItemWriter {
  readonly #emit: Emit;
  readonly #place: ItemPlace;
  readonly #content: Fields[] = [];
  #status: 'in_progress' | ItemStatus = 'in_progress';
  #part: MessagePart | null = null;

  constructor(place: ItemPlace, emit: Emit) {
    this.#place = place;
    this.#emit = emit;
    emit('output_item.added', { output_index: place.outputIndex, item: this.item });
  }

  get item(): Fields {
    const content = [...this.#content];
    return { id: this.#place.id, type: 'message', status: this.#status, content, role: 'assistant' };
  }

  /** @param base characters of the whole answer's text so far */
  text(delta: string, base: number): void {
    const part = this.#open('output_text', base);
    part.text += delta;
    this.#emit('output_text.delta', { ...this.#at(part), delta, logprobs: [] });
  }

  refusal(delta: string): void {
    const part = this.#open('refusal', 0);
    part.text += delta;
    this.#emit('refusal.delta', { ...this.#at(part), delta });
  }

  /** They come apart from their text here, so they go out with an empty piece of it. */
  logprobs(logprobs: readonly unknown[], base: number): void {
    const part = this.#open('output_text', base);
    part.logprobs.push(...logprobs);
    this.#emit('output_text.delta', { ...this.#at(part), delta: '', logprobs });
  }

  /** @param describe makes the annotation, given where its passage begins and how long it is */
  annotate(describe: (partBase: number, partLength: number) => Fields, base: number): void {
    const part = this.#open('output_text', base);
    const annotation = describe(part.base, part.text.length);
    this.#emit('output_text.annotation.added', { ...this.#at(part), annotation_index: part.annotations.length, annotation });
    part.annotations.push(annotation);
  }

  close(status: ItemStatus): void {
    this.#closePart();
    this.#status = status;
    this.#emit('output_item.done', { output_index: this.#place.outputIndex, item: this.item });
  }

  #open(type: MessagePart['type'], base: number): MessagePart {
    if (this.#part?.type === type) return this.#part;
    this.#closePart();
    const part: MessagePart = { type, index: this.#content.length, base, text: '', annotations: [], logprobs: [] };
    this.#part = part;
    this.#emit('content_part.added', { ...this.#at(part), part: encodePart(part) });
    return part;
  }

  #closePart(): void {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    const whole = encodePart(part);
    const { text, logprobs } = part;
    if (part.type === 'refusal') this.#emit('refusal.done', { ...this.#at(part), refusal: text });
    else this.#emit('output_text.done', { ...this.#at(part), text, logprobs });
    this.#emit('content_part.done', { ...this.#at(part), part: whole });
    this.#content.push(whole);
  }

  #at({ index }: MessagePart): Fields {
    return { item_id: this.#place.id, output_index: this.#place.outputIndex, content_index: index };
  }
}

function encodePart({ type, text, annotations, logprobs }: MessagePart): Fields {
  if (type === 'refusal') return { type, refusal: text };
  return { type, annotations: [...annotations], logprobs: [...logprobs], text };
}

/** Thoughts are shown as one part of a summary, so that they come back as one text: a seal may cover every character. */
export class ReasoningWriter implements ItemWriter {
  readonly #emit: Emit;
  readonly #place: ItemPlace;
  #text = '';
  /** What goes into `encrypted_content`. */
  sealed: string | null = null;

  constructor(place: ItemPlace, emit: Emit) {
    this.#place = place;
    this.#emit = emit;
    emit('output_item.added', { output_index: place.outputIndex, item: this.item });
  }

  get item(): Fields {
    const summary = this.#text === '' ? [] : [this.#part];
    const sealed = this.sealed === null ? {} : { encrypted_content: this.sealed };
    return { id: this.#place.id, type: 'reasoning', summary, ...sealed };
  }

  text(delta: string): void {
    if (delta === '') return;
    if (this.#text === '') this.#emit('reasoning_summary_part.added', { ...this.#at, part: this.#part });
    this.#text += delta;
    this.#emit('reasoning_summary_text.delta', { ...this.#at, delta });
  }

  close(): void {
    if (this.#text !== '') {
      this.#emit('reasoning_summary_text.done', { ...this.#at, text: this.#text });
      this.#emit('reasoning_summary_part.done', { ...this.#at, part: this.#part });
    }
    this.#emit('output_item.done', { output_index: this.#place.outputIndex, item: this.item });
  }

  get #part(): Fields {
    return { type: 'summary_text', text: this.#text };
  }

  get #at(): Fields {
    return { item_id: this.#place.id, output_index: this.#place.outputIndex, summary_index: 0 };
  }
}

/** One call of a function or of a tool that takes free text. */
export class CallWriter implements ItemWriter {
  readonly #emit: Emit;
  readonly #place: ItemPlace;
  readonly #call: ToolStartEvent;
  #input = '';
  #status: 'in_progress' | ItemStatus = 'in_progress';

  constructor(call: ToolStartEvent, place: ItemPlace, emit: Emit) {
    this.#call = call;
    this.#place = place;
    this.#emit = emit;
    emit('output_item.added', { output_index: place.outputIndex, item: this.item });
  }

  get item(): Fields {
    const { id, name, namespace, kind } = this.#call;
    const space = namespace === undefined ? {} : { namespace };
    const input = kind === 'custom' ? { input: this.#input } : { arguments: this.#input };
    const type = kind === 'custom' ? 'custom_tool_call' : 'function_call';
    return { id: this.#place.id, type, status: this.#status, ...input, call_id: id, name, ...space };
  }

  get isOpen(): boolean {
    return this.#status === 'in_progress';
  }

  input(delta: string): void {
    if (delta === '' || !this.isOpen) return;
    this.#input += delta;
    const type = this.#call.kind === 'custom' ? 'custom_tool_call_input.delta' : 'function_call_arguments.delta';
    this.#emit(type, { ...this.#at, delta });
  }

  /** Programs parse the arguments of a whole call: one without any has an empty object. */
  close(status: ItemStatus): void {
    if (!this.isOpen) return;
    const isCustom = this.#call.kind === 'custom';
    if (!isCustom && this.#input === '' && status === 'completed') this.input('{}');
    this.#status = status;
    if (isCustom) this.#emit('custom_tool_call_input.done', { ...this.#at, input: this.#input });
    else this.#emit('function_call_arguments.done', { ...this.#at, arguments: this.#input });
    this.#emit('output_item.done', { output_index: this.#place.outputIndex, item: this.item });
  }

  get #at(): Fields {
    return { item_id: this.#place.id, output_index: this.#place.outputIndex };
  }
}

/** A picture that the model made comes in one piece. */
export class PictureWriter implements ItemWriter {
  readonly item: Fields;
  readonly #emit: Emit;
  readonly #place: ItemPlace;

  constructor(mediaType: string, data: string, place: ItemPlace, emit: Emit) {
    this.#emit = emit;
    this.#place = place;
    const head = { id: place.id, type: 'image_generation_call' };
    emit('output_item.added', { output_index: place.outputIndex, item: { ...head, status: 'in_progress', result: null } });
    this.item = { ...head, status: 'completed', output_format: mediaType.split('/')[1] ?? 'png', result: data };
  }

  close(): void {
    const { id, outputIndex } = this.#place;
    this.#emit('image_generation_call.completed', { output_index: outputIndex, item_id: id });
    this.#emit('output_item.done', { output_index: outputIndex, item: this.item });
  }
}
