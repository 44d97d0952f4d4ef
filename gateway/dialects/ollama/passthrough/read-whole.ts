/** Checks a whole Ollama answer and takes its usage out, without parsing the rest. */
import type { WholeReading } from '../../dialect.ts';
import { rawJson } from '../../json/raw-json.ts';
import { readWholeFields } from '../../json/whole-fields.ts';
import { describeError } from '../describe-error.ts';
import { decodeUsage, metricFields, rawMetrics } from '../usage.ts';

/** @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is no object */
export function readWholeAnswer(body: Buffer): WholeReading {
  const fields = readWholeFields(body, ['error', ...metricFields]);
  const error = fields.value('error');
  if (error) return { usage: null, rawUsageJson: null, errorMessage: describeError(error) };
  const metrics = Object.fromEntries(metricFields.map((name) => [name, fields.value(name)]));
  const usage = decodeUsage(metrics);
  return { usage, rawUsageJson: usage === null ? null : rawJson(rawMetrics(metrics)), errorMessage: null };
}
