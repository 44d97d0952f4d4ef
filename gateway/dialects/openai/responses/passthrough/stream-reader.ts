/** Listens beside a Responses stream that passes through: where it ends, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../../../dialect.ts';
import { type Fields, isFields } from '../../../json/fields.ts';
import { parseFields } from '../../../json/parse.ts';
import { type Heard, listenToStream } from '../../../stream-listener.ts';
import { describeError, errorObject } from '../read-failure.ts';
import { billedUsage } from '../../billed-usage.ts';
import { decodeUsage } from '../usage.ts';

/**
 * The closing events, and errors other than the `null` that OpenAI writes into every response object. Inside a text of the
 * model's a quote is escaped, so none of these stands there.
 */
const telling =
  /"response\.(?:completed|incomplete|failed)"|"error"[ \t]*(?:[,}]|:[ \t]*[^ \t:n])|event:[ \t]*(?:error|response\.(?:completed|incomplete|failed))/;

/** The data's own `type` decides; an event's name counts where the data has none (it may stand behind its data). */
export function createStreamReader(): StreamReader {
  return listenToStream({ telling, read });
}

function read(data: string, event: string | null, heard: Heard): StreamStep {
  const fields = parseFields(data);
  if (fields) return readEvent(fields, typeof fields.type === 'string' ? fields.type : event, heard);
  if (event !== 'error') return 'pass';
  heard.errorMessage = describeError(data);
  return 'error';
}

function readEvent(fields: Fields, type: unknown, heard: Heard): StreamStep {
  const completes = type === 'response.completed' || type === 'response.incomplete';
  if (completes || type === 'response.failed') keepUsage(fields.response, heard);
  if (type === 'error' || type === 'response.failed' || (typeof fields.type !== 'string' && fields.error)) {
    heard.errorMessage = describeError(errorObject(fields));
    heard.errorIsSound = fields.type === 'error' || fields.type === 'response.failed';
    return 'error';
  }
  return completes ? 'end' : 'pass';
}

function keepUsage(response: unknown, heard: Heard): void {
  if (!isFields(response)) return;
  const usage = decodeUsage(response.usage);
  if (usage) Object.assign(heard, { usage, rawUsage: billedUsage(response.usage, response) });
}
