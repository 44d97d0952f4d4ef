/** Relays a whole answer: held, capped and found sound before its head goes out. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../chat/error.ts';
import type { Dialect, WholeReading } from '../dialects/dialect.ts';
import { writeWhole } from './answer.ts';
import { type BodySink, ownRefusal, type RelayHost } from './body-sink.ts';
import { type UpstreamHeaders, withoutKey } from './upstream-error.ts';

const maximumBytes = 64 * 1024 * 1024;

export interface WholeRelayInput {
  readonly host: RelayHost;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  /** The key that was sent, never to be repeated to anyone. */
  readonly key: string | null;
  readonly status: number;
  readonly headers: UpstreamHeaders;
}

export function createWholeRelay(input: WholeRelayInput): BodySink {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    push(chunk) {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
      else {
        input.host.abortUpstream();
        refuse(input, new GatewayError('upstream-too-large', `the provider's answer is larger than ${maximumBytes} bytes`));
      }
    },
    end() {
      const [only] = chunks;
      finishWhole(input, chunks.length === 1 && only ? only : Buffer.concat(chunks));
    },
    fail: (error) => refuse(input, error),
  };
}

function refuse({ host }: WholeRelayInput, error: GatewayError): void {
  host.attemptFailed(ownRefusal(error));
}

function finishWhole(input: WholeRelayInput, body: Buffer): void {
  const reading = readSoundly(input, body);
  if (!reading) return;
  if (reading.errorMessage !== null) {
    const said = withoutKey(reading.errorMessage, input.key);
    refuse(input, new GatewayError('upstream-failed', `the provider answered ${input.status} with an error: ${said}`));
    return;
  }
  const { host, response, dialect, status } = input;
  const outcome = {
    state: 'ok',
    status,
    error: null,
    usage: reading.usage,
    rawUsageJson: reading.rawUsageJson,
    seen: reading.usage ? null : { events: 0, contentBytes: dialect.measureAnswer(body) },
    responseBytes: body.length,
  } as const;
  host.finish(outcome, (ledgerError) => {
    if (ledgerError) writeWhole(response, ledgerError.status, host.answerHeaders({}), dialect.encodeError(ledgerError));
    else writeWhole(response, status, host.answerHeaders(input.headers), body);
  });
}

function readSoundly(input: WholeRelayInput, body: Buffer): WholeReading | null {
  try {
    return input.dialect.readWhole(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    refuse(input, error);
    return null;
  }
}
