/** Listens beside a Responses stream that passes through: where it ends, what it used, whether it failed. */
import type { Usage } from '../../../chat/usage.ts';
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { rawJson } from '../../json/raw-json.ts';
import { describeError, errorObject } from './read-failure.ts';
import { decodeUsage } from './usage.ts';

/**
 * The closing events, and errors other than the `null` that OpenAI writes into every response object. Inside a text of the
 * model's a quote is escaped, so none of these stands there.
 */
const telling =
  /"response\.(?:completed|incomplete|failed)"|"error"[ \t]*(?:[,}]|:[ \t]*[^ \t:n])|event:[ \t]*(?:error|response\.(?:completed|incomplete|failed))/;

/** The data's own `type` decides; an event's name counts where the data has none (it may stand behind its data). */
export function createStreamReader(): StreamReader {
  let usage: Usage | null = null;
  let rawUsageJson: string | null = null;
  let errorMessage: string | null = null;
  let errorIsSound = false;

  const keepUsage = (response: unknown): void => {
    const raw = isFields(response) ? response.usage : null;
    const decoded = decodeUsage(raw);
    if (!decoded) return;
    usage = decoded;
    rawUsageJson = rawJson(raw);
  };

  const fail = (event: Fields): StreamStep => {
    errorMessage = describeError(errorObject(event));
    errorIsSound = event.type === 'error' || event.type === 'response.failed';
    return 'error';
  };

  const readEvent = (fields: Fields, type: unknown): StreamStep => {
    if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') keepUsage(fields.response);
    if (type === 'error' || type === 'response.failed' || (typeof fields.type !== 'string' && fields.error)) return fail(fields);
    return type === 'response.completed' || type === 'response.incomplete' ? 'end' : 'pass';
  };

  return {
    concerns: (block) => telling.test(block.toString('latin1')),
    read(data, event) {
      const fields = parseFields(data);
      if (fields) return readEvent(fields, typeof fields.type === 'string' ? fields.type : event);
      if (event !== 'error') return 'pass';
      errorMessage = describeError(data);
      return 'error';
    },
    mayEnd: false,
    get usage() {
      return usage;
    },
    get rawUsageJson() {
      return rawUsageJson;
    },
    get errorMessage() {
      return errorMessage;
    },
    get errorIsSound() {
      return errorIsSound;
    },
  };
}

function parseFields(data: string): Fields | null {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
