/** Asks the demo the way the gateway does, on a clock that the test turns by hand. */
import type { GatewayError } from '../../../gateway/chat/error.ts';
import { createDemo } from '../../../gateway/demo/demo.ts';
import type { Wait } from '../../../gateway/demo/play-answer.ts';
import type { Send, UpstreamCall, UpstreamHandler } from '../../../gateway/upstream/transport.ts';

export const timeouts = { connectMs: 1_000, firstByteMs: 60_000, idleMs: 60_000 };

/** A clock by hand: `run` goes to the next timer until none is left, or until the time given. */
export function createClock() {
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  let nowMs = 0;
  const wait: Wait = (delayMs, run) => {
    const timer = { atMs: nowMs + delayMs, run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  function run(untilMs = Number.POSITIVE_INFINITY): void {
    for (let next = earliest(); next && next.atMs <= untilMs; next = earliest()) {
      timers.delete(next);
      nowMs = next.atMs;
      next.run();
    }
    if (Number.isFinite(untilMs)) nowMs = untilMs;
  }
  const earliest = () => [...timers].reduce<{ atMs: number; run: () => void } | null>(sooner, null);
  return { wait, run, now: () => nowMs, pending: () => timers.size };
}

function sooner<Timer extends { readonly atMs: number }>(first: Timer | null, second: Timer): Timer {
  return first && first.atMs <= second.atMs ? first : second;
}

export interface Heard {
  status: number | null;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly pieces: string[];
  readonly atMs: number[];
  readonly body: string;
  ended: boolean;
  error: GatewayError | null;
}

/** What a handler was told, in a form that tests can read. */
export function createListener(now: () => number): { readonly heard: Heard; readonly handler: UpstreamHandler } {
  const heard: Heard = {
    status: null,
    headers: {},
    pieces: [],
    atMs: [],
    get body() {
      return this.pieces.join('');
    },
    ended: false,
    error: null,
  };
  const handler: UpstreamHandler = {
    onHead(status, headers) {
      heard.status = status;
      heard.headers = headers;
    },
    onData(chunk) {
      heard.pieces.push(chunk.toString());
      heard.atMs.push(now());
    },
    onEnd() {
      heard.ended = true;
    },
    onError(error) {
      heard.error = error;
    },
  };
  return { heard, handler };
}

export function post(send: Send, path: string, body: unknown, handler: UpstreamHandler): UpstreamCall {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return send({ method: 'POST', origin: '', path, headers: [], body: [bytes], timeouts }, handler);
}

/** Asks a demo of its own and lets time run to the end. */
export function ask(path: string, body: unknown): Heard {
  const clock = createClock();
  const send = createDemo({ now: clock.now, pace: 1, wait: clock.wait });
  const { heard, handler } = createListener(clock.now);
  post(send, path, body, handler);
  clock.run();
  return heard;
}

/** Asks for a chat answer by a model; the message is `Hi` unless others are given. */
export function chat(model: string, fields: object = {}): Heard {
  return ask('/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }], ...fields });
}

/** The JSON chunks of a stream, `[DONE]` left out. */
export function chunksOf(heard: Heard) {
  const data = heard.body.split('\n\n').filter((frame) => frame !== '' && frame !== 'data: [DONE]');
  return data.map((frame) => JSON.parse(frame.slice('data: '.length)));
}

export function textOf(heard: Heard): string {
  return heard.headers['content-type'] === 'application/json'
    ? JSON.parse(heard.body).choices[0].message.content
    : chunksOf(heard)
        .map((chunk) => chunk.choices[0]?.delta.content ?? '')
        .join('');
}
