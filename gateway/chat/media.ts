/** Pictures, sounds and files as requests carry them: data URLs taken apart, and what may pass checked. */
import { GatewayError } from './error.ts';
import type { MediaSource } from './request.ts';

/** A decoded picture may be so large; what providers take at most lies between 5 and 20 MB. */
export const maximumImageBytes = 10 * 1024 * 1024;

/** What every provider that sees pictures takes. */
const imageTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heif',
]);

/** What stands before a data URL's comma is short; hostile ones are not. */
const longestDataUrlHead = 1_000;
const base64Text = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Reads `data:<type>;base64,<data>` (RFC 2397) or an address.
 * @param field the path named in a refusal
 * @throws GatewayError `bad-request` when it is neither
 */
export function readMediaUrl(url: string, field: string): MediaSource {
  if (!/^data:/i.test(url)) {
    if (!/^(?:https?|gs):\/\/./i.test(url)) throw refuseMedia(field, 'must be an http(s) address or a data: URL');
    return { type: 'url', url, mediaType: null };
  }
  const head = url.slice('data:'.length, longestDataUrlHead).toLowerCase();
  const comma = head.indexOf(',');
  const [mediaType, ...parameters] = head.slice(0, Math.max(comma, 0)).split(';');
  if (!mediaType) throw refuseMedia(field, 'is not a whole data: URL (data:<type>;base64,<data>)');
  if (parameters.at(-1) !== 'base64') throw refuseMedia(field, 'must be a data: URL in base64');
  return { type: 'base64', mediaType, data: url.slice('data:'.length + comma + 1) };
}

/**
 * Checks a picture that stands in the request: a type providers take, sound base64, at most 10 MB.
 * @param field the path named in the refusal, such as `messages.0.content.1.image_url`
 * @throws GatewayError `bad-request` naming the picture
 */
export function checkImage(source: MediaSource, field: string): MediaSource {
  if (source.type !== 'base64') return source;
  const type = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType;
  if (!imageTypes.has(type)) throw refuseMedia(field, `is of type ${type || '(none)'}; send PNG, JPEG, GIF, WebP or HEIC`);
  if (source.data === '' || !base64Text.test(source.data)) throw refuseMedia(field, 'is not sound base64');
  const bytes = Math.floor((source.data.replace(/=+$/, '').length * 3) / 4);
  if (bytes > maximumImageBytes) {
    throw refuseMedia(
      field,
      `has ${(bytes / 1024 / 1024).toFixed(1)} MB; a picture may have ${maximumImageBytes / 1024 / 1024} MB`,
    );
  }
  return type === source.mediaType ? source : { ...source, mediaType: type };
}

function refuseMedia(field: string, problem: string): GatewayError {
  return new GatewayError('bad-request', `${field} ${problem}.`, { field, code: 'invalid_image' });
}

/** The source as one URL, for dialects that take a data URL where an address may stand. */
export function mediaUrl(source: Exclude<MediaSource, { type: 'file-id' }>): string {
  return source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}
