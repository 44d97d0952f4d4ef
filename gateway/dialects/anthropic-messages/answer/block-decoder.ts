/** Reads the content blocks of an answer, which a stream tells piece by piece and a whole answer at once. */
import { GatewayError } from '../../../chat/error.ts';
import type { ChatEvent, Citation } from '../../../chat/event.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { dialectName } from '../abilities.ts';
import { decodeCitation } from '../citations.ts';
import { writeToolInput } from '../tool-input.ts';

type OpenBlock =
  | { readonly type: 'text'; readonly start: number; readonly citations: Citation[] }
  | { readonly type: 'thinking'; signature: string; hasText: boolean }
  /** `input` is what the start told whole; it counts unless pieces follow. */
  | { readonly type: 'call'; readonly index: number; readonly input: unknown; hasPieces: boolean }
  | { readonly type: 'other' };

export class BlockDecoder {
  readonly #messageId: string;
  readonly #open = new Map<number, OpenBlock>();
  #calls = 0;
  #textLength = 0;

  constructor(messageId: string) {
    this.#messageId = messageId;
  }

  get hasCalls(): boolean {
    return this.#calls > 0;
  }

  /** @throws GatewayError `upstream-protocol` */
  start(index: number, block: Fields): ChatEvent[] {
    const before = this.stop(index);
    switch (block.type) {
      case 'text':
        return [...before, ...this.#startText(index, block)];
      case 'thinking':
        return [...before, ...this.#startThinking(index, block)];
      case 'redacted_thinking':
        this.#open.set(index, { type: 'other' });
        return [...before, ...redactedThinking(block)];
      case 'tool_use':
        return [...before, this.#startCall(index, block)];
      default:
        this.#open.set(index, { type: 'other' });
        return [...before, { type: 'native', dialect: dialectName, name: textOf(block.type) || 'unknown' }];
    }
  }

  /** @throws GatewayError `upstream-protocol` */
  delta(index: number, delta: Fields): ChatEvent[] {
    const block = this.#open.get(index);
    if (block?.type === 'other') return [];
    switch (delta.type) {
      case 'text_delta':
        return block ? this.#text(textOf(delta.text)) : this.#startText(index, delta);
      case 'thinking_delta':
        return block ? this.#thinking(block, textOf(delta.thinking)) : this.#startThinking(index, delta);
      case 'signature_delta':
        if (block?.type === 'thinking') block.signature = textOf(delta.signature) || block.signature;
        return [];
      case 'citations_delta':
        if (block?.type === 'text') addCitations(block, [delta.citation]);
        return [];
      case 'input_json_delta':
        return callPiece(block, textOf(delta.partial_json));
      default:
        return [];
    }
  }

  stop(index: number): ChatEvent[] {
    const block = this.#open.get(index);
    if (!block) return [];
    this.#open.delete(index);
    return this.#end(block);
  }

  /** Ends what the stream left open. */
  stopAll(): ChatEvent[] {
    return [...this.#open.keys()].flatMap((index) => this.stop(index));
  }

  #startText(index: number, block: Fields): ChatEvent[] {
    const text = { type: 'text' as const, start: this.#textLength, citations: [] };
    if (Array.isArray(block.citations)) addCitations(text, block.citations);
    this.#open.set(index, text);
    return this.#text(textOf(block.text));
  }

  #startThinking(index: number, block: Fields): ChatEvent[] {
    const thinking = { type: 'thinking' as const, signature: textOf(block.signature), hasText: false };
    this.#open.set(index, thinking);
    return this.#thinking(thinking, textOf(block.thinking));
  }

  #startCall(index: number, block: Fields): ChatEvent {
    const name = textOf(block.name);
    if (name === '') throw new GatewayError('upstream-protocol', 'the provider called a tool without a name');
    const call = { type: 'call' as const, index: this.#calls, input: block.input, hasPieces: false };
    this.#calls += 1;
    this.#open.set(index, call);
    const id = textOf(block.id) || `${this.#messageId}_${call.index}`;
    return { type: 'tool-start', index: call.index, id, name, kind: 'function' };
  }

  #text(text: string): ChatEvent[] {
    this.#textLength += text.length;
    return text === '' ? [] : [{ type: 'text', text }];
  }

  #thinking(block: OpenBlock, text: string): ChatEvent[] {
    if (text === '') return [];
    if (block.type === 'thinking') block.hasText = true;
    return [{ type: 'reasoning', text }];
  }

  #end(block: OpenBlock): ChatEvent[] {
    switch (block.type) {
      case 'text': {
        const place = { start: block.start, end: this.#textLength };
        return block.citations.map((citation) => ({ type: 'citation', citation: { ...citation, ...place } }));
      }
      case 'thinking':
        return endThinking(block.signature, block.hasText);
      case 'call':
        return [...wholeInput(block), { type: 'tool-end', index: block.index }];
      default:
        return [];
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function addCitations(block: { readonly citations: Citation[] }, values: readonly unknown[]): void {
  for (const value of values) {
    const citation = decodeCitation(value);
    if (citation) block.citations.push(citation);
  }
}

function redactedThinking(block: Fields): ChatEvent[] {
  const data = textOf(block.data);
  return data === '' ? [] : [{ type: 'reasoning-end', seal: { maker: 'anthropic', data }, redacted: true }];
}

function endThinking(signature: string, hasText: boolean): ChatEvent[] {
  if (signature === '' && !hasText) return [];
  const seal = signature === '' ? null : { maker: 'anthropic' as const, data: signature };
  return [{ type: 'reasoning-end', seal, redacted: false }];
}

function callPiece(block: OpenBlock | undefined, text: string): ChatEvent[] {
  if (block?.type !== 'call')
    throw new GatewayError('upstream-protocol', 'the provider sent the input of a call that it never began');
  if (text === '') return [];
  block.hasPieces = true;
  return [{ type: 'tool-input', index: block.index, text }];
}

function wholeInput({ index, input, hasPieces }: Extract<OpenBlock, { type: 'call' }>): ChatEvent[] {
  const isEmpty = input === undefined || input === null || input === '' || (isFields(input) && Object.keys(input).length === 0);
  // A call without arguments is told as an empty object, so that what is sent on is sound JSON.
  return hasPieces ? [] : [{ type: 'tool-input', index, text: isEmpty ? '{}' : writeToolInput(input) }];
}
