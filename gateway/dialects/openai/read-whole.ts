/** Checks a whole OpenAI answer and takes its usage out, without parsing the rest. */
import { GatewayError } from '../../chat/error.ts';
import type { WholeReading } from '../dialect.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';
import { describeError } from './stream-reader.ts';
import { decodeUsage } from './usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const fieldOf = readAnswerFields(body, ['usage', 'error']);
  const error = fieldOf('error').value;
  if (error) return { usage: null, rawUsageJson: null, errorMessage: describeError(error) };
  const { text, value } = fieldOf('usage');
  const usage = decodeUsage(value);
  return { usage, rawUsageJson: usage === null ? null : text, errorMessage: null };
}

/** A field of an answer as it is written and as what it means; both null where it is missing. */
export interface AnswerField {
  readonly text: string | null;
  readonly value: unknown;
}

/**
 * @param names of the top-level fields that may be asked for
 * @throws GatewayError as `readWholeAnswer` does, at once or when a broken field is asked for
 */
export function readAnswerFields(body: Buffer, names: readonly string[]): (name: string) => AnswerField {
  const scanned = scan(body, names);
  return (name) => {
    const text = textOf(body, scanned, name);
    return { text, value: read(text, name) };
  };
}

function scan(body: Buffer, names: readonly string[]): ScannedObject {
  try {
    return scanFields(body, names);
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
