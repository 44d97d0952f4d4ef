/** Answers one request of the user's port, from its first header on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '../chat/error.ts';
import { formatRequestId } from '../contract/request-id.ts';
import { encodePs, encodeShow, encodeVersion, type ListedModel } from '../dialects/index.ts';
import { answerStatus, baseHeaders, writeWhole } from '../exchange/answer.ts';
import { runExchange } from '../exchange/exchange.ts';
import type { LiveExchange, LiveExchanges } from '../exchange/live-exchanges.ts';
import { keyEndedMeanwhile } from '../exchange/own-errors.ts';
import type { ExchangePorts } from '../exchange/ports.ts';
import type { Runtime } from '../exchange/runtime.ts';
import { type Admission, type AdmissionPolicy, admit, bodyTooLarge } from './admission.ts';
import { answerUnread, hasBody } from './answer-unread.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { dialectOfPath, findListed, listWriter } from './list-doors.ts';
import { answerManaged, type ManageModels, type ModelAction, readManageBody } from './manage-models.ts';
import { readBody } from './read-body.ts';
import { type Door, pathMeant } from './routes.ts';

/** How well the gateway is, for `GET /health`. */
export interface Health {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly checks: Readonly<Record<string, string>>;
}

export interface DoorsInput {
  readonly ports: ExchangePorts;
  /** The admitted requests whose body is still on its way. */
  readonly arriving: LiveExchanges;
  admissionPolicy(): AdmissionPolicy;
  runtime(): Runtime;
  /** With `catalog`, also what only the packaged catalog knows of them; of all of them what the key may use. */
  listModels(wish: {
    readonly catalog: boolean;
    readonly allowedModels: readonly string[] | null;
  }): Promise<readonly ListedModel[]>;
  health(): Health;
  readonly manageModels: ManageModels;
}

/** @param expectsContinue the client waits for our word before it sends its body */
export type AnswerRequest = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

type Admitted = Extract<Admission, { verdict: 'admitted' }>;

export function createDoors(input: DoorsInput): AnswerRequest {
  const closing = new WeakSet<Socket>();
  return (request, response, expectsContinue) => {
    // Node hands over what was pipelined behind a request even when the answer to that one closes the connection.
    if (closing.has(request.socket)) return;
    guarded(input, response, () => take(request, response, expectsContinue));
  };

  function take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const policy = input.admissionPolicy();
    const admission = admit(request, policy);
    if (admission.verdict === 'refused') {
      if (admission.headers.includes('connection') || hasBody(request)) closing.add(request.socket);
      return answerError(input, response, admission);
    }
    if (admission.verdict === 'preflight') return answerPreflight(input, response, admission.origin, admission.methods);
    const { door } = admission;
    if (door.kind !== 'exchange' && door.kind !== 'show' && door.kind !== 'manage')
      return answerPlain(input, response, admission, door);
    if (expectsContinue) response.writeContinue();
    const { client, origin } = admission;
    readWhole(input, request, { response, client, origin, limitBytes: policy.bodyLimitBytes }, (body, current) => {
      if (door.kind === 'show') return answerShow(input, response, body, { client: current, origin });
      if (door.kind === 'manage') return answerManage(input, response, body, { action: door.action, client: current, origin });
      const { dialect, place, streamForm } = door;
      const from = { dialect, place, streamForm, client: current, clientHeaders: request.headers };
      runExchange(input.runtime(), input.ports, { ...from, response, extraHeaders: corsHeaders(origin) }, body);
    });
  }
}

/** A fault of ours ends the request that met it, and no other. */
function guarded(input: DoorsInput, response: ServerResponse, run: () => void): void {
  try {
    run();
  } catch (cause) {
    const { ports } = input;
    ports.reportFailure(formatRequestId(ports.nextKey()), cause);
    const error = new GatewayError('internal', 'something went wrong inside the gateway', { cause });
    if (response.headersSent) response.destroy();
    else answerError(input, response, { error, headers: ['x-should-retry', 'false'], origin: undefined });
  }
}

