/** Readers of one output item each: they take its pieces as they come, and from its end only what is still missing. */
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import { type Fields, isAbsent, isFields } from '../../../json/fields.ts';
import { decodeCitation, decodeHosted, decodeLogprobs } from '../request/decode-parts.ts';
import { dialectName } from '../dialect-name.ts';

export interface ItemReader {
  /** A piece of it. @param type the event's, without `response.` */
  read(type: string, event: Fields): readonly ChatEvent[];
  /** It is whole. */
  done(item: Fields): readonly ChatEvent[];
}

/** What the items of one answer share. */
export interface AnswerProgress {
  /** Characters of text so far, over all messages: citations count from the first. */
  textLength: number;
  toolCalls: number;
}

/**
 * @param item as it is announced, or whole
 * @param progress counts on with what the item adds
 * @throws GatewayError `upstream-protocol` for a call without a name or an id
 */
export function createItemReader(item: Fields, progress: AnswerProgress): ItemReader {
  switch (item.type) {
    case 'message':
      return new MessageReader(progress);
    case 'reasoning':
      return new ReasoningReader();
    case 'function_call':
    case 'custom_tool_call':
      return new CallReader(item, progress);
    default:
      return { read: () => [], done: (whole) => [decodeHosted(whole, String(whole.type), dialectName)] };
  }
}

/** The rest of a text whose beginning has been passed on; nothing when the two disagree, for the pieces are already out. */
function rest(sent: string, whole: unknown): string {
  return typeof whole === 'string' && whole.startsWith(sent) ? whole.slice(sent.length) : '';
}

interface Passage {
  readonly type: 'text' | 'refusal';
  readonly base: number;
  text: string;
  citations: number;
  logprobs: number;
}

class MessageReader implements ItemReader {
  readonly #progress: AnswerProgress;
  readonly #passages = new Map<number, Passage>();

  constructor(progress: AnswerProgress) {
    this.#progress = progress;
  }

  read(type: string, event: Fields): readonly ChatEvent[] {
    const index = typeof event.content_index === 'number' ? event.content_index : 0;
    switch (type) {
      case 'output_text.delta':
        return [...this.#add(index, 'text', event.delta), ...this.#addLogprobs(index, event.logprobs)];
      case 'refusal.delta':
        return this.#add(index, 'refusal', event.delta);
      case 'output_text.done':
        return this.#complete(index, { type: 'output_text', text: event.text, logprobs: event.logprobs });
      case 'refusal.done':
        return this.#complete(index, { type: 'refusal', refusal: event.refusal });
      case 'output_text.annotation.added':
        return this.#cite(index, [event.annotation]);
      case 'content_part.done':
        return this.#complete(index, event.part);
      default:
        return [];
    }
  }

  done(item: Fields): readonly ChatEvent[] {
    const content: readonly unknown[] = Array.isArray(item.content) ? item.content : [];
    return content.flatMap((part, index) => this.#complete(index, part));
  }

  #complete(index: number, part: unknown): readonly ChatEvent[] {
    if (!isFields(part)) return [];
    const sent = this.#passages.get(index);
    if (part.type === 'refusal') return this.#add(index, 'refusal', rest(sent?.text ?? '', part.refusal));
    if (part.type !== 'output_text') return [];
    const annotations: readonly unknown[] = Array.isArray(part.annotations) ? part.annotations : [];
    return [
      ...this.#add(index, 'text', rest(sent?.text ?? '', part.text)),
      // Probabilities come with the pieces or, from some, only here; never in part.
      ...(sent && sent.logprobs > 0 ? [] : this.#addLogprobs(index, part.logprobs)),
      ...this.#cite(index, annotations.slice(sent?.citations ?? 0)),
    ];
  }

  #add(index: number, type: Passage['type'], text: unknown): readonly ChatEvent[] {
    if (typeof text !== 'string' || text === '') return [];
    const passage = this.#open(index, type);
    passage.text += text;
    if (type === 'text') this.#progress.textLength += text.length;
    return [{ type, text }];
  }

  #addLogprobs(index: number, value: unknown): readonly ChatEvent[] {
    const tokens = decodeLogprobs(value);
    if (tokens.length === 0) return [];
    this.#open(index, 'text').logprobs += tokens.length;
    return [{ type: 'logprobs', tokens }];
  }

