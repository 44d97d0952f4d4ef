/** What a scripted upstream may do with a request, written as steps on the socket so that nothing is out of reach. */
import { STATUS_CODES } from 'node:http';
import { gzipSync } from 'node:zlib';

/**
 * One step. `write` sends bytes as they are; `waitMs` lets time pass; `waitFor` waits for the test; and the last step says
 * how it ends: the connection is kept, closed (FIN), reset (RST), or left open with nothing more coming.
 */
export type Step =
  | { readonly write: string | Buffer }
  | { readonly waitMs: number }
  | { readonly waitFor: Promise<unknown> }
  | { readonly end: 'keep' | 'close' | 'reset' | 'stall' };

export type Answer = readonly Step[];

export interface AnswerFacts {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The head of an answer: status line and headers, with the empty line. */
export function head(status: number, headers: Readonly<Record<string, string>>): Step {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { write: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n` };
}

const keep: Step = { end: 'keep' };

/** A whole body with its true length, whatever its type. */
export function body(content: string | Buffer, facts: AnswerFacts = {}): Answer {
  const bytes = Buffer.from(content);
  const headers = { 'content-type': 'application/json', 'content-length': String(bytes.length), ...facts.headers };
  return [head(facts.status ?? 200, headers), { write: bytes }, keep];
}

export function json(value: unknown, facts: AnswerFacts = {}): Answer {
  return body(JSON.stringify(value), facts);
}

export function gzipped(value: unknown): Answer {
  return body(gzipSync(JSON.stringify(value)), { headers: { 'content-encoding': 'gzip' } });
}

export function redirect(location: string, status = 307): Answer {
  return body('', { status, headers: { location } });
}

/** A JSON body cut after `length` bytes though its head promised more, then `end`. */
export function truncated(value: unknown, length: number, end: 'close' | 'reset' | 'stall' = 'close'): Answer {
  const text = JSON.stringify(value);
  return [
    head(200, { 'content-type': 'application/json', 'content-length': String(text.length) }),
    { write: text.slice(0, length) },
    { end },
  ];
}

/** Nothing for `waitMs` milliseconds, then the answer. */
export function after(waitMs: number, answer: Answer): Answer {
  return [{ waitMs }, ...answer];
}

const chunk = (text: string | Buffer): Step => {
  const bytes = Buffer.from(text);
  return { write: Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]) };
};

export interface StreamFacts extends AnswerFacts {
  /** Milliseconds between two pieces. */
  readonly gapMs?: number;
  /** How it ends; `keep` sends the last chunk of a sound answer first. */
  readonly end?: 'keep' | 'close' | 'reset' | 'stall';
}

/** A chunked answer made of these pieces, each sent as one chunk exactly as written. */
export function stream(pieces: readonly (string | Buffer)[], facts: StreamFacts = {}): Answer {
  const end = facts.end ?? 'keep';
  const gap: Step[] = facts.gapMs ? [{ waitMs: facts.gapMs }] : [];
  return [
    head(facts.status ?? 200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked', ...facts.headers }),
    ...pieces.flatMap((piece, index) => (index === 0 ? [chunk(piece)] : [...gap, chunk(piece)])),
    ...(end === 'keep' ? [{ write: '0\r\n\r\n' }] : gap),
    { end },
  ];
}

/** An SSE stream of these events: objects as JSON, strings as they are. The terminator is written out by the caller: `[DONE]`. */
export function sse(events: readonly unknown[], facts: StreamFacts = {}): Answer {
  return stream(
    events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`),
    facts,
  );
}
