/** Reads the errors of providers that speak Anthropic's dialect, in a stream or in a good answer's place. */
import { GatewayError } from '../../chat/error.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { statusOfErrorType } from './error-types.ts';

/** The words of an error: Anthropic's, or those of a provider that only nearly speaks its dialect. */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (isFields(error) && typeof error.message === 'string') return error.message;
  return JSON.stringify(error) ?? 'unknown error';
}

/**
 * The error that an object tells, if it tells one: `{"type":"error","error":{…}}`, or an `error` without that frame.
 * @returns null for an answer or an event of another type
 */
export function errorIn(payload: Fields): unknown {
  if (payload.type === 'error') return payload.error ?? payload;
  return payload.type === undefined && payload.error ? payload.error : null;
}

/** What failed, as the provider told it: its words, its type as code, and the status that type stands for. */
export function upstreamFailure(error: unknown): GatewayError {
  const type = isFields(error) && typeof error.type === 'string' && error.type !== 'error' ? error.type : null;
  const status = type === null ? null : statusOfErrorType(type);
  return new GatewayError('upstream-failed', describeError(error), {
    ...(type === null ? {} : { code: type }),
    ...(status === null ? {} : { status }),
  });
}
