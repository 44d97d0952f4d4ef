/** How the control listener answers: the headers that every answer has, and the one JSON envelope. */
import type { ServerResponse } from 'node:http';
import type { CallErrorBody, CallErrorKind } from '../contract/calls.ts';

/** What a call's error means as an HTTP status. */
const statusByKind = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  failed: 500,
  unavailable: 503,
} as const satisfies Record<CallErrorKind, number>;

const lockedPolicy = "default-src 'none'; frame-ancestors 'none'";

/** On every answer, whatever it is: name, value. */
export const alwaysHeaders: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['content-security-policy', lockedPolicy],
  ['referrer-policy', 'no-referrer'],
];

/** Sets what every answer carries, before anything is known about the request. */
export function prepareAnswer(response: ServerResponse, requestId: string): void {
  response.setHeader('x-request-id', requestId);
  for (const [name, value] of alwaysHeaders) response.setHeader(name, value);
}

/** Ends the answer with a value that was already checked. */
export function sendValue(response: ServerResponse, value: unknown): void {
  sendJson(response, 200, { ok: true, value });
}

/** Ends the answer with an error; `status` only where HTTP has a finer word than the kind. */
export function sendError(response: ServerResponse, error: CallErrorBody, status: number = statusByKind[error.kind]): void {
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="control"');
  sendJson(response, status, { ok: false, error });
}

function sendJson(response: ServerResponse, status: number, answer: unknown): void {
  const body = Buffer.from(JSON.stringify(answer), 'utf8');
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', body.length);
  response.end(body);
}
