/** What went wrong while a provider's answer was read or said again, as one error that its client may be told. */
import { GatewayError } from '../../chat/error.ts';
import { EventTooLargeError } from '../../dialects/sse/event-blocks.ts';
import { asGatewayError } from '../own-errors.ts';
import { kindOfToldError } from '../attempts/error-codes.ts';
import { withoutKey } from '../attempts/upstream-error.ts';

/** No error needs more words. */
const longestWords = 2_000;

/**
 * @param thrown by a reader, a codec, or what cuts the stream into events
 * @param key the key that was sent, never to be repeated to anyone
 */
export function answerFailure(thrown: unknown, key: string | null): GatewayError {
  if (thrown instanceof EventTooLargeError) return new GatewayError('upstream-too-large', thrown.message);
  // JSON is parsed to any depth, but not every depth can be written again.
  if (thrown instanceof RangeError) {
    return new GatewayError('upstream-protocol', "the provider's answer is nested too deep to be read", { cause: thrown });
  }
  const { kind, message, status, code, retryable, provider, field, cause } = asGatewayError(thrown);
  // Codecs know only that the provider told an error; what it is shows in its status and code.
  const told = kind === 'upstream-failed' ? kindOfToldError(status, [code]) : kind;
  return new GatewayError(told, withoutKey(message, key).slice(0, longestWords), {
    status,
    ...(told === kind || !retryable ? { retryable } : {}),
    code: withoutKey(code, key).slice(0, longestWords),
    cause,
    ...(provider === undefined ? {} : { provider }),
    ...(field === undefined ? {} : { field }),
  });
}
