/** The last frame of a Responses stream that broke off. */
import type { GatewayError } from '../../../chat/error.ts';
import { isFields } from '../../json/fields.ts';
import { encodeError } from '../encode-error.ts';
import { encodeEvent } from './answer/encode-answer.ts';

/**
 * An `error` event. OpenAI documents the error's fields in the event itself and sends them under `error`; programs read the one
 * or the other, so both stand here. The official SDK throws an `APIError` with the code, words and field of it. How many events
 * came before is not known here: the number 0 is what the SDK demands, and reads no further.
 */
export function encodeStreamError(error: GatewayError): string {
  const body: unknown = JSON.parse(encodeError(error));
  const told = isFields(body) && isFields(body.error) ? body.error : {};
  const { code, message, param } = told;
  return encodeEvent({ type: 'error', sequence_number: 0, code, message, param, error: told });
}
