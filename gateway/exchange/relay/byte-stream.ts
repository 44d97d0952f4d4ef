/** Relays bytes that nobody reads, such as sound: as they come, but for the last one, which waits for the row. */
import { GatewayError } from '../../chat/error.ts';
import type { BodySink } from './body-sink.ts';
import { ClientStream, type ClientStreamInput } from './client-stream.ts';

/** Hours of sound as it is sampled; only what never ends is larger. */
const maximumBytes = 1024 * 1024 * 1024;

const noReading = { usage: null, rawUsageJson: null, seen: null };

type ByteStreamInput = Omit<ClientStreamInput, 'read' | 'form'>;

export class ByteStream implements BodySink {
  readonly client: ClientStream;
  readonly #input: ByteStreamInput;
  /** The last byte so far. */
  #held: Buffer = Buffer.alloc(0);
  #bytes = 0;

  constructor(input: ByteStreamInput, contentType: string) {
    this.#input = input;
    // No frame of ours could stand in sound: what breaks off only ends without its end.
    const form = { contentType, signOfLife: '', encodeStreamError: () => '' };
    this.client = new ClientStream({ ...input, form, read: () => noReading });
  }

  push(chunk: Buffer): void {
    if (this.client.over) return this.#input.host.abortUpstream();
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    if (this.#bytes > maximumBytes) return this.#refuse();
    if (!this.client.begun) this.client.begin();
    const bytes = Buffer.concat([this.#held, chunk.subarray(0, -1)]);
    this.#held = chunk.subarray(-1);
    if (bytes.length > 0) this.client.write(bytes);
  }

  end(): void {
    if (!this.client.over) this.client.complete(this.#held);
  }

  fail(error: GatewayError): void {
    this.client.fail(error);
  }

  #refuse(): void {
    this.#input.host.abortUpstream();
    this.fail(new GatewayError('upstream-too-large', `the provider's answer is larger than ${maximumBytes} bytes`));
  }
}
