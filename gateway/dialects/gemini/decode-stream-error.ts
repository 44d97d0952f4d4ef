/** Reads an error that stands where an answer was expected. */
import { GatewayError } from '../../chat/error.ts';
import { isFields } from '../json/fields.ts';

/** `{code, message, status, details}`, or only words. */
export function streamError(error: unknown): GatewayError {
  const { code, status } = isFields(error) ? error : { code: null, status: null };
  return new GatewayError('upstream-failed', errorWords(error), {
    ...(typeof code === 'number' && code >= 400 && code <= 599 ? { status: code } : {}),
    ...(typeof status === 'string' && status !== '' ? { code: status } : {}),
  });
}

/** The provider's own words. */
export function errorWords(error: unknown): string {
  if (typeof error === 'string') return error;
  if (isFields(error) && typeof error['message'] === 'string' && error['message'] !== '') return error['message'];
  return JSON.stringify(error) ?? 'unknown error';
}
