/** The gateway listener: the user's port on both loopback families, with timeouts that a slow or hostile client cannot stretch. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { alwaysHeaders } from '../exchange/answer.ts';
import { lingerMs } from './answer-unread.ts';
import type { AnswerRequest } from './doors.ts';
import { findPortOwner } from './port-owner.ts';

export type PortSetting = 'listen.port' | 'listen.ollama.port';

/** Somebody else listens on the port; `owner` names the program where the system tells. */
export class PortTakenError extends Error {
  readonly port: number;
  readonly owner: string | null;
  /** The setting that names the port. */
  readonly setting: PortSetting;

  constructor(host: string, port: number, owner: string | null, setting: PortSetting = 'listen.port') {
    const who = owner === null ? 'another program' : owner;
    const named = setting === 'listen.port' ? `--port or ${setting}` : setting;
    super(`Port ${port} on ${host} is taken by ${who}; stop it, or choose another port (${named}).`);
    this.name = 'PortTakenError';
    this.port = port;
    this.owner = owner;
    this.setting = setting;
  }
}

export interface GatewayListener {
  readonly port: number;
  /** The addresses really bound. */
  readonly hosts: readonly string[];
  /** Accepts nothing new and closes what is idle; resolves when the last connection is closed. */
  close(): Promise<void>;
  /** Closes idle connections: called again while draining, when answers have ended. */
  closeIdle(): void;
  /** Cuts every connection. */
  destroy(): void;
}

/** The answer to the last of them says that the connection closes; clients then open another. */
const requestsPerConnection = 1_000;
const families = ['127.0.0.1', '::1'] as const;
/** With port 0 the two families must agree on a free port; so many are tried. */
const freePortTries = 20;

/**
 * Binds both loopback families: with one alone, another user could wait on the other for keys meant for us.
 * @param port 0 for any port that is free on both
 * @throws PortTakenError
 */
export async function openGatewayListener(
  port: number,
  answer: AnswerRequest,
  setting: PortSetting = 'listen.port',
): Promise<GatewayListener> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openBoth(port, answer, setting);
    } catch (error) {
      if (port !== 0 || attempt === freePortTries || !(error instanceof PortTakenError)) throw error;
    }
  }
}

async function openBoth(port: number, answer: AnswerRequest, setting: PortSetting): Promise<GatewayListener> {
  const servers: Server[] = [];
  const hosts: string[] = [];
  let bound = port;
  try {
    for (const host of families) {
      const server = createGatewayServer(answer);
      const result = await listen(server, { host, port: bound, setting });
      if (result === null) continue;
      bound = result;
      servers.push(server);
      hosts.push(host);
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return {
    port: bound,
    hosts,
    close: async () => void (await Promise.all(servers.map(closeServer))),
    closeIdle: () => servers.forEach((server) => server.closeIdleConnections()),
    destroy: () => servers.forEach((server) => server.closeAllConnections()),
  };
}

function createGatewayServer(answer: AnswerRequest): Server {
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 30_000,
    maxHeaderSize: 16 * 1024,
    noDelay: true,
    // Host is checked by admission, which answers in our own words.
    requireHostHeader: false,
  });
  // A client may close its sending side and read on; one that is gone altogether is found out by the exchange.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxHeadersCount = 100;
  server.maxConnections = 4_096;
  server.maxRequestsPerSocket = requestsPerConnection;
  const latest = new WeakMap<Socket, ServerResponse>();
  const take = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    latest.set(request.socket, response);
    answer(request, response, expectsContinue);
  };
  server.on('request', (request, response) => take(request, response, false));
  server.on('checkContinue', (request, response) => take(request, response, true));
  // Nothing listens for upgrades: Node then treats one as the plain request that it also is, and admission judges it.
  server.on('checkExpectation', (request, response) => take(request, response, false));
  server.on('connect', (_request, socket: Socket) => refuseRaw(socket, '405 Method Not Allowed', 'method_not_allowed'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBadHttp(error, socket, latest.get(socket)));
  return server;
}

/** @returns the port bound, or null when this machine does not have the address family */
function listen(
  server: Server,
  { host, port, setting }: { readonly host: string; readonly port: number; readonly setting: PortSetting },
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(null);
      else if (error.code === 'EADDRINUSE')
        void findPortOwner(port).then((owner) => reject(new PortTakenError(host, port, owner, setting)));
      else reject(error);
    });
    server.listen({ host, port, exclusive: true, backlog: 1_024 }, () => resolve((server.address() as AddressInfo).port));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/**
 * What the HTTP parser refuses never becomes a request: it is answered in one line and closed.
 * @param latest the connection's latest answer; one under way is cut, since more bytes would be taken for a part of it
 */
function answerBadHttp(error: NodeJS.ErrnoException, socket: Socket, latest: ServerResponse | undefined): void {
  if (error.code === 'ECONNRESET' || !socket.writable || (latest && !isFree(latest))) {
    socket.destroy();
    return;
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') refuseRaw(socket, '431 Request Header Fields Too Large', 'headers_too_large');
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseRaw(socket, '408 Request Timeout', 'request_timeout');
  else refuseRaw(socket, '400 Bad Request', 'bad_request');
}

/** Nothing is owed before this answer, and nothing of it has gone out: it is over, or it is the broken request's own. */
function isFree(latest: ServerResponse): boolean {
  // Only the answer whose turn it is has the socket.
  return latest.writableFinished || (latest.socket !== null && !latest.headersSent && !latest.req.complete);
}

function refuseRaw(socket: Socket, status: string, code: string): void {
  // Node has taken its own listeners off this socket: without one, a client's reset would end the whole program.
  socket.on('error', () => socket.destroy());
  const message = `The request is refused: ${status.slice(4).toLowerCase()}.`;
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code } });
  const length = String(Buffer.byteLength(body));
  const headers = ['content-type', 'application/json; charset=utf-8', 'content-length', length, 'connection', 'close'];
  socket.end(`HTTP/1.1 ${status}\r\n${writeHeaders([...alwaysHeaders, ...headers])}\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

function writeHeaders(headers: readonly string[]): string {
  return headers.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
}
