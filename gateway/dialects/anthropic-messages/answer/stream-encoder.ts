/** Writes the streamed answer of `POST /v1/messages` as Anthropic does: one block after the other, each with its own index. */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent, ToolStartEvent } from '../../../chat/event.ts';
import { type Seal, writeSeal } from '../../../chat/seal.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { AnswerOptions, StreamEncoder } from '../../codec.ts';
import { encodeCitation } from '../citations.ts';
import { encodeDelta, encodeFrame } from '../encode-frame.ts';
import { encodeHead, toolUseHead } from './encode-head.ts';
import { encodeStopReason } from '../finish-reasons.ts';
import { encodeCounts } from '../usage.ts';

export function createStreamEncoder(options: AnswerOptions): StreamEncoder {
  return new AnthropicStreamEncoder(options);
}

type PassageType = 'text' | 'refusal' | 'thinking';

class AnthropicStreamEncoder implements StreamEncoder {
  readonly #options: AnswerOptions;
  #nextIndex = 0;
  /** The block that grows now, beside calls. */
  #passage: { readonly type: PassageType; readonly index: number } | null = null;
  /** The blocks of calls that are not complete, by the call's index. */
  readonly #calls = new Map<number, number>();
  /** A seal of the text before it, until it is known that no call follows: see `placeGeminiSeals`. */
  #textSeal: Seal | null = null;
  #usage: Usage | null = null;
  #finish: Extract<ChatEvent, { type: 'finish' }> | null = null;
  #hasCalls = false;
  #refused = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  push(event: ChatEvent): string {
    if ('choice' in event && event.choice !== undefined && event.choice > 0) return '';
    switch (event.type) {
      case 'start':
        return encodeFrame({ type: 'message_start', message: encodeHead(event, this.#options) });
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        this.#finish = event;
        return '';
      case 'tool-start':
        return this.#startCall(event);
      case 'tool-input':
        return this.#addInput(event.index, event.text);
      case 'tool-end':
        return this.#endCall(event.index);
      case 'text-seal':
        this.#textSeal = event.seal;
        return this.#closePassage();
      case 'citation':
        return this.#cite(event);
      default:
        return this.#pushPassage(event);
    }
  }

  end(): string {
    if (!this.#finish) throw unfinishedAnswer();
    const open = [...this.#calls.keys()].map((index) => this.#endCall(index)).join('');
    const { reason, stopSequence = null } = this.#finish;
    const stopReason = encodeStopReason({ reason, stopSequence, hasCalls: this.#hasCalls, refused: this.#refused });
    const delta = { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: null, container: null };
    const usage = encodeCounts(this.#usage, this.#options.inputTokensEstimate);
    return (
      this.#closePassage() +
      this.#writeTextSeal() +
      open +
      encodeFrame({ type: 'message_delta', delta, usage }) +
      encodeFrame({ type: 'message_stop' })
    );
  }

  #pushPassage(event: Exclude<ChatEvent, ToolStartEvent>): string {
    switch (event.type) {
      case 'text':
        return event.text === '' ? '' : this.#addText('text', 'text_delta', 'text', event.text);
      case 'refusal':
        this.#refused = true;
        return event.text === '' ? '' : this.#addText('refusal', 'text_delta', 'text', event.text);
      case 'reasoning':
        return event.text === '' ? '' : this.#addText('thinking', 'thinking_delta', 'thinking', event.text);
      case 'reasoning-end':
        return this.#endReasoning(event.seal, event.redacted);
      case 'media':
        this.#options.notes.drop('answer.media', 'an answer of Anthropic holds no pictures or sounds');
        return this.#closePassage();
      case 'logprobs':
        this.#options.notes.drop('answer.logprobs', 'an answer of Anthropic holds no probabilities');
        return '';
      case 'native':
        this.#options.notes.drop(`answer.${event.name}`, `it means something in ${event.dialect} alone`);
        return '';
      default:
        return '';
    }
  }

  #addText(type: PassageType, delta: string, field: string, text: string): string {
    if (this.#passage?.type === type) return encodeDelta(this.#passage.index, delta, field, text);
    const opening = this.#openPassage(type);
    return opening + encodeDelta(this.#nextIndex - 1, delta, field, text);
  }

  #openPassage(type: PassageType): string {
    const closing = this.#closePassage() + this.#writeTextSeal();
    this.#passage = { type, index: this.#takeIndex() };
    const block = type === 'thinking' ? { type, thinking: '', signature: '' } : { type: 'text', text: '' };
    return closing + startBlock(this.#passage.index, block);
  }

  #closePassage(): string {
    if (!this.#passage) return '';
    const { index } = this.#passage;
    this.#passage = null;
    return stopBlock(index);
  }

  /** Thoughts that were shown keep their block; what was only sealed gets one of its own. */
  #endReasoning(seal: Seal | null, redacted: boolean): string {
    if (this.#passage?.type === 'thinking') return (seal ? this.#sign(this.#passage.index, seal) : '') + this.#closePassage();
    if (!seal) return '';
    if (!redacted) return this.#writeSealBlock(seal);
    const closing = this.#closePassage() + this.#writeTextSeal();
    const index = this.#takeIndex();
    return closing + startBlock(index, { type: 'redacted_thinking', data: writeSeal(seal, 'anthropic') }) + stopBlock(index);
  }

  #sign(index: number, seal: Seal): string {
    const delta = { type: 'signature_delta', signature: writeSeal(seal, 'anthropic') };
    return encodeFrame({ type: 'content_block_delta', index, delta });
  }

  /** A thinking block without thoughts, to carry a seal. */
  #writeSealBlock(seal: Seal): string {
    const opening = this.#openPassage('thinking');
    const { index } = this.#passage ?? { index: 0 };
    return opening + this.#sign(index, seal) + this.#closePassage();
  }

  #writeTextSeal(): string {
    const seal = this.#textSeal;
    this.#textSeal = null;
    return seal === null ? '' : this.#writeSealBlock(seal);
  }

  #startCall(event: ToolStartEvent): string {
    if (this.#textSeal && !event.seal) {
      this.#options.notes.drop('answer.text.seal', 'between text and a call it would be taken for the seal of the call');
      this.#textSeal = null;
    }
    const opening = this.#endCall(event.index) + this.#closePassage() + this.#writeTextSeal();
    const sealed = event.seal ? this.#writeSealBlock(event.seal) : '';
    const index = this.#takeIndex();
    this.#hasCalls = true;
    this.#calls.set(event.index, index);
    return opening + sealed + startBlock(index, { ...toolUseHead(event, this.#options), input: {} });
  }

  #addInput(call: number, text: string): string {
    const index = this.#calls.get(call);
    if (index === undefined || text === '') return '';
    return encodeDelta(index, 'input_json_delta', 'partial_json', text);
  }

  #endCall(call: number): string {
    const index = this.#calls.get(call);
    if (index === undefined) return '';
    this.#calls.delete(call);
    return stopBlock(index);
  }

  #cite({ citation }: Extract<ChatEvent, { type: 'citation' }>): string {
    const encoded = encodeCitation(citation);
    if (this.#passage?.type === 'text' && encoded) {
      const delta = { type: 'citations_delta', citation: encoded };
      return encodeFrame({ type: 'content_block_delta', index: this.#passage.index, delta });
    }
    this.#options.notes.drop('answer.citation', 'Anthropic cites only addresses, and only behind text');
    return '';
  }

  #takeIndex(): number {
    this.#nextIndex += 1;
    return this.#nextIndex - 1;
  }
}

function startBlock(index: number, block: object): string {
  return encodeFrame({ type: 'content_block_start', index, content_block: block });
}

function stopBlock(index: number): string {
  return encodeFrame({ type: 'content_block_stop', index });
}
