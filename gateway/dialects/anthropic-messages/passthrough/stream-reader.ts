/** Listens beside a stream of Anthropic's that passes through: where it ends, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { parseJson } from '../../json/parse.ts';
import { type Heard, listenToStream } from '../../stream-listener.ts';
import { describeError } from '../read-error.ts';
import { decodeStartUsage, decodeUsage, mergeUsage } from '../usage.ts';

/** The events beside content. Inside a text every quote is escaped, so that the model cannot write one. */
const telling = /event: ?(?:message_|error)|"type"\s*:\s*"(?:message_|error")|"error"\s*:/;

export function createStreamReader(): StreamReader {
  let raw: Fields | null = null;

  const keepUsage = (usage: unknown, heard: Heard, decode = decodeUsage): void => {
    raw = mergeUsage(raw, usage);
    heard.usage = decode(raw);
    if (heard.usage) heard.rawUsage = raw;
  };

  const read = (data: string, event: string | null, heard: Heard): StreamStep => {
    const payload = parseJson(data);
    if (event === 'error') return fail(payload ?? data, event, heard);
    if (!isFields(payload)) return 'pass';
    if (payload.type === 'error' || (payload.type === undefined && payload.error)) return fail(payload, event, heard);
    const type = payload.type ?? event;
    if (type === 'message_stop') return 'end';
    if (type === 'message_start') keepUsage(isFields(payload.message) ? payload.message.usage : null, heard, decodeStartUsage);
    if (type === 'message_delta') keepUsage(payload.usage, heard);
    return 'pass';
  };

  return listenToStream({ telling, read });
}

/** Clients know an error by its event's name, so one without that name must be said anew. */
function fail(payload: unknown, event: string | null, heard: Heard): StreamStep {
  const error = isFields(payload) ? (payload.error ?? payload) : payload;
  heard.errorMessage = describeError(error);
  heard.errorIsSound = event === 'error' && isFields(payload) && payload.type === 'error' && isFields(payload.error);
  return 'error';
}
