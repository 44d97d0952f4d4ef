/** Checks a whole OpenAI answer and takes its usage out, without parsing the rest. */
import type { WholeReading } from '../dialect.ts';
import { readWholeFields } from '../json/whole-fields.ts';
import { billedFields, billedUsageJson } from './billed-usage.ts';
import { describeError } from './stream-reader.ts';
import { decodeUsage } from './usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const fields = readWholeFields(body, [...billedFields, 'error']);
  const error = fields.value('error');
  if (error) return { usage: null, rawUsageJson: null, errorMessage: describeError(error) };
  const usage = decodeUsage(fields.value('usage'));
  return { usage, rawUsageJson: usage === null ? null : billedUsageJson(fields), errorMessage: null };
}
