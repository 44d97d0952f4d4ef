/** The error that a provider told inside an answer that had begun well, passed on as it came: what kind it is. */
import { GatewayError } from '../../chat/error.ts';
import { clientCode, codesIn, isRecord, kindOfToldError, statusIn } from '../attempts/error-codes.ts';

/**
 * @param json the event, or the whole answer, that holds the error
 * @param message in words for a person
 */
export function toldError(json: string, message: string): GatewayError {
  const error = errorObject(parse(json));
  const kind = kindOfToldError(statusIn(error), codesIn(error));
  return new GatewayError(kind, message, clientCode(kind));
}

/** Under `error`, under `response.error` (OpenAI's Responses), or the object itself. */
function errorObject(value: unknown): unknown {
  const whole: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(whole)) return null;
  if (isRecord(whole['error'])) return whole['error'];
  const { response } = whole;
  return isRecord(response) && isRecord(response['error']) ? response['error'] : whole;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
