/** Checks a whole Responses answer and takes its usage out, without parsing the rest; measures what the model wrote in it. */
import { GatewayError } from '../../../chat/error.ts';
import type { WholeReading } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../../json/scan-fields.ts';
import { describeError } from './read-failure.ts';
import { decodeUsage } from './usage.ts';

/**
 * @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object or holds a
 * broken field
 */
export function readWhole(body: Buffer): WholeReading {
  const scanned = scan(body);
  const rawUsageJson = textOf(body, scanned, 'usage');
  const usage = decodeUsage(read(rawUsageJson, 'usage'));
  const error = read(textOf(body, scanned, 'error'), 'error');
  const hasFailed = error || read(textOf(body, scanned, 'status'), 'status') === 'failed';
  return {
    usage,
    rawUsageJson: usage === null ? null : rawUsageJson,
    errorMessage: hasFailed ? describeError(error) : null,
  };
}

function scan(body: Buffer): ScannedObject {
  try {
    return scanFields(body, ['usage', 'error', 'status']);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    const kind = error.isCut ? 'upstream-truncated' : 'upstream-protocol';
    throw new GatewayError(kind, `The provider's answer is not sound JSON: ${error.message}.`, { cause: error });
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
    throw new GatewayError('upstream-protocol', `The provider's answer holds a broken field ${name}.`, { cause });
  }
}

/** @returns bytes of text, thoughts and calls, envelopes left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parse(body);
  if (!isFields(answer) || !Array.isArray(answer.output)) return null;
  const output: readonly unknown[] = answer.output;
  return output.reduce<number>((bytes, item) => bytes + itemBytes(item), 0);
}

/** What the model writes, in any item: its texts stand in lists of parts, its calls in fields. */
function itemBytes(item: unknown): number {
  if (!isFields(item)) return 0;
  const parts = [item.content, item.summary].flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
  const texts = parts.flatMap((part) => (isFields(part) ? [part.text, part.refusal] : []));
  const isCall = item.type === 'function_call' || item.type === 'custom_tool_call';
  const call = isCall ? [item.name, item.arguments, item.input] : [];
  return [...texts, ...call].reduce<number>((bytes, text) => bytes + (typeof text === 'string' ? Buffer.byteLength(text) : 0), 0);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
