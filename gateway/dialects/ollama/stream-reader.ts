/** Listens beside a stream of Ollama's that passes through: where it ends, what it used, whether it failed. */
import type { Usage } from '../../chat/usage.ts';
import type { StreamReader, StreamStep } from '../dialect.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { rawJson } from '../json/raw-json.ts';
import { describeError } from './describe-error.ts';
import { decodeUsage, rawMetrics } from './usage.ts';

/** The last line, or one with an error. Inside a text such quotes are escaped, so that no text looks like either. */
const telling = /"done"[ \t]*:[ \t]*true|"error"[ \t]*:/;

/** The relay gives it blocks of whole lines, and each line as `data`. */
export function createStreamReader(): StreamReader {
  let usage: Usage | null = null;
  let rawUsageJson: string | null = null;
  let errorMessage: string | null = null;
  let errorIsSound = false;

  const fail = (error: unknown): StreamStep => {
    errorMessage = describeError(error);
    errorIsSound = typeof error === 'string';
    return 'error';
  };

  const finish = (line: Fields): StreamStep => {
    usage = decodeUsage(line);
    rawUsageJson = usage === null ? null : rawJson(rawMetrics(line));
    return 'end';
  };

  return {
    concerns: (block) => telling.test(block.toString('latin1')),
    read(data) {
      const line = parse(data);
      if (line?.['error']) return fail(line['error']);
      return line?.['done'] === true ? finish(line) : 'pass';
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

function parse(data: string): Fields | null {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
