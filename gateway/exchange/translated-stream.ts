/** Relays a stream from another dialect: each event is read, and written in the client's dialect as soon as it means something. */
import { GatewayError } from '../chat/error.ts';
import type { ChatEvent } from '../chat/event.ts';
import type { Usage } from '../chat/usage.ts';
import { EventTooLargeError } from '../dialects/sse/event-blocks.ts';
import type { ServerSentEvent } from '../dialects/sse/read-events.ts';
import type { BodySink } from './body-sink.ts';
import { ClientStream, type ClientStreamInput } from './client-stream.ts';
import { type Blocks, framings } from './framing.ts';
import { eventLimitBytes } from './passthrough-stream.ts';
import { rawJson, type StreamTranslation, type Translation } from './translation.ts';
import { withoutKey } from './upstream-error.ts';

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
  #usage: Usage | null = null;
  #rawUsage: unknown = null;
  #events = 0;
  #contentBytes = 0;

  constructor(input: TranslatedStreamInput) {
    this.#input = input;
    this.#blocks = framings[input.translation.wire.framing].createBlocks(eventLimitBytes);
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
      const { decoder, encoder } = this.#input.machines;
      this.#takeRest();
      if (this.client.over) return;
      const { text, hasContent } = this.#encode(decoder.end());
      this.#complete(text, hasContent, encoder.end());
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
    const { framing } = this.#input.translation.wire;
    if (rest.length > 0 && framings[framing].readBlock(rest).every(isWhole)) this.#takeBlock(rest);
  }

  /** Everything that the block makes goes out in one piece. */
  #takeBlock(block: Buffer): void {
    const { decoder, encoder } = this.#input.machines;
    let text = '';
    let hasContent = false;
    for (const event of framings[this.#input.translation.wire.framing].readBlock(block)) {
      const encoded = this.#encode(this.#decode(event));
      text += encoded.text;
      hasContent ||= encoded.hasContent;
      if (decoder.ended) return this.#complete(text, hasContent, encoder.end());
    }
    this.#pass(text, hasContent);
  }

  #decode({ data, event }: ServerSentEvent): readonly ChatEvent[] {
    return data === null ? [] : this.#input.machines.decoder.push(data, event);
  }

  #encode(events: readonly ChatEvent[]): { readonly text: string; readonly hasContent: boolean } {
    const { restorer, encoder } = this.#input.machines;
    let text = '';
    let hasContent = false;
    for (const decoded of events) {
      for (const event of restorer.push(decoded)) {
        this.#note(event);
        hasContent ||= isContent(event);
        text += encoder.push(event);
      }
    }
    return { text, hasContent };
  }

  #note(event: ChatEvent): void {
    this.#input.machines.observe(event);
    if (event.type === 'usage') {
      this.#usage = event.usage;
      this.#rawUsage = event.raw;
    } else if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-input') {
      this.#events += 1;
      this.#contentBytes += Buffer.byteLength(event.text);
    }
  }

  #pass(text: string, hasContent: boolean): void {
    if (hasContent && !this.client.begun) this.client.begin();
    if (text === '') return;
    const bytes = Buffer.from(text);
    if (this.client.begun) this.client.write(bytes);
    else this.client.hold(bytes);
  }

  #complete(text: string, hasContent: boolean, last: string): void {
    this.#pass(text, hasContent);
    this.#input.machines.complete();
    this.client.complete(Buffer.from(last));
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
      this.fail(this.#asFailure(error));
    }
  }

  #asFailure(error: unknown): GatewayError {
    if (error instanceof EventTooLargeError) return new GatewayError('upstream-too-large', error.message);
    if (!(error instanceof GatewayError)) throw error;
    const { kind, message, status, code, provider, cause } = error;
    const facts = { status, code, cause, ...(provider === undefined ? {} : { provider }) };
    return new GatewayError(kind, withoutKey(message, this.#input.key), facts);
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

/** Before this the upstream has only said that it will answer. */
function isContent({ type }: ChatEvent): boolean {
  return type !== 'start' && type !== 'usage' && type !== 'native';
}
