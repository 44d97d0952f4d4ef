/** Checks a whole OpenAI answer and takes its usage out, without parsing the rest. */
import { GatewayError } from '../../chat/error.ts';
import type { WholeReading } from '../dialect.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';
import { describeError } from './stream-reader.ts';
import { decodeUsage } from './usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const scanned = scan(body);
  const error = read(body, scanned, 'error');
  if (error) return { usage: null, rawUsage: null, errorMessage: describeError(error) };
  const rawUsage = read(body, scanned, 'usage') ?? null;
  return { usage: decodeUsage(rawUsage), rawUsage, errorMessage: null };
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

function read(body: Buffer, scanned: ScannedObject, name: string): unknown {
  const range = scanned.fields.get(name);
  if (!range) return undefined;
  try {
    return JSON.parse(body.toString('utf8', range.start, range.end));
  } catch (cause) {
    throw new GatewayError('upstream-protocol', `the provider's answer holds a broken field ${name}`, { cause });
  }
}
