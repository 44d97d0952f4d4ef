/** Runs an upstream's stream through a translation without a socket: its bytes in any pieces, the client's bytes out. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { GatewayError } from '../../gateway/chat/error.ts';
import type { Dialect } from '../../gateway/dialects/dialect.ts';
import type { RelayHost } from '../../gateway/exchange/relay/body-sink.ts';
import { usualForm } from '../../gateway/exchange/relay/sent-form.ts';
import { framings } from '../../gateway/exchange/relay/framing.ts';
import { translate } from '../../gateway/exchange/translation/translate.ts';
import { TranslatedStream } from '../../gateway/exchange/relay/translated-stream.ts';
import type { Translation } from '../../gateway/exchange/translation/translation.ts';

/** What a client of each dialect asks at the least, as a stream. */
const bodies: Readonly<Record<string, object>> = {
  'openai-chat': { messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } },
  'openai-completions': { prompt: 'hi', stream_options: { include_usage: true } },
  'openai-responses': { input: 'hi' },
  'anthropic-messages': { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  ollama: { messages: [{ role: 'user', content: 'hi' }] },
};

export function translationOf(client: Dialect, wire: Dialect, more: object = {}): Translation {
  const inPath = client.name === 'gemini';
  const place = { model: inPath ? 'm' : null, stream: inPath ? true : null };
  const stated = inPath ? {} : { model: 'm', stream: true };
  const body = Buffer.from(JSON.stringify({ ...stated, ...bodies[client.name], ...more }));
  const source = {
    client,
    place,
    request: client.readRequest([body], place),
    id: 'x',
    streamForm: null,
    prepare: <Asked>(asked: Asked): Asked => asked,
    observe: () => undefined,
    keepAnswer: null,
  };
  return translate(source, wire, { model: 'm', quirks: {} });
}

/** What the client was given. */
export interface Relayed {
  readonly text: string;
  /** `complete`: the stream ended well; `broken`: an error frame, then cut; `refused`: nothing had gone out. */
  readonly end: 'complete' | 'broken' | 'refused' | 'open';
  readonly error: GatewayError | null;
}

/** @param ends whether the connection ends in good order behind the last piece */
export function relayHere(client: Dialect, wire: Dialect, pieces: readonly Buffer[], ends = true): Relayed {
  const translation = translationOf(client, wire);
  const machines = translation.createStream?.();
  if (!machines) throw new Error(`${client.name} has no streams`);
  let text = '';
  let end: Relayed['end'] = 'open';
  let error: GatewayError | null = null;
  const host: RelayHost = {
    whenStarted: (then) => then(),
    attemptFailed: (refusal) => {
      end = 'refused';
      ({ error } = refusal);
    },
    firstContent: () => undefined,
    finish: (outcome, lastBytes) => {
      end = outcome.state === 'ok' ? 'complete' : 'broken';
      ({ error } = outcome);
      lastBytes(null);
    },
    pauseUpstream: () => undefined,
    resumeUpstream: () => undefined,
    abortUpstream: () => undefined,
    answerHeaders: () => [],
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const take = (bytes: unknown): boolean => {
    if (Buffer.isBuffer(bytes)) text += bytes.toString('utf8');
    return true;
  };
  Object.assign(response, { write: take, end: take, writeHead: () => response });
  Object.defineProperty(response, 'headersSent', { get: () => true });
  const relay = new TranslatedStream({
    host,
    response,
    form: usualForm(client),
    headers: {},
    key: null,
    translation,
    machines,
  });
  for (const piece of pieces) relay.push(piece);
  if (ends) relay.end();
  return { text, end, error };
}

/** The parsed events of a client's stream. */
export function eventsOf({ framing }: Dialect, text: string): readonly unknown[] {
  return framings[framing]
    .readBlock(Buffer.from(text))
    .flatMap(({ data }) => (data === null || data === '[DONE]' ? [] : [JSON.parse(data) as unknown]));
}

/** An upstream's bytes cut behind each of its events. */
export function cutAtEvents({ framing }: Dialect, bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  const boundary = framing === 'ndjson' ? /\n/g : /\r\n\r\n|\n\n|\r\r/g;
  let at = 0;
  for (const { index, 0: mark } of bytes.toString('latin1').matchAll(boundary)) {
    pieces.push(bytes.subarray(at, index + mark.length));
    at = index + mark.length;
  }
  return at < bytes.length ? [...pieces, bytes.subarray(at)] : pieces;
}
