/** Checks a whole JSON answer of an endpoint beside chat, and takes its usage out. */
import { GatewayError } from '../../../chat/error.ts';
import type { WholeReading } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { readWholeFields } from '../../json/whole-fields.ts';
import { describeError } from '../stream-reader.ts';
import { decodeEndpointUsage, decodeMetaUsage } from './usage.ts';

const nothingRead: WholeReading = { usage: null, rawUsageJson: null, errorMessage: null };

/**
 * An object, or in some servers a bare list (rerank) or text (a transcription).
 * @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is none
 */
export function readWholeEndpointAnswer(body: Buffer): WholeReading {
  if (/^\s*["[]/.test(body.toString('latin1', 0, 64))) return readBareValue(body);
  const fields = readWholeFields(body, ['error', 'usage', 'meta']);
  const error = fields.value('error');
  if (error) return { ...nothingRead, errorMessage: describeError(error) };
  const [usage, meta] = [fields.value('usage'), fields.value('meta')];
  if (isFields(usage)) return { ...nothingRead, usage: decodeEndpointUsage(usage), rawUsageJson: fields.json('usage') };
  return { ...nothingRead, usage: decodeMetaUsage(meta), rawUsageJson: isFields(meta) ? fields.json('meta') : null };
}

function readBareValue(body: Buffer): WholeReading {
  try {
    JSON.parse(body.toString('utf8'));
    return nothingRead;
  } catch (cause) {
    throw new GatewayError('upstream-protocol', "the provider's answer is not sound JSON", { cause });
  }
}
