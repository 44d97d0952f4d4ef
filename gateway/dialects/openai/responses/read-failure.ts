/** Reads what an upstream says went wrong, inside a stream or in a good answer's place. */
import { GatewayError } from '../../../chat/error.ts';
import { type Fields, isFields } from '../../json/fields.ts';

/** OpenAI's codes for what has a status of its own. */
const statuses: ReadonlyMap<unknown, number> = new Map([
  ['insufficient_quota', 429],
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['context_length_exceeded', 400],
  ['invalid_prompt', 400],
  ['invalid_request_error', 400],
]);

/**
 * The error stands under `error` (what OpenAI sends), in the event itself (what it documents), or under `response.error`.
 * @param fields an `error` or `response.failed` event, a failed response, or an error's body
 */
export function errorObject(fields: Fields): unknown {
  if (fields.error) return fields.error;
  return isFields(fields.response) ? (fields.response.error ?? fields) : fields;
}

/** The words of an error in any of the shapes that servers of this dialect send. */
export function describeError(error: unknown): string {
  if (typeof error === 'string' && error !== '') return error;
  if (isFields(error) && typeof error.message === 'string' && error.message !== '') return error.message;
  return 'The provider says that the answer failed, but not why.';
}

/** An error that an upstream told inside an answer that had begun well: `upstream-failed`, with its words, code and status. */
export function upstreamFailure(error: unknown): GatewayError {
  const { code, type } = isFields(error) ? error : {};
  const word = [code, type].find((each) => typeof each === 'string' && each !== '' && each !== 'error');
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : statuses.get(word);
  return new GatewayError('upstream-failed', describeError(error), {
    ...(status === undefined ? {} : { status }),
    ...(typeof word === 'string' ? { code: word } : {}),
  });
}
