/** Listens beside a stream of Anthropic's that passes through: where it ends, what it used, whether it failed. */
import type { Usage } from '../../chat/usage.ts';
import type { StreamReader, StreamStep } from '../dialect.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { rawJson } from '../json/raw-json.ts';
import { describeError } from './read-error.ts';
import { decodeUsage, mergeUsage } from './usage.ts';

/** The events beside content. Inside a text every quote is escaped, so that the model cannot write one. */
const telling = /event: ?(?:message_|error)|"type"\s*:\s*"(?:message_|error")|"error"\s*:/;

export function createStreamReader(): StreamReader {
  let raw: Fields | null = null;
  let errorMessage: string | null = null;
  let errorIsSound = false;

  /** Clients know an error by its event's name, so one without that name must be said anew. */
  const fail = (payload: unknown, event: string | null): StreamStep => {
    const error = isFields(payload) ? (payload.error ?? payload) : payload;
    errorMessage = describeError(error);
    errorIsSound = event === 'error' && isFields(payload) && payload.type === 'error' && isFields(payload.error);
    return 'error';
  };

  const read = (data: string, event: string | null): StreamStep => {
    const payload = parse(data);
    if (event === 'error') return fail(payload ?? data, event);
    if (!isFields(payload)) return 'pass';
    if (payload.type === 'error' || (payload.type === undefined && payload.error)) return fail(payload, event);
    const type = payload.type ?? event;
    if (type === 'message_stop') return 'end';
    if (type === 'message_start') raw = mergeUsage(raw, isFields(payload.message) ? payload.message.usage : null);
    if (type === 'message_delta') raw = mergeUsage(raw, payload.usage);
    return 'pass';
  };

  return {
    concerns: (block) => telling.test(block.toString('latin1')),
    read,
    mayEnd: false,
    get usage(): Usage | null {
      return decodeUsage(raw);
    },
    get rawUsageJson() {
      return decodeUsage(raw) === null ? null : rawJson(raw);
    },
    get errorMessage() {
      return errorMessage;
    },
    get errorIsSound() {
      return errorIsSound;
    },
  };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
