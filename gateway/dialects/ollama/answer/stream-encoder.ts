/** Writes a streamed answer as Ollama does: one JSON object a line, the last with `done: true` and the metrics (docs/api.md). */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent, FinishReason } from '../../../chat/event.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { AnswerOptions, StreamEncoder } from '../../codec.ts';
import type { Fields } from '../../json/fields.ts';
import type { AnswerShape, LineContent } from './answer-shape.ts';
import { encodeFinish } from '../finish-reasons.ts';
import { HeldCalls } from './held-calls.ts';
import { encodeLogprobs } from './logprobs.ts';
import { isPicture, noteLosses } from '../request/note-losses.ts';
import { encodeTimestamp } from '../timestamps.ts';
import { encodeMetrics } from '../usage.ts';

export function createStreamEncoder(shape: AnswerShape, options: AnswerOptions): StreamEncoder {
  return new LineEncoder(shape, options);
}

class LineEncoder implements StreamEncoder {
  readonly #shape: AnswerShape;
  readonly #options: AnswerOptions;
  readonly #calls: HeldCalls;
  /** What every line begins with. */
  #head: Fields | null = null;
  #usage: Usage | null = null;
  #reason: FinishReason | null = null;

  constructor(shape: AnswerShape, options: AnswerOptions) {
    this.#shape = shape;
    this.#options = options;
    this.#calls = new HeldCalls(options.notes);
  }

  push(event: ChatEvent): string {
    if ('choice' in event && event.choice) return '';
    noteLosses(event, this.#options.notes);
    switch (event.type) {
      case 'start':
        this.#head = { model: event.model, created_at: encodeTimestamp(event.createdAtSeconds) };
        return '';
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        this.#reason = event.reason;
        return this.#writeCalls(this.#calls.takeAll());
      case 'tool-start':
        this.#calls.begin(event);
        return '';
      case 'tool-input':
        this.#calls.add(event.index, event.text);
        return '';
      case 'tool-end':
        return this.#writeCalls(this.#calls.take(event.index));
      default:
        return this.#writeContent(event);
    }
  }

  end(): string {
    if (this.#reason === null || this.#head === null) throw unfinishedAnswer();
    const metrics = encodeMetrics(this.#usage, this.#options.inputTokensEstimate);
    const last = { done: true, done_reason: encodeFinish(this.#reason), ...this.#shape.last, ...metrics };
    return this.#writeCalls(this.#calls.takeAll()) + this.#write({}, last);
  }

  #writeContent(event: ChatEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return event.text === '' ? '' : this.#write({ text: event.text });
      case 'reasoning':
        return event.text === '' ? '' : this.#write({ thinking: event.text });
      case 'media':
        return isPicture(event.mediaType) ? this.#write({ images: [event.data] }) : '';
      case 'logprobs':
        return event.tokens.length === 0 ? '' : this.#write({}, { done: false, logprobs: encodeLogprobs(event.tokens) });
      default:
        return '';
    }
  }

  #writeCalls(calls: readonly Fields[]): string {
    return calls.length === 0 ? '' : this.#write({ calls });
  }

  #write(content: LineContent, more: Fields = { done: false }): string {
    const head = this.#head ?? { model: this.#options.request.model, created_at: encodeTimestamp(0) };
    return `${JSON.stringify({ ...head, ...this.#shape.write(content), ...more })}\n`;
  }
}
