/** Relays a whole answer: held, capped and found sound before its head goes out. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../chat/error.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { OutputSeen } from '../../money/estimate-tokens.ts';
import { writeReply } from '../answer.ts';
import { answerFailure } from './answer-failure.ts';
import { type BodySink, ownRefusal, type RelayHost } from './body-sink.ts';
import { toldError } from './told-error.ts';
import type { TranslatedAnswer, Translation } from '../translation/translation.ts';
import type { UpstreamHeaders } from '../attempts/upstream-error.ts';

const maximumBytes = 64 * 1024 * 1024;

export interface WholeRelayInput {
  readonly host: RelayHost;
  readonly response: ServerResponse;
  /** The client's. */
  readonly dialect: Dialect;
  /** Null where the upstream speaks the client's dialect. */
  readonly translation: Translation | null;
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

interface SoundAnswer extends TranslatedAnswer {
  readonly seen: OutputSeen | null;
}

function finishWhole(input: WholeRelayInput, received: Buffer): void {
  const answer = readSoundly(input, received);
  if (!answer) return;
  const { host, response, dialect, status } = input;
  const { body, ...reading } = answer;
  const outcome = { state: 'ok', status, error: null, ...reading, responseBytes: body.length } as const;
  host.finish(outcome, (ledgerError) => {
    const headers = host.answerHeaders(ledgerError ? {} : input.headers);
    writeReply({ response, dialect }, headers, ledgerError, { status, body });
  });
}

/** The answer as the client gets it; null when it is refused. */
function readSoundly(input: WholeRelayInput, received: Buffer): SoundAnswer | null {
  const { translation, dialect } = input;
  const wire = translation?.wire ?? dialect;
  try {
    const reading = wire.readWhole(received);
    if (reading.errorMessage !== null)
      throw toldError(received.toString('utf8'), answeredError(input.status, reading.errorMessage));
    const { usage, rawUsageJson } = reading;
    const answer = translation ? translation.translateAnswer(received) : { body: received, usage, rawUsageJson };
    return { ...answer, seen: answer.usage ? null : { events: 0, contentBytes: wire.measureAnswer(received) } };
  } catch (error) {
    refuse(input, answerFailure(error, input.key));
    return null;
  }
}

function answeredError(status: number, said: string): string {
  return `the provider answered ${status} with an error: ${said}`;
}
