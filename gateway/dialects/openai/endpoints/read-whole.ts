/** Checks a whole JSON answer of an endpoint beside chat, and takes its usage out. */
import { GatewayError } from '../../../chat/error.ts';
import type { WholeReading } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { readAnswerFields } from '../read-whole.ts';
import { describeError } from '../stream-reader.ts';
import { decodeEndpointUsage, decodeMetaUsage } from './usage.ts';

const nothingRead: WholeReading = { usage: null, rawUsageJson: null, errorMessage: null };

/**
 * An object, or in some servers a bare list (rerank) or text (a transcription).
 * @throws GatewayError `upstream-truncated` when the JSON breaks off, `upstream-protocol` when it is none
 */
export function readWholeEndpointAnswer(body: Buffer): WholeReading {
  if (/^\s*["[]/.test(body.toString('latin1', 0, 64))) return readBareValue(body);
  const fieldOf = readAnswerFields(body, ['error', 'usage', 'meta']);
  const error = fieldOf('error').value;
  if (error) return { ...nothingRead, errorMessage: describeError(error) };
  const [usage, meta] = [fieldOf('usage'), fieldOf('meta')];
  if (isFields(usage.value)) return { ...nothingRead, usage: decodeEndpointUsage(usage.value), rawUsageJson: usage.text };
  return { ...nothingRead, usage: decodeMetaUsage(meta.value), rawUsageJson: isFields(meta.value) ? meta.text : null };
}

function readBareValue(body: Buffer): WholeReading {
  try {
    JSON.parse(body.toString('utf8'));
    return nothingRead;
  } catch (cause) {
    throw new GatewayError('upstream-protocol', "the provider's answer is not sound JSON", { cause });
  }
}
