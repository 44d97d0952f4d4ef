/** Errors in Gemini's shape, which is Google's for all its APIs: https://cloud.google.com/apis/design/errors#http_mapping */
import type { GatewayError } from '../../chat/error.ts';
import { encodeFrame } from './encode-frame.ts';

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify(errorBody(error));
}

/** The last frame of a stream that broke off. */
export function encodeStreamError(error: GatewayError): string {
  return encodeFrame(errorBody(error));
}

/**
 * The same for a stream that is one JSON array.
 * @param begun has any element been written?
 */
export function encodeArrayStreamError(error: GatewayError, begun: boolean): string {
  return `${begun ? '\n,\n' : '['}${JSON.stringify(errorBody(error))}\n]`;
}

function errorBody(error: GatewayError) {
  return { error: { code: error.status, message: error.message, status: statusWord(error), details: details(error) } };
}

const statusWords: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function statusWord({ status }: GatewayError): string {
  return statusWords[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : status === 502 ? 'UNAVAILABLE' : 'INTERNAL');
}

/** Google's own types for a program's code and for the field at fault. */
function details({ code, field, message }: GatewayError) {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code.toUpperCase(), domain: 'gatehouse' };
  if (field === undefined) return [info];
  const violation = { field, description: message };
  return [info, { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }];
}
