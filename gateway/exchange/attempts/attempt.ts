/** One call to one upstream: judges its head and sends its body where it belongs. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../chat/error.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { UpstreamHandler } from '../../upstream/transport.ts';
import { judgeAnswer } from './answer-form.ts';
import { type BodySink, ownRefusal, type RelayHost } from '../relay/body-sink.ts';
import { ByteStream } from '../relay/byte-stream.ts';
import type { Candidate } from './candidates.ts';
import { passCheckpoint } from '../checkpoints.ts';
import type { ClientStream } from '../relay/client-stream.ts';
import { PassthroughStream } from '../relay/passthrough-stream.ts';
import { createWholeRelay } from '../relay/relay-whole.ts';
import { type SentForm, usualForm } from '../relay/sent-form.ts';
import { TranslatedStream } from '../relay/translated-stream.ts';
import type { StreamTranslation, Translation } from '../translation/translation.ts';
import { readFailedAnswer, type UpstreamHeaders } from './upstream-error.ts';

/** No error needs more words; a larger body is cut there. */
const errorBodyBytes = 64 * 1024;

export interface AttemptInput {
  readonly host: RelayHost;
  readonly response: ServerResponse;
  /** The client's. */
  readonly dialect: Dialect;
  /** Null where the upstream speaks the client's dialect. */
  readonly translation: Translation | null;
  /** For a translated stream. */
  readonly machines: StreamTranslation | null;
  /** What a stream is to the client, where that is not its dialect's usual form. */
  readonly streamForm: SentForm | null;
  readonly candidate: Candidate;
  readonly requestId: string;
  readonly stream: boolean;
  readonly dropUsage: boolean;
  now(): number;
  /** Told the status as soon as it is known. */
  onStatus(status: number): void;
}

export class Attempt implements UpstreamHandler {
  readonly #input: AttemptInput;
  #sink: BodySink | null = null;
  #stream: ClientStream | null = null;

  constructor(input: AttemptInput) {
    this.#input = input;
  }

  /** The stream that has been relayed so far, if this is one. */
  get stream(): ClientStream | null {
    return this.#stream;
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    passCheckpoint('first-upstream-byte', this.#input.requestId);
    this.#input.onStatus(status);
    this.#sink = status === 200 || status === 201 ? this.#judgeGood(status, headers) : this.#collectError(status, headers);
  }

  onData(chunk: Buffer): void {
    this.#sink?.push(chunk);
  }

  onEnd(): void {
    if (this.#sink) this.#sink.end();
    else this.#refuse(new GatewayError('upstream-protocol', 'the provider ended without an answer'));
  }

  onError(error: GatewayError): void {
    if (this.#sink) this.#sink.fail(error);
    else this.#refuse(error);
  }

  #judgeGood(status: number, headers: UpstreamHeaders): BodySink | null {
    const { host, response, dialect, translation, candidate, stream } = this.#input;
    const { key } = candidate;
    const form = judgeAnswer(headers, translation?.wire ?? dialect, stream);
    if (form.kind === 'none') {
      host.abortUpstream();
      this.#refuse(new GatewayError('upstream-protocol', `the provider ${candidate.provider.id} ${form.problem}`));
      return null;
    }
    if (form.kind === 'whole') return createWholeRelay({ host, response, dialect, translation, key, status, headers });
    const relay =
      form.kind === 'stream' ? this.#openStream(headers) : new ByteStream({ host, response, headers }, form.contentType);
    this.#stream = relay.client;
    return relay;
  }

  #openStream(headers: UpstreamHeaders): PassthroughStream | TranslatedStream {
    const { host, response, dialect, translation, machines, streamForm, candidate, dropUsage } = this.#input;
    const common = { host, response, form: streamForm ?? usualForm(dialect), headers, key: candidate.key };
    if (translation && machines) return new TranslatedStream({ ...common, translation, machines });
    return new PassthroughStream({ ...common, dialect, dropUsage });
  }

  #collectError(status: number, headers: UpstreamHeaders): BodySink {
    const { candidate, host, now, translation } = this.#input;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      const body = Buffer.concat(chunks);
      const failed = readFailedAnswer({ provider: candidate.provider.id, status, headers, body, key: candidate.key, now: now() });
      // Its words are in the error; its bytes mean nothing in another dialect.
      host.attemptFailed(translation ? { ...failed, body: null } : failed);
    };
    return {
      push(chunk) {
        chunks.push(chunk.subarray(0, errorBodyBytes - bytes));
        bytes += chunk.length;
        if (bytes < errorBodyBytes || over) return;
        host.abortUpstream();
        finish();
      },
      end: finish,
      fail: finish,
    };
  }

  #refuse(error: GatewayError): void {
    this.#input.host.attemptFailed(ownRefusal(error));
  }
}