interface Arriving extends Asker {
  readonly response: ServerResponse;
  readonly limitBytes: number;
}

/** Reads the body of a request that counts as arriving until it is there; its key must still be good then, and it runs as its client is then. */
function readWhole(
  input: DoorsInput,
  request: IncomingMessage,
  arriving: Arriving,
  run: (body: readonly Buffer[], client: Asker['client']) => void,
): void {
  const { response, client, origin, limitBytes } = arriving;
  const answerFor = (error: GatewayError): void => answerError(input, response, { error, headers: [], origin });
  const arrival: LiveExchange = { clientId: client?.id ?? null, place: 0, abort: answerFor };
  input.arriving.add(arrival);
  request.on('close', () => input.arriving.remove(arrival));
  readBody(request, limitBytes, (body) => {
    const current = client && input.admissionPolicy().currentClient(client);
    if (body === null) answerFor(bodyTooLarge(limitBytes));
    else if (client && !current) answerFor(keyEndedMeanwhile());
    // What was told meanwhile that the gateway stops is not asked of anyone any more.
    else if (!response.headersSent) guarded(input, response, () => run(body, current));
    // Only now: whoever waits for the last body must find what became of it among the live.
    input.arriving.remove(arrival);
  });
}

type PlainDoor = Exclude<Door, { kind: 'exchange' | 'show' | 'manage' }>;

function answerPlain(input: DoorsInput, response: ServerResponse, { client, origin }: Admitted, door: PlainDoor): void {
  switch (door.kind) {
    case 'root':
      return answerText(input, response, 'Gatehouse is running', origin);
    case 'health':
      return answerHealth(input, response, client !== null, origin);
    case 'version':
      return answerJson(input, response, 200, encodeVersion(), origin);
    case 'loaded-models':
      return answerJson(input, response, 200, encodePs(), origin);
    case 'upgrade':
      return answerUpgrade(input, response, origin);
    case 'stored-response':
      return answerStored(input, response, door, client?.id ?? null, origin);
    case 'models':
    case 'model': {
      const { list, one, tellsFacts } = listWriter(door.shape, response.req.headers);
      const write = (models: readonly ListedModel[]) => (door.kind === 'models' ? list(models) : one(known(models, door.id)));
      return withModels(input, response, { catalog: tellsFacts, client, origin }, write);
    }
  }
}

type Asker = Pick<Admitted, 'client' | 'origin'>;

/** Answers from the list of models as soon as it is known. */
function withModels(
  input: DoorsInput,
  response: ServerResponse,
  { catalog, client, origin }: Asker & { readonly catalog: boolean },
  answer: (models: readonly ListedModel[]) => unknown,
): void {
  const listed = input.listModels({ catalog, allowedModels: client?.allowedModels ?? null });
  const answered = listed.then((models) => answerJson(input, response, 200, answer(models), origin));
  answered.catch((cause: unknown) => {
    const error =
      cause instanceof GatewayError ? cause : new GatewayError('internal', 'the model list cannot be made', { cause });
    answerError(input, response, { error, headers: [], origin });
  });
}

/** @throws GatewayError `unknown-model` */
function known(models: readonly ListedModel[], id: string): ListedModel {
  const model = findListed(models, id);
  if (model) return model;
  throw new GatewayError('unknown-model', `The model "${id}" is not known; GET /v1/models lists what is.`, { field: 'model' });
}

function answerShow(input: DoorsInput, response: ServerResponse, body: readonly Buffer[], asker: Asker): void {
  withModels(input, response, { catalog: true, ...asker }, (models) => encodeShow(known(models, readShownModel(body))));
}

function answerManage(
  input: DoorsInput,
  response: ServerResponse,
  pieces: readonly Buffer[],
  { action, client, origin }: Asker & { readonly action: ModelAction },
): void {
  const asked = { action, body: readManageBody(pieces), client };
  const fail = (error: GatewayError): void => answerError(input, response, { error, headers: [], origin });
  void answerManaged(input.manageModels, asked, { response, headers: ourHeaders(input, origin), fail });
}

