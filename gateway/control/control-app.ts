/** What an admitted request may reach: one route for the calls, one for the events. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import type { CallHandlers } from '../contract/calls.ts';
import { bodyLimitOf, callPrefix, eventsPath, tooLarge } from './admission.ts';
import { answerCall, type ReportFailure } from './answer-call.ts';
import { sendError, sendValue } from './answer.ts';
import { readEventId, type EventStreams } from './event-stream.ts';
import { bodyMessages, readJsonBody } from './json-body.ts';

/** What admission learned about a request. */
export interface RequestFacts {
  readonly requestId: string;
  readonly path: string;
  readonly query: string;
}

/** Answers a request that was admitted. */
export type ControlApp = (request: IncomingMessage, response: ServerResponse, facts: RequestFacts) => void;

export interface ControlAppParts {
  readonly handlers: CallHandlers;
  readonly streams: EventStreams;
  readonly report: ReportFailure;
}

/** Builds the routes. Admission comes before them: nothing here looks at tokens, Host or Origin. */
export function createControlApp({ handlers, streams, report }: ControlAppParts): ControlApp {
  const facts = new WeakMap<object, RequestFacts>();
  const factsOf = (request: object): RequestFacts => facts.get(request) ?? { requestId: '', path: '', query: '' };
  const app = express();
  for (const setting of ['x-powered-by', 'etag']) app.disable(setting);
  // Without these, /CONTROL/calls/… would be the same route under an address that admission judged differently.
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  app.post(`${callPrefix}:name`, async (request: Request<{ name: string }>, response: Response) => {
    const { requestId, path } = factsOf(request);
    const input = await readInput(request, response, path);
    if (input === null) return;
    const outcome = await answerCall({ requestId, name: request.params.name, input: input.value }, handlers, report);
    if (outcome.ok) sendValue(response, outcome.value);
    else sendError(response, outcome.error);
  });
  app.get(eventsPath, (request, response) => openEvents(request, response, factsOf(request).query, streams));
  app.use((_request, response) => sendError(response, { kind: 'not-found', message: 'There is nothing at this address.' }));
  const answerUnexpected: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const { requestId, path } = factsOf(request);
    report({ requestId, call: path, error });
    if (response.headersSent) return void response.destroy();
    sendError(response, { kind: 'failed', message: `The gateway could not do this; its log has the reason under ${requestId}.` });
  };
  app.use(answerUnexpected);
  return (request, response, known) => {
    facts.set(request, known);
    app(request, response);
  };
}

/** Reads a call's body; null when it was refused, with the refusal sent. */
async function readInput(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<{ readonly value: unknown } | null> {
  const reading = await readJsonBody(request, bodyLimitOf(path));
  if (reading.ok) return reading;
  // What is left of the body is not read: the connection closes instead.
  response.setHeader('connection', 'close');
  if (reading.problem === 'too-large') {
    const { status, kind, message } = tooLarge(path);
    sendError(response, { kind, message }, status);
  } else sendError(response, { kind: 'invalid', message: bodyMessages[reading.problem] });
  return null;
}

function openEvents(request: Request, response: Response, query: string, streams: EventStreams): void {
  const given = request.headers['last-event-id'] ?? new URLSearchParams(query).get('after');
  const afterId = readEventId(Array.isArray(given) ? given[0] : given);
  if (streams.open(response, afterId)) return;
  sendError(response, { kind: 'unavailable', message: 'Too many windows are watching already; close some of them.' });
}
