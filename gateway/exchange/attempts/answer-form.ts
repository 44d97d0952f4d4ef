/** What a good answer is, by its head: whole JSON, a stream of events, bytes of sound or text, or nothing that may be relayed. */
import type { Dialect } from '../../dialects/dialect.ts';
import { framings } from '../relay/framing.ts';
import type { UpstreamHeaders } from './upstream-error.ts';

export type AnswerForm =
  | { readonly kind: 'whole' }
  | { readonly kind: 'stream' }
  /** As the upstream calls it. */
  | { readonly kind: 'bytes'; readonly contentType: string }
  /** Why it is refused, as the end of a sentence. */
  | { readonly kind: 'none'; readonly problem: string };

const json = 'application/json';

/**
 * Sound, and what transcriptions are written in; a browser shows none of it as a page. Parameters are passed on where they are
 * plain (`audio/pcm;rate=24000`).
 */
const byteTypes =
  /^(audio\/[a-z0-9.+-]{1,64}|text\/plain|text\/vtt|application\/x-subrip|application\/octet-stream)((?:[ ]?;[ ]?[a-z0-9-]{1,32}=[a-z0-9.,-]{1,64}){0,4})(?=[ ]?(?:;|$))/;

/**
 * @param wire the upstream's dialect
 * @param stream was one asked for?
 */
export function judgeAnswer(headers: UpstreamHeaders, { endpoint, framing }: Dialect, stream: boolean): AnswerForm {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return refused(`answered in the encoding ${String(encoding)}, which was not asked for`);
  }
  const type = String(headers['content-type'] ?? '').toLowerCase();
  const events = framings[framing].contentType;
  const isAny = endpoint?.answers === 'any';
  if ((stream || isAny) && isOf(type, events)) return { kind: 'stream' };
  // An endpoint's answer comes whole where its model knows no stream.
  if ((!stream || endpoint) && isOf(type, json)) return { kind: 'whole' };
  const [contentType, essence = ''] = (isAny && byteTypes.exec(type)) || [];
  if (contentType !== undefined) return judgeBytes(headers, contentType, essence);
  const wanted = isAny ? `${json}, sound or text` : stream ? events : json;
  return refused(`answered with ${type === '' ? 'no content type' : type} where ${wanted} was expected (is the base URL right?)`);
}

/** Bytes have no structure that would show where they break off: only a length or chunks do (RFC 9112 6.3). */
function judgeBytes(headers: UpstreamHeaders, contentType: string, essence: string): AnswerForm {
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
    return { kind: 'bytes', contentType };
  return refused(`answered with ${essence} and neither a length nor chunks, so that nobody can tell whether it is whole`);
}

function isOf(type: string, wanted: string): boolean {
  return type === wanted || type.startsWith(`${wanted};`);
}

function refused(problem: string): AnswerForm {
  return { kind: 'none', problem };
}