/** As in every other request. */
const longestModelName = 512;

/** @throws GatewayError `bad-request` */
function readShownModel(body: readonly Buffer[]): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(body).toString('utf8'));
  } catch (cause) {
    throw new GatewayError('bad-request', 'the request body is not sound JSON', { cause });
  }
  const { model, name } = typeof parsed === 'object' && parsed !== null ? (parsed as { model?: unknown; name?: unknown }) : {};
  const shown = model ?? name;
  if (typeof shown === 'string' && shown !== '' && shown.length <= longestModelName) return shown;
  throw new GatewayError('bad-request', 'the field model is missing or is not a name', { field: 'model' });
}

/** Clients fall back to plain requests at once after a 426, and only then (RFC 9110 15.5.22). */
function answerUpgrade(input: DoorsInput, response: ServerResponse, origin: string | undefined): void {
  const error = new GatewayError('upgrade-required', 'This gateway has no WebSocket; send POST /v1/responses.');
  answerError(input, response, { error, headers: ['upgrade', 'HTTP/1.1', 'connection', 'upgrade'], origin });
}

function answerStored(
  input: DoorsInput,
  response: ServerResponse,
  { id, part }: Extract<Door, { kind: 'stored-response' }>,
  clientId: string | null,
  origin: string | undefined,
): void {
  const { responses } = input.ports;
  const value = part === 'deletion' ? responses.delete(clientId, id) : responses.show(clientId, id, part);
  if (value !== null) return answerJson(input, response, 200, value, origin);
  const error = new GatewayError('not-found', `There is no response "${id}" here: it was not kept, or not for this key.`, {
    field: 'id',
  });
  answerError(input, response, { error, headers: [], origin });
}

/** A stranger learns the state in one word; a client learns what was checked. */
function answerHealth(input: DoorsInput, response: ServerResponse, known: boolean, origin: string | undefined): void {
  const health = input.health();
  const status = health.status === 'unhealthy' ? 503 : 200;
  answerJson(input, response, status, known ? health : { status: health.status }, origin);
}

interface Refused {
  readonly error: GatewayError;
  readonly headers: readonly string[];
  readonly origin: string | undefined;
}

function answerError(input: DoorsInput, response: ServerResponse, { error, headers, origin }: Refused): void {
  if (response.headersSent || response.destroyed) return;
  const { req: request } = response;
  const all = [...ourHeaders(input, origin), ...headers];
  const path = pathOf(request);
  const meant = error.kind === 'not-found' ? (pathMeant(path) ?? path) : path;
  const body = dialectOfPath(meant, request.headers).encodeError(error);
  const isUnread = hasBody(request) && !request.complete && !headers.includes('connection');
  if (isUnread) answerUnread(response, answerStatus(error), all, body);
  else writeWhole(response, answerStatus(error), all, body);
}

function answerJson(
  input: DoorsInput,
  response: ServerResponse,
  status: number,
  value: unknown,
  origin: string | undefined,
): void {
  writeWhole(response, status, ourHeaders(input, origin), JSON.stringify(value));
}

function answerText(input: DoorsInput, response: ServerResponse, text: string, origin: string | undefined): void {
  response.writeHead(200, [
    ...ourHeaders(input, origin),
    'content-type',
    'text/plain; charset=utf-8',
    'content-length',
    String(text.length),
  ]);
  response.end(text);
}

function answerPreflight(input: DoorsInput, response: ServerResponse, origin: string, methods: readonly string[]): void {
  response.writeHead(204, [...ourHeaders(input, undefined), ...preflightHeaders(origin, methods)]);
  response.end();
}

function ourHeaders({ ports }: DoorsInput, origin: string | undefined): string[] {
  return baseHeaders({ requestId: formatRequestId(ports.nextKey()), extra: corsHeaders(origin) });
}

/** The path alone of a target that may have been refused as none. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
