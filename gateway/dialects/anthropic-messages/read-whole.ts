/** Checks a whole answer of Anthropic's and takes its usage out, without parsing the rest. */
import { GatewayError } from '../../chat/error.ts';
import type { WholeReading } from '../dialect.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';
import { describeError } from './read-error.ts';
import { decodeUsage } from './usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const scanned = scan(body);
  const error = read(textOf(body, scanned, 'error'), 'error');
  if (error) return { usage: null, rawUsageJson: null, errorMessage: describeError(error) };
  const rawUsageJson = textOf(body, scanned, 'usage');
  const usage = decodeUsage(read(rawUsageJson, 'usage'));
  return { usage, rawUsageJson: usage === null ? null : rawUsageJson, errorMessage: null };
}

function scan(body: Buffer): ScannedObject {
  try {
    return scanFields(body, ['usage', 'error']);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    const kind = error.isCut ? 'upstream-truncated' : 'upstream-protocol';
    throw new GatewayError(kind, `the provider's answer is not sound JSON: ${error.message}`);
  }
}

function textOf(body: Buffer, scanned: ScannedObject, name: string): string | null {
  const range = scanned.fields.get(name);
  return range ? body.toString('utf8', range.start, range.end) : null;
}

function read(text: string | null, name: string): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('upstream-protocol', `the provider's answer holds a broken field ${name}`, { cause });
  }
}
