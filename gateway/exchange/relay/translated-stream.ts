/** Relays a stream from another dialect: each event is read, and written in the client's dialect as soon as it means something. */
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import type { Usage } from '../../chat/usage.ts';
import { rawJson } from '../../dialects/json/raw-json.ts';
import type { ServerSentEvent } from '../../dialects/sse/read-events.ts';
import { answerFailure } from './answer-failure.ts';
import type { BodySink } from './body-sink.ts';
import { ClientStream, type ClientStreamInput } from './client-stream.ts';
import { isContent } from './stream-prelude.ts';
import { type Blocks, type FramingFacts, framings } from './framing.ts';
import { eventLimitBytes } from './passthrough-stream.ts';
import type { StreamTranslation, Translation } from '../translation/translation.ts';

/** What no model's answer comes near to; a hostile one must not be gathered without end. */
const mostEvents = 4_000_000;
const mostContentBytes = 64 * 1024 * 1024;

export interface TranslatedStreamInput extends Omit<ClientStreamInput, 'read'> {
  readonly translation: Translation;
  readonly machines: StreamTranslation;
  /** The key that was sent, never to be repeated to anyone. */
  readonly key: string | null;
}

export class TranslatedStream implements BodySink {
  readonly client: ClientStream;
  readonly #input: TranslatedStreamInput;
  readonly #blocks: Blocks;
  readonly #readBlock: FramingFacts['readBlock'];
  /** What the block being read has made so far, for the client. */
  #text = '';
  #hasContent = false;
  #usage: Usage | null = null;
  #rawUsage: unknown = null;
  #events = 0;
  #allEvents = 0;
  #contentBytes = 0;

  constructor(input: TranslatedStreamInput) {
    this.#input = input;
    const framing = framings[input.translation.wire.framing];
    this.#blocks = framing.createBlocks(eventLimitBytes);
    this.#readBlock = framing.readBlock;
    this.client = new ClientStream({ ...input, read: () => this.#read() });
  }

  push(chunk: Buffer): void {
    // One that goes on after its end may never stop.
    if (this.client.over) return this.#input.host.abortUpstream();
    this.#guarded(() => this.#take(chunk));
  }

  end(): void {
    if (this.client.over) return;
    this.#guarded(() => {
      this.#takeRest();
      if (this.client.over) return;
      this.#encode(this.#input.machines.decoder.end());
      this.#complete();
    });
  }

  fail(error: GatewayError): void {
    this.client.fail(error);
  }

  #take(chunk: Buffer): void {
    const block = this.#blocks.push(chunk);
    if (block !== null) this.#takeBlock(block);
  }

  /** A last line may lack its end, and a last event its blank line, as some servers' do; half of one is none. */
  #takeRest(): void {
    const rest = this.#blocks.rest();
    if (rest.length > 0 && this.#readBlock(rest).every(isWhole)) this.#takeBlock(rest);
  }

  /** Everything that the block makes goes out in one piece. */
  #takeBlock(block: Buffer): void {
    const { decoder } = this.#input.machines;
    for (const { data, event } of this.#readBlock(block)) {
      if (data === null) continue;
      this.#encode(decoder.push(data, event));
      if (decoder.ended) return this.#complete();
    }
    this.#pass();
  }

  #encode(events: readonly ChatEvent[]): void {
    const { restorer, encoder } = this.#input.machines;
    for (const decoded of events) {
      for (const event of restorer.push(decoded)) {
        this.#note(event);
        this.#hasContent ||= isContent(event);
        this.#text += encoder.push(event);
      }
    }
  }

  /** @throws GatewayError `upstream-too-large`: some clients' formats have the whole answer in the last event */
  #note(event: ChatEvent): void {
    this.#input.machines.observe(event);
    this.#allEvents += 1;
    if (this.#allEvents > mostEvents || this.#contentBytes > mostContentBytes) {
      throw new GatewayError('upstream-too-large', "the provider's answer does not end");
    }
    if (event.type === 'usage') {
      this.#usage = event.usage;
      this.#rawUsage = event.raw;
    } else if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-input') {
      this.#events += 1;
      this.#contentBytes += Buffer.byteLength(event.text);
    }
  }

  #pass(): void {
    if (this.#hasContent) this.client.begin();
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    if (this.client.hasContent) this.client.write(bytes);
    else this.client.holdOpening(bytes);
  }

  #complete(): void {
    const last = Buffer.from(this.#input.machines.encoder.end());
    this.#pass();
    this.#input.machines.complete();
    this.client.complete(last);
  }

  #read(): ReturnType<ClientStreamInput['read']> {
    const seen = this.#events === 0 ? null : { events: this.#events, contentBytes: this.#contentBytes };
    return { usage: this.#usage, rawUsageJson: rawJson(this.#rawUsage), seen };
  }

  /** What cannot be read, or says that it failed, ends the stream here. */
  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#input.host.abortUpstream();
      // What came in the same block before it broke is the client's, as if it had come alone.
      if (this.client.begun && !this.client.over) this.#pass();
      this.fail(answerFailure(error, this.#input.key));
    }
  }
}

function isWhole({ data }: ServerSentEvent): boolean {
  if (data === null || data.trim() === '[DONE]') return true;
  try {
    // Half a number is a number, too.
    return typeof JSON.parse(data) !== 'number';
  } catch {
    return false;
  }
}
