/** Errors in Ollama's shape: `{"error":"words"}`, in a stream as its last line (server/routes.go, streamResponse). */
import type { GatewayError } from '../../chat/error.ts';

/** The JSON body of an error answer. */
export function encodeError(error: GatewayError): string {
  return JSON.stringify({ error: error.message });
}

/** The last line of a stream that broke off. */
export function encodeStreamError(error: GatewayError): string {
  return `${encodeError(error)}\n`;
}
