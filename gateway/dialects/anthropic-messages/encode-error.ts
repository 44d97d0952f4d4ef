/** Errors in Anthropic's shape: `{"type":"error","error":{type, message, details}}`. */
import type { GatewayError } from '../../chat/error.ts';
import { encodeFrame } from './encode-frame.ts';
import { errorTypeOfStatus } from './error-types.ts';

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify(errorBody(error));
}

/** The last frame of a stream that broke off: clients know it by the name of its event. */
export function encodeStreamError(error: GatewayError): string {
  return encodeFrame(errorBody(error));
}

function errorBody(error: GatewayError) {
  const details = { error_code: error.code };
  return { type: 'error', error: { type: errorTypeOfStatus(error.status), message: error.message, details } };
}
