/** Checks a whole Responses answer and takes its usage out, without parsing the rest; measures what the model wrote in it. */
import type { WholeReading } from '../../../dialect.ts';
import { isFields } from '../../../json/fields.ts';
import { parseJson, textBytes } from '../../../json/parse.ts';
import { readWholeFields } from '../../../json/whole-fields.ts';
import { billedFields, billedUsageJson } from '../../billed-usage.ts';
import { describeError } from '../read-failure.ts';
import { decodeUsage } from '../usage.ts';

/**
 * @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object or holds a
 * broken field
 */
export function readWhole(body: Buffer): WholeReading {
  const fields = readWholeFields(body, [...billedFields, 'error', 'status']);
  const usage = decodeUsage(fields.value('usage'));
  const error = fields.value('error');
  const hasFailed = error || fields.value('status') === 'failed';
  return {
    usage,
    rawUsageJson: usage === null ? null : billedUsageJson(fields),
    errorMessage: hasFailed ? describeError(error) : null,
  };
}

/** @returns bytes of text, thoughts and calls, envelopes left out; null when the answer cannot be read */
export function measureAnswer(body: Buffer): number | null {
  const answer = parseJson(body.toString('utf8'));
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
  return [...texts, ...call].reduce<number>((bytes, text) => bytes + textBytes(text), 0);
}
