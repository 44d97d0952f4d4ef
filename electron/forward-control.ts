/** Forwards the page's control calls and its event stream to the control listener, adding the token that the page never sees. */
import { type IncomingMessage, request as openRequest } from 'node:http';
import type { CallErrorBody } from '../gateway/contract/calls.ts';

/** Where the control listener is now. It lives on 127.0.0.1. */
export interface ControlEndpoint {
  readonly port: number;
  readonly token: string;
}

export interface ForwardOptions {
  /** Null while there is no gateway. One that is just starting may be waited for. */
  findEndpoint(): Promise<ControlEndpoint | null>;
  /** Why there is none, in one sentence. */
  describeAbsence(): string;
}

export type ForwardControl = (request: Request) => Promise<Response>;

/** Bytes; the control listener's own limits are lower. */
const bodyLimit = 8 * 1024 * 1024;
/** What the page may say to the control listener; Origin, cookies and the browser's own headers are not among it. */
const forwardedHeaders = ['accept', 'content-type', 'last-event-id'];
const returnedHeaders = ['allow', 'cache-control', 'content-type', 'x-request-id'];

/** Makes the forwarder. What it answers is streamed, and a page that goes away ends the request behind it. */
export function createForwarder({ findEndpoint, describeAbsence }: ForwardOptions): ForwardControl {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = Buffer.from(await request.arrayBuffer());
    if (body.length > bodyLimit) return refuse(413, 'invalid', 'The call is too large; send less at once.');
    const target = await findEndpoint();
    if (!target) return refuse(503, 'unavailable', describeAbsence());
    try {
      return await forward({ request, path: `${pathname}${search}`, body, target });
    } catch {
      const gone = (await findEndpoint()) === null;
      return refuse(503, 'unavailable', gone ? describeAbsence() : 'The gateway did not answer; try again in a moment.');
    }
  };
}

interface Forwarded {
  readonly request: Request;
  readonly path: string;
  readonly body: Buffer;
  readonly target: ControlEndpoint;
}

function forward({ request, path, body, target }: Forwarded): Promise<Response> {
  const { port, token } = target;
  const headers: Record<string, string> = { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` };
  for (const name of forwardedHeaders) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') headers['content-length'] = String(body.length);
  return new Promise((resolve, reject) => {
    const upstream = openRequest({ host: '127.0.0.1', port, path, method: request.method, headers, agent: false });
    const abort = () => upstream.destroy();
    request.signal.addEventListener('abort', abort, { once: true });
    upstream.once('close', () => request.signal.removeEventListener('abort', abort));
    upstream.once('error', reject);
    upstream.once('response', (answer) => {
      upstream.off('error', reject);
      // After the headers a failure is the stream's, which hears of it itself.
      upstream.on('error', () => undefined);
      resolve(new Response(bodyOf(answer), { status: answer.statusCode ?? 502, headers: returned(answer) }));
    });
    upstream.end(body);
  });
}

function returned(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of returnedHeaders) {
    const value = answer.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

/** The answer's bytes as they come; null where HTTP allows none. An answer that breaks off fails the stream. */
function bodyOf(answer: IncomingMessage): ReadableStream<Uint8Array> | null {
  if (answer.statusCode === 204 || answer.statusCode === 304) {
    answer.resume();
    return null;
  }
  let open = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (finish: () => void) => {
        if (open) finish();
        open = false;
      };
      answer.pause();
      answer.on('data', (chunk: Buffer) => {
        if (!open) return;
        controller.enqueue(new Uint8Array(chunk));
        if ((controller.desiredSize ?? 0) <= 0) answer.pause();
      });
      answer.once('end', () => end(() => controller.close()));
      answer.once('error', (error) => end(() => controller.error(error)));
      answer.once('close', () => end(() => controller.error(new Error('The gateway ended the answer.'))));
    },
    pull: () => void answer.resume(),
    cancel() {
      open = false;
      answer.destroy();
    },
  });
}

function refuse(status: number, kind: CallErrorBody['kind'], message: string): Response {
  return Response.json({ ok: false, error: { kind, message } }, { status, headers: { 'cache-control': 'no-store' } });
}
