/** Checks a whole Ollama answer and takes its usage out, without parsing the rest. */
import { GatewayError } from '../../chat/error.ts';
import type { WholeReading } from '../dialect.ts';
import type { Fields } from '../json/fields.ts';
import { rawJson } from '../json/raw-json.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';
import { describeError } from './describe-error.ts';
import { decodeUsage, metricFields, rawMetrics } from './usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const found = readFound(body, scan(body));
  if (found['error']) return { usage: null, rawUsageJson: null, errorMessage: describeError(found['error']) };
  const usage = decodeUsage(found);
  return { usage, rawUsageJson: usage === null ? null : rawJson(rawMetrics(found)), errorMessage: null };
}

function scan(body: Buffer): ScannedObject {
  try {
    return scanFields(body, ['error', ...metricFields]);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    const kind = error.isCut ? 'upstream-truncated' : 'upstream-protocol';
    throw new GatewayError(kind, `the provider's answer is not sound JSON: ${error.message}`);
  }
}

function readFound(body: Buffer, { fields }: ScannedObject): Fields {
  return Object.fromEntries([...fields].map(([name, { start, end }]) => [name, read(body.toString('utf8', start, end), name)]));
}

function read(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('upstream-protocol', `the provider's answer holds a broken field ${name}`, { cause });
  }
}
