/** Checks a whole answer and takes its usage out, without parsing the rest. */
import { GatewayError } from '../../../chat/error.ts';
import type { WholeReading } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { rawJson } from '../../json/raw-json.ts';
import { readWholeFields } from '../../json/whole-fields.ts';
import { errorWords } from '../decode-stream-error.ts';
import { decodeUsage } from '../usage.ts';

const openBracket = 0x5b;

/**
 * An object, or the list of objects that a stream without `alt=sse` is.
 * @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is neither
 */
export function readWholeAnswer(body: Buffer): WholeReading {
  if (body[skipSpace(body)] === openBracket) return readList(body);
  const fields = readWholeFields(body, ['usageMetadata', 'error']);
  return reading(fields.value('usageMetadata'), fields.value('error'));
}

function reading(raw: unknown, error: unknown): WholeReading {
  if (error) return { usage: null, rawUsageJson: null, errorMessage: errorWords(error) };
  const usage = decodeUsage(raw);
  return { usage, rawUsageJson: usage === null ? null : rawJson(raw), errorMessage: null };
}

/** The last usage counts. */
function readList(body: Buffer): WholeReading {
  const list = parseList(body);
  const error = list.find((each) => isFields(each) && each['error']);
  const last = list.findLast((each) => isFields(each) && decodeUsage(each['usageMetadata']) !== null);
  return reading(isFields(last) ? last['usageMetadata'] : null, isFields(error) ? error['error'] : null);
}

function parseList(body: Buffer): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    throw new GatewayError('upstream-truncated', "the provider's answer is not a whole JSON list", { cause });
  }
}

function skipSpace(body: Buffer): number {
  const at = body.findIndex((byte) => byte > 0x20);
  return at === -1 ? 0 : at;
}
