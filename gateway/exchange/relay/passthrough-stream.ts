/** Relays a stream in the client's own dialect as it comes: whole events only, read beside the bytes. */
import { GatewayError } from '../../chat/error.ts';
import type { Dialect, StreamReader } from '../../dialects/dialect.ts';
import type { ServerSentEvent } from '../../dialects/sse/read-events.ts';
import { answerFailure } from './answer-failure.ts';
import type { BodySink } from './body-sink.ts';
import { ClientStream, type ClientStreamInput } from './client-stream.ts';
import { type Blocks, type FramingFacts, framings } from './framing.ts';
import { StreamMeasure } from './stream-measure.ts';
import { holdsKey, withoutKey } from '../attempts/upstream-error.ts';

/** A single event of a stream may be so large. */
export const eventLimitBytes = 16 * 1024 * 1024;
const colon = 0x3a;

export interface PassthroughStreamInput extends Omit<ClientStreamInput, 'read'> {
  readonly dialect: Dialect;
  /** The key that was sent, never to be repeated to anyone. */
  readonly key: string | null;
  /** The client did not ask for the usage that we asked for: a chunk that holds nothing else is kept from it. */
  readonly dropUsage: boolean;
}

export class PassthroughStream implements BodySink {
  readonly client: ClientStream;
  readonly #input: PassthroughStreamInput;
  readonly #reader: StreamReader;
  readonly #framing: FramingFacts;
  readonly #blocks: Blocks;
  readonly #measure = new StreamMeasure();
  /** What may turn out to be the last event. */
  #last: Buffer = Buffer.alloc(0);

  constructor(input: PassthroughStreamInput) {
    this.#input = input;
    this.#reader = input.dialect.createStreamReader();
    this.#framing = framings[input.dialect.framing];
    this.#blocks = this.#framing.createBlocks(eventLimitBytes);
    this.client = new ClientStream({
      ...input,
      read: () => ({ usage: this.#reader.usage, rawUsageJson: this.#reader.rawUsageJson, seen: this.#measure.seen() }),
    });
  }

  push(chunk: Buffer): void {
    // One that goes on after its end may never stop.
    if (this.client.over) return this.#input.host.abortUpstream();
    try {
      this.#take(chunk);
    } catch (error) {
      this.#input.host.abortUpstream();
      this.fail(answerFailure(error, this.#input.key));
    }
  }

  end(): void {
    if (this.client.over) return;
    const rest = this.#blocks.rest().toString('utf8').trim();
    // A last line may lack its end; an event without its blank line is none, but for this one.
    if (this.#input.dialect.framing === 'ndjson' && rest !== '') this.push(Buffer.from('\n'));
    if (this.client.over) return;
    if (rest === 'data: [DONE]' || rest === 'data:[DONE]') {
      this.#passLast();
      return this.client.complete(Buffer.from('data: [DONE]\n\n'));
    }
    if (rest === '' && this.#reader.mayEnd) return this.client.complete(this.#last);
    this.fail(new GatewayError('upstream-truncated', "the provider's stream ended before its answer was complete"));
  }

  fail(error: GatewayError): void {
    this.client.fail(error);
  }

  #take(chunk: Buffer): void {
    const block = this.#blocks.push(chunk);
    if (block === null) return;
    this.#passLast();
    if (!this.#reader.concerns(block)) return this.#pass(block);
    for (const event of this.#framing.readBlock(block)) {
      if (this.client.over) return;
      this.#passLast();
      this.#act(event);
    }
  }

  #act(event: ServerSentEvent): void {
    const step = event.data === null ? 'pass' : this.#reader.read(event.data, event.event);
    if (step === 'end') return this.client.complete(event.bytes);
    if (step === 'error') return this.#upstreamError(event.bytes);
    if (step === 'usage-only' && this.#input.dropUsage) return;
    if (step === 'last') this.#last = event.bytes;
    else this.#pass(event.bytes);
  }

  #upstreamError(frame: Buffer): void {
    const { host, key } = this.#input;
    const said = withoutKey(this.#reader.errorMessage ?? '', key);
    const error = new GatewayError('upstream-failed', `the provider's stream broke off with an error: ${said}`);
    host.abortUpstream();
    const passes = this.#reader.errorIsSound && !holdsKey(frame, key);
    if (this.client.begun) this.client.breakOff(error, passes ? frame : null);
    else this.fail(error);
  }

  #passLast(): void {
    const last = this.#last;
    if (last.length === 0) return;
    this.#last = last.subarray(0, 0);
    this.#pass(last);
  }

  #pass(block: Buffer): void {
    // A block that opens with a comment is a sign of life unless an event follows it.
    const isComment = block[0] === colon && !block.includes('\ndata:');
    if (!this.client.begun) {
      if (isComment) return this.client.hold(block);
      this.client.begin();
    }
    if (!isComment) this.#measure.add(block);
    this.client.write(block);
  }
}