  #cite(index: number, annotations: readonly unknown[]): readonly ChatEvent[] {
    return annotations.flatMap((annotation) => {
      if (!isFields(annotation)) return [];
      const passage = this.#open(index, 'text');
      passage.citations += 1;
      return [{ type: 'citation' as const, citation: decodeCitation(annotation, passage.base) }];
    });
  }

  #open(index: number, type: Passage['type']): Passage {
    let passage = this.#passages.get(index);
    if (!passage) {
      passage = { type, base: this.#progress.textLength, text: '', citations: 0, logprobs: 0 };
      this.#passages.set(index, passage);
    }
    return passage;
  }
}

/** Its summary has parts, and so may its text have; a blank line stands between two. */
class ReasoningReader implements ItemReader {
  readonly #parts = new Map<string, string>();
  #last: string | null = null;

  read(type: string, event: Fields): readonly ChatEvent[] {
    const summary = `summary.${String(event.summary_index ?? 0)}`;
    const content = `content.${String(event.content_index ?? 0)}`;
    switch (type) {
      case 'reasoning_summary_text.delta':
        return this.#add(summary, event.delta);
      case 'reasoning_summary_text.done':
        return this.#complete(summary, event.text);
      case 'reasoning_text.delta':
        return this.#add(content, event.delta);
      case 'reasoning_text.done':
        return this.#complete(content, event.text);
      default:
        return [];
    }
  }

  done(item: Fields): readonly ChatEvent[] {
    const { encrypted_content: sealed } = item;
    const seal = typeof sealed === 'string' && sealed !== '' ? { maker: 'openai' as const, data: sealed } : null;
    const texts = [...this.#completeAll('summary', item.summary), ...this.#completeAll('content', item.content)];
    return [...texts, { type: 'reasoning-end', seal, redacted: false }];
  }

  #completeAll(kind: string, value: unknown): readonly ChatEvent[] {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    return parts.flatMap((part, index) => (isFields(part) ? this.#complete(`${kind}.${index}`, part.text) : []));
  }

  #complete(part: string, whole: unknown): readonly ChatEvent[] {
    return this.#add(part, rest(this.#parts.get(part) ?? '', whole));
  }

  #add(part: string, text: unknown): readonly ChatEvent[] {
    if (typeof text !== 'string' || text === '') return [];
    const isNext = this.#last !== null && this.#last !== part;
    this.#last = part;
    this.#parts.set(part, (this.#parts.get(part) ?? '') + text);
    return [{ type: 'reasoning', text: isNext ? `\n\n${text}` : text }];
  }
}

/** A call starts with its item, so that its name is known before its input. */
class CallReader implements ItemReader {
  readonly #index: number;
  readonly #start: ChatEvent;
  readonly #first: unknown;
  #started = false;
  #input = '';

  constructor(item: Fields, progress: AnswerProgress) {
    const { name, namespace } = item;
    const id = [item.call_id, item.id].find((each) => typeof each === 'string' && each !== '');
    if (typeof name !== 'string' || name === '' || typeof id !== 'string') {
      throw new GatewayError('upstream-protocol', 'The provider sent a tool call without a name or an id.');
    }
    this.#index = progress.toolCalls;
    progress.toolCalls += 1;
    const kind = item.type === 'custom_tool_call' ? 'custom' : 'function';
    const space = typeof namespace === 'string' && namespace !== '' ? { namespace } : {};
    this.#start = { type: 'tool-start', index: this.#index, id, name, ...space, kind };
    this.#first = inputOf(item);
  }

  read(type: string, event: Fields): readonly ChatEvent[] {
    switch (type) {
      case 'output_item.added':
        return this.#complete(this.#first);
      case 'function_call_arguments.delta':
      case 'custom_tool_call_input.delta':
        return this.#add(event.delta);
      case 'function_call_arguments.done':
      case 'custom_tool_call_input.done':
        return this.#complete(inputOf(event));
      default:
        return [];
    }
  }

  done(item: Fields): readonly ChatEvent[] {
    return [...this.#complete(inputOf(item)), { type: 'tool-end', index: this.#index }];
  }

  #complete(whole: unknown): readonly ChatEvent[] {
    return [...this.#open(), ...this.#add(rest(this.#input, whole))];
  }

  #add(text: unknown): readonly ChatEvent[] {
    const opening = this.#open();
    if (typeof text !== 'string' || text === '') return opening;
    this.#input += text;
    return [...opening, { type: 'tool-input', index: this.#index, text }];
  }

  #open(): readonly ChatEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [this.#start];
  }
}

/** Some servers write arguments as an object instead of its text. */
function inputOf(fields: Fields): unknown {
  const input = fields.arguments ?? fields.input;
  return typeof input === 'string' || isAbsent(input) ? input : JSON.stringify(input);
}
