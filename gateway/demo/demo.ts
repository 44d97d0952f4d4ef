/** The built-in provider: takes the bytes an upstream would get and answers as a good one does, without a network. */
import { GatewayError } from '../chat/error.ts';
import { encodeError } from '../dialects/openai/encode-error.ts';
import type { Send } from '../upstream/transport.ts';
import { type DemoReply, answerRequest } from './answer-request.ts';
import { type PlayedAnswer, type Wait, playAnswer } from './play-answer.ts';
import { retryAfterSeconds } from './rehearsed-failure.ts';

export interface DemoOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 1 is as real models write, 0 without any waiting; anything between is faster. The caller's timeouts are not changed. */
  readonly pace: number;
  /** How it waits; timers of this process when left out. */
  readonly wait?: Wait;
}

const thinkingMs = 30;
const slowFirstByteMs = 5_000;
const pieceMs = 20;

/** The demo as a way to send requests. Path and query are read as an upstream would read them after its base URL. */
export function createDemo({ now, pace, wait = waitByTimer }: DemoOptions): Send {
  let answers = 0;
  function nextId(): string {
    answers += 1;
    return `demo${now().toString(36)}${answers.toString(36).padStart(4, '0')}`;
  }
  return ({ method, path, body, timeouts }, handler) => {
    const moment = { id: nextId(), createdAtSeconds: Math.floor(now() / 1000) };
    const answer = answerOrError(() => answerRequest(method, path.split('?', 1)[0] ?? path, body, moment));
    const paced = { ...answer, firstByteMs: answer.firstByteMs * pace, pieceMs: answer.pieceMs * pace };
    return playAnswer(paced, handler, timeouts, wait);
  };
}

function answerOrError(answer: () => DemoReply): PlayedAnswer {
  try {
    return prepare(answer());
  } catch (error) {
    if (error instanceof GatewayError) return prepareError(error);
    throw error;
  }
}

/** A troubled model sends about half of what it has, and of a whole answer announces all. */
function prepare({ model, body }: DemoReply): PlayedAnswer {
  const trouble = model?.trouble ?? null;
  const breaksOff = trouble === 'stall' || trouble === 'cut';
  const common = {
    status: 200,
    firstByteMs: trouble === 'slow' ? slowFirstByteMs : thinkingMs,
    ending: breaksOff ? trouble : 'end',
  } as const;
  if (typeof body === 'string') {
    const pieces = [breaksOff ? body.slice(0, Math.ceil(body.length / 2)) : body];
    return { ...common, headers: jsonHeaders(body), pieces, pieceMs: 0 };
  }
  const pieces = breaksOff ? body.slice(0, Math.ceil(body.length / 2)) : body;
  return { ...common, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, pieces, pieceMs };
}

function prepareError(error: GatewayError): PlayedAnswer {
  const body = encodeError(error);
  const seconds = retryAfterSeconds(error);
  const headers = { ...jsonHeaders(body), ...(seconds === null ? {} : { 'retry-after': String(seconds) }) };
  return { status: error.status, headers, firstByteMs: 0, pieces: [body], pieceMs: 0, ending: 'end' };
}

function jsonHeaders(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
}

function waitByTimer(delayMs: number, run: () => void): () => void {
  if (delayMs > 0) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  }
  const turn = setImmediate(run);
  return () => clearImmediate(turn);
}
