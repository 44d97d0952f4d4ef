/** Answers one request of the user's port, from its first header on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '../chat/error.ts';
import { formatRequestId } from '../contract/request-id.ts';
import { openAiChat } from '../dialects/index.ts';
import { encodeModel, encodeModelList, type ListedModel } from '../dialects/openai/encode-model-list.ts';
import { answerStatus, baseHeaders, writeWhole } from '../exchange/answer.ts';
import { runExchange } from '../exchange/exchange.ts';
import type { LiveExchange, LiveExchanges } from '../exchange/live-exchanges.ts';
import { keyRevoked } from '../exchange/own-errors.ts';
import type { ExchangePorts } from '../exchange/ports.ts';
import type { Runtime } from '../exchange/runtime.ts';
import { type Admission, type AdmissionPolicy, admit, bodyTooLarge } from './admission.ts';
import { answerUnread, hasBody } from './answer-unread.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { readBody } from './read-body.ts';

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
  listModels(): Promise<readonly ListedModel[]>;
  health(): Health;
}

/** @param expectsContinue the client waits for our word before it sends its body */
export type AnswerRequest = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

type Admitted = Extract<Admission, { verdict: 'admitted' }>;

export function createDoors(input: DoorsInput): AnswerRequest {
  const closing = new WeakSet<Socket>();
  return (request, response, expectsContinue) => {
    // Node hands over what was pipelined behind a request even when the answer to that one closes the connection.
    if (closing.has(request.socket)) return;
    const policy = input.admissionPolicy();
    const admission = admit(request, policy);
    if (admission.verdict === 'refused') {
      if (admission.headers.includes('connection') || hasBody(request)) closing.add(request.socket);
      return answerError(input, response, admission);
    }
    if (admission.verdict === 'preflight') return answerPreflight(input, response, admission.origin, admission.methods);
    if (admission.route.door.kind !== 'exchange') return answerPlain(input, response, admission);
    if (expectsContinue) response.writeContinue();
    return readAndRun(input, request, response, admission, policy.bodyLimitBytes);
  };
}

function readAndRun(
  input: DoorsInput,
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admitted,
  limitBytes: number,
): void {
  const { client, origin, route } = admission;
  const { door } = route;
  if (door.kind !== 'exchange') return;
  const answerFor = (error: GatewayError): void => answerError(input, response, { error, headers: [], origin });
  const run = (body: readonly Buffer[]): void => {
    if (client && !input.admissionPolicy().isInForce(client.id)) return answerFor(keyRevoked());
    const { dialect } = door;
    const extraHeaders = corsHeaders(origin);
    runExchange(input.runtime(), input.ports, { dialect, client, clientHeaders: request.headers, response, extraHeaders }, body);
  };
  const arrival: LiveExchange = { clientId: client?.id ?? null, place: 0, abort: answerFor };
  input.arriving.add(arrival);
  request.on('close', () => input.arriving.remove(arrival));
  readBody(request, limitBytes, (body) => {
    if (body === null) answerFor(bodyTooLarge(limitBytes));
    // What was told meanwhile that the gateway stops is not asked of anyone any more.
    else if (!response.headersSent) run(body);
    // Only now: whoever waits for the last body must find what became of it among the live.
    input.arriving.remove(arrival);
  });
}

function answerPlain(input: DoorsInput, response: ServerResponse, { route, client, origin }: Admitted): void {
  const { door } = route;
  if (door.kind === 'root') return answerText(input, response, 'Gatehouse is running', origin);
  if (door.kind === 'health') return answerHealth(input, response, client !== null, origin);
  void input.listModels().then(
    (models) => answerModels(input, response, door.kind === 'model' ? door.id : null, models, origin),
    (cause: unknown) => {
      const error = new GatewayError('internal', 'the model list cannot be made', { cause });
      answerError(input, response, { error, headers: [], origin });
    },
  );
}

function answerModels(
  input: DoorsInput,
  response: ServerResponse,
  id: string | null,
  models: readonly ListedModel[],
  origin: string | undefined,
): void {
  if (id === null) return answerJson(input, response, 200, encodeModelList(models), origin);
  const model = models.find((one) => one.id === id) ?? models.find((one) => one.id === `${one.ownedBy}/${id}`);
  // By its bare id too, as in a request; under the name that was asked for.
  if (model) return answerJson(input, response, 200, encodeModel({ ...model, id }), origin);
  const error = new GatewayError('unknown-model', `The model "${id}" is not known; GET /v1/models lists what is.`, {
    field: 'model',
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
  const body = openAiChat.encodeError(error);
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
