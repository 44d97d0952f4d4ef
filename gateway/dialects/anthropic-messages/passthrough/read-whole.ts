/** Checks a whole answer of Anthropic's and takes its usage out, without parsing the rest. */
import type { WholeReading } from '../../dialect.ts';
import { readWholeFields } from '../../json/whole-fields.ts';
import { describeError } from '../read-error.ts';
import { decodeUsage } from '../usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const fields = readWholeFields(body, ['usage', 'error']);
  const error = fields.value('error');
  if (error) return { usage: null, rawUsageJson: null, errorMessage: describeError(error) };
  const usage = decodeUsage(fields.value('usage'));
  return { usage, rawUsageJson: usage === null ? null : fields.json('usage'), errorMessage: null };
}
