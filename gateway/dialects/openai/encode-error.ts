/** Errors in OpenAI's shape: `{"error":{message, type, param, code}}`. */
import type { GatewayError } from '../../chat/error.ts';
import { encodeFrame } from './encode-frame.ts';

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify(errorBody(error));
}

/** The last frame of a stream that broke off; what follows it is a closed connection, never `[DONE]`. */
export function encodeStreamError(error: GatewayError): string {
  return encodeFrame(errorBody(error));
}

function errorBody(error: GatewayError) {
  return { error: { message: error.message, type: errorType(error), param: error.field ?? null, code: errorCode(error) } };
}

/** OpenAI calls a wrong key, a forbidden model and an unknown one `invalid_request_error` too; their code tells them apart. */
function errorType(error: GatewayError): string {
  if (error.status >= 500) return 'server_error';
  if (error.status !== 429) return 'invalid_request_error';
  return errorCode(error) === 'insufficient_quota' ? 'insufficient_quota' : 'rate_limit_error';
}

/** Where OpenAI has a word of its own, programs look for that one. */
const openAiCodes: Readonly<Record<string, string>> = {
  unknown_model: 'model_not_found',
  unauthorized: 'invalid_api_key',
  upstream_quota: 'insufficient_quota',
};

function errorCode(error: GatewayError): string {
  return (Object.hasOwn(openAiCodes, error.code) ? openAiCodes[error.code] : undefined) ?? error.code;
}
