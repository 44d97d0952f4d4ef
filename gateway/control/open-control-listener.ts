/** The control listener: the typed calls, the event stream and the interface, for whoever holds the control token. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CallHandlers } from '../contract/calls.ts';
import { createAdmission, type Admit, type Admitted, type Refusal } from './admission.ts';
import type { ReportFailure } from './answer-call.ts';
import { alwaysHeaders, prepareAnswer, sendError } from './answer.ts';
import { createControlApp, type ControlApp } from './control-app.ts';
import type { EventFeed } from './event-bus.ts';
import { createEventStreams } from './event-stream.ts';
import { noPages, openPages, sendPage } from './pages.ts';

export interface ControlListenerOptions {
  /** The address to bind, a loopback one unless something in front protects it. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  readonly handlers: CallHandlers;
  readonly events: EventFeed;
  /** The built interface; null, where none was built, serves none. */
  readonly uiDirectory: string | null;
  readonly reportFailure: ReportFailure;
  readonly heartbeatMs?: number;
  readonly maximumStreams?: number;
}

export interface ControlListener {
  readonly port: number;
  /** `http://127.0.0.1:4284`, without a slash at its end. */
  readonly url: string;
  /** Ends event streams at once and calls under way within two seconds. */
  close(): Promise<void>;
}

/** The port asked for belongs to another program. */
export class ControlPortTakenError extends Error {
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number) {
    super(
      `The control port ${port} on ${host} is taken by another program; stop that one, or choose another with --control-port.`,
    );
    this.name = 'ControlPortTakenError';
    this.host = host;
    this.port = port;
  }
}

const graceMs = 2_000;
/** A refused client has so long to take its answer. */
const lingerMs = 1_000;

/**
 * Opens the control listener.
 * @throws ControlPortTakenError when another program has the port
 */
export async function openControlListener(options: ControlListenerOptions): Promise<ControlListener> {
  if (options.token === '')
    throw new Error('The control token must not be empty; unset GATEHOUSE_CONTROL_TOKEN or give it a value.');
  const pages = options.uiDirectory === null ? noPages : await openPages(options.uiDirectory);
  const streams = createEventStreams(options.events, {
    heartbeatMs: options.heartbeatMs ?? 15_000,
    maximum: options.maximumStreams ?? 64,
  });
  const app = createControlApp({ handlers: options.handlers, streams, report: options.reportFailure });
  const server = createServer({
    requireHostHeader: false,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
  });
  server.maxConnections = 512;
  let port: number;
  try {
    port = await listen(server, options.host, options.port);
  } catch (error) {
    streams.closeAll();
    throw error;
  }
  serve(server, createAdmission(port, options.token, pages), app);
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${shownHost}:${port}`,
    close() {
      streams.closeAll();
      return closeServer(server);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new ControlPortTakenError(host, port) : error);
    };
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function serve(server: Server, admit: Admit, app: ControlApp): void {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const requestId = `ctl_${randomBytes(8).toString('hex')}`;
    prepareAnswer(response, requestId);
    const admission = admit(request);
    if (admission.refused) return answerRefusal(request, response, admission);
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    answerAdmitted(request, response, { admission, requestId, app });
  };
  server.on('request', handle);
  server.on('checkContinue', handle);
  // Left to itself Node answers 417, without our headers; what a client expects beyond 100-continue is its own affair.
  server.on('checkExpectation', handle);
  server.on('clientError', answerBrokenRequest);
}

interface AdmittedRequest {
  readonly admission: Admitted;
  readonly requestId: string;
  readonly app: ControlApp;
}

function answerAdmitted(
  request: IncomingMessage,
  response: ServerResponse,
  { admission, requestId, app }: AdmittedRequest,
): void {
  const { page, path, query } = admission;
  if (page === null) return app(request, response, { requestId, path, query });
  void sendPage(page, response, request.method === 'HEAD').then((sent) => {
    if (!sent) sendError(response, { kind: 'not-found', message: 'This file of the interface is gone; build it again.' });
  });
}

function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, kind, message, allow } = refusal;
  if (allow !== undefined) response.setHeader('allow', allow);
  // A refused body is not read to its end: the connection closes instead.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    response.setHeader('connection', 'close');
  }
  sendError(response, { kind, message }, status);
}

/** Node could not read the request as HTTP: there is no request to answer, only a socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const headers = [
    ...alwaysHeaders,
    ['content-type', 'text/plain; charset=utf-8'],
    ['content-length', '0'],
    ['connection', 'close'],
  ];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  // A client that then still holds its end open is cut off.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    timer.unref();
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
