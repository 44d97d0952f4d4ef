/** Reads a shadow's answer for its figures alone: how much text, when it began, what was used. Nothing of it is kept. */
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import type { Usage } from '../../chat/usage.ts';
import type { StreamDecoder } from '../../dialects/codec.ts';
import { rawJson } from '../../dialects/json/raw-json.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { OutputSeen } from '../../money/estimate-tokens.ts';
import { type Blocks, type FramingFacts, framings } from '../relay/framing.ts';
import { isContent } from '../relay/stream-prelude.ts';
import { isWhole } from '../relay/translated-stream.ts';
import { parseAnswer } from '../translation/translation.ts';

export interface AnswerFigures {
  readonly usage: Usage | null;
  /** The provider's own usage object. */
  readonly rawUsageJson: string | null;
  /** For an estimate, when the provider gave no usage; null when nothing was received. */
  readonly seen: OutputSeen | null;
  /** Characters; null where it was no text, or none of it was read. */
  readonly textLength: number | null;
}

/** Each function throws what its dialect's reader throws. */
export interface AnswerReader {
  /** @returns whether the answer is complete */
  push(chunk: Buffer): boolean;
  /** The connection has ended in good order. */
  end(): void;
  readonly hasContent: boolean;
  figures(): AnswerFigures;
}

export function readAnswer(wire: Dialect, isStream: boolean): AnswerReader {
  return isStream && wire.chat ? new StreamReading(wire, wire.chat.createStreamDecoder()) : new WholeReading(wire);
}

class StreamReading implements AnswerReader {
  readonly #decoder: StreamDecoder;
  readonly #blocks: Blocks;
  readonly #readBlock: FramingFacts['readBlock'];
  readonly #tally = new Tally();

  constructor({ framing }: Dialect, decoder: StreamDecoder) {
    this.#decoder = decoder;
    this.#blocks = framings[framing].createBlocks(longestAnswerBytes);
    this.#readBlock = framings[framing].readBlock;
  }

  get hasContent(): boolean {
    return this.#tally.hasContent;
  }

  push(chunk: Buffer): boolean {
    const block = this.#blocks.push(chunk);
    if (block !== null) this.#take(block);
    return this.#decoder.ended;
  }

  end(): void {
    const rest = this.#blocks.rest();
    // A last line may lack its end, and a last event its blank line, as some servers' do; half of one is none.
    if (rest.length > 0 && this.#readBlock(rest).every(isWhole)) this.#take(rest);
    if (!this.#decoder.ended) this.#tally.add(this.#decoder.end());
  }

  figures(): AnswerFigures {
    return this.#tally.figures();
  }

  #take(block: Buffer): void {
    for (const { data, event } of this.#readBlock(block)) {
      if (data === null || this.#decoder.ended) continue;
      this.#tally.add(this.#decoder.push(data, event));
    }
  }
}

/** What a copy's answer may be at most: no model's text comes near, and nobody waits for more. */
export const longestAnswerBytes = 8 * 1024 * 1024;

export const noFigures: AnswerFigures = { usage: null, rawUsageJson: null, seen: null, textLength: null };

class WholeReading implements AnswerReader {
  readonly hasContent = false;
  readonly #wire: Dialect;
  #chunks: Buffer[] = [];
  #figures: AnswerFigures = noFigures;

  constructor(wire: Dialect) {
    this.#wire = wire;
  }

  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return false;
  }

  end(): void {
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    const { usage, rawUsageJson, errorMessage } = this.#wire.readWhole(body);
    if (errorMessage !== null) throw new GatewayError('upstream-failed', `the provider answered with an error: ${errorMessage}`);
    const tally = new Tally();
    if (this.#wire.chat) tally.add(this.#wire.chat.decodeAnswer(parseAnswer(body)));
    const seen = usage ? null : { events: 0, contentBytes: this.#wire.measureAnswer(body) };
    this.#figures = { usage, rawUsageJson, seen, textLength: this.#wire.chat ? (tally.figures().textLength ?? 0) : null };
  }

  figures(): AnswerFigures {
    return this.#figures;
  }
}

/** Counts what events hold. */
class Tally {
  hasContent = false;
  #usage: Usage | null = null;
  #rawUsage: unknown = null;
  #textLength = 0;
  #events = 0;
  #contentBytes = 0;

  add(events: readonly ChatEvent[]): void {
    for (const event of events) {
      this.hasContent ||= isContent(event);
      if (event.type === 'usage') [this.#usage, this.#rawUsage] = [event.usage, event.raw];
      if (event.type === 'text' || event.type === 'refusal') this.#textLength += event.text.length;
      if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-input') {
        this.#events += 1;
        this.#contentBytes += Buffer.byteLength(event.text);
      }
    }
  }

  figures(): AnswerFigures {
    const seen = this.#events === 0 ? null : { events: this.#events, contentBytes: this.#contentBytes };
    const textLength = this.hasContent ? this.#textLength : null;
    return { usage: this.#usage, rawUsageJson: rawJson(this.#rawUsage), seen, textLength };
  }
}
