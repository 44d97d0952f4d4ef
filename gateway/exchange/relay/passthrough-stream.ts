/** Relays a stream in the client's own dialect as it comes: whole events only, read beside the bytes. */
import { GatewayError } from '../../chat/error.ts';
import type { Dialect, StreamReader } from '../../dialects/dialect.ts';
import type { ServerSentEvent } from '../../dialects/sse/read-events.ts';
import { answerFailure } from './answer-failure.ts';
import type { BodySink } from './body-sink.ts';
import { ClientStream, type ClientStreamInput } from './client-stream.ts';
import { type Blocks, type FramingFacts, framings } from './framing.ts';
import { StreamMeasure } from './stream-measure.ts';
import { isMalformed, malformedEvent, StreamPrelude } from './stream-prelude.ts';
import { toldError } from './told-error.ts';
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
  readonly #prelude: StreamPrelude;
  /** What may turn out to be the last event. */
  #last: Buffer = Buffer.alloc(0);

  constructor(input: PassthroughStreamInput) {
    this.#input = input;
    this.#reader = input.dialect.createStreamReader();
    this.#prelude = new StreamPrelude(input.dialect);
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
    if (this.client.hasContent && !this.#reader.concerns(block)) return this.#pass(block);
    for (const event of this.#framing.readBlock(block)) {
      if (this.client.over) return;
      this.#passLast();
      this.#act(event);
    }
  }

  #act(event: ServerSentEvent): void {
    const step = event.data === null ? 'pass' : this.#reader.read(event.data, event.event);
    if (step === 'end') return this.client.complete(event.bytes);
    if (step === 'error') return this.#upstreamError(event);
    if (step === 'usage-only' && this.#input.dropUsage) return;
    if (step === 'last') this.#last = event.bytes;
    else if (!this.client.hasContent && this.#prelude.holds(event)) this.#hold(event.bytes);
    else this.#pass(event.bytes);
  }

  /** It only says that an answer will come: until one does, another provider may still be asked. */
  #hold(event: Buffer): void {
    this.#measure.add(event);
    this.client.holdOpening(event);
  }

  #upstreamError({ data, bytes }: ServerSentEvent): void {
    const { host, key } = this.#input;
    const said = withoutKey(this.#reader.errorMessage ?? '', key);
    const error = toldError(data ?? '', `the provider's stream broke off with an error: ${said}`);
    host.abortUpstream();
    const passes = this.#reader.errorIsSound && !holdsKey(bytes, key);
    if (this.client.begun) this.client.breakOff(error, passes ? bytes : null);
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
    if (!this.client.hasContent) {
      if (isComment && !this.client.begun) return this.client.hold(block);
      if (!isComment) this.client.begin();
    }
    if (!isComment) {
      if (!isClosed(block)) refuseMalformed(this.#framing.readBlock(block));
      this.#measure.add(block);
    }
    this.client.write(block);
  }
}

const closings: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const firstPrintable = 0x21;

/** Does it end as JSON does, with a brace or a bracket? Nearly every block; all others are looked at. */
function isClosed(block: Buffer): boolean {
  let at = block.length - 1;
  while (at > 0 && (block[at] ?? 0) < firstPrintable) at -= 1;
  return closings.has(block[at] ?? 0);
}

/** @throws GatewayError `upstream-protocol` for an event that breaks off in its middle */
function refuseMalformed(events: readonly ServerSentEvent[]): void {
  for (const { data } of events) if (data !== null && isMalformed(data)) throw malformedEvent();
}
