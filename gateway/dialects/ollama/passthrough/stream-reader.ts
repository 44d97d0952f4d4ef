/** Listens beside a stream of Ollama's that passes through: where it ends, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields } from '../../json/fields.ts';
import { parseFields } from '../../json/parse.ts';
import { type Heard, listenToStream } from '../../stream-listener.ts';
import { describeError } from '../describe-error.ts';
import { decodeUsage, rawMetrics } from '../usage.ts';

/** The last line, or one with an error. Inside a text such quotes are escaped, so that no text looks like either. */
const telling = /"done"[ \t]*:[ \t]*true|"error"[ \t]*:/;

/** The relay gives it blocks of whole lines, and each line as `data`. */
export function createStreamReader(): StreamReader {
  return listenToStream({ telling, read: readLine });
}

function readLine(data: string, _event: string | null, heard: Heard): StreamStep {
  const line = parseFields(data);
  if (line?.['error']) return fail(line['error'], heard);
  return line?.['done'] === true ? finish(line, heard) : 'pass';
}

function fail(error: unknown, heard: Heard): StreamStep {
  heard.errorMessage = describeError(error);
  heard.errorIsSound = typeof error === 'string';
  return 'error';
}

function finish(line: Fields, heard: Heard): StreamStep {
  heard.usage = decodeUsage(line);
  if (heard.usage) heard.rawUsage = rawMetrics(line);
  return 'end';
}
