/** Writes pictures and documents as the API takes them: four kinds of pictures, PDFs, and plain text. */
import { GatewayError } from '../../../chat/error.ts';
import type { FilePart, MediaSource } from '../../../chat/request.ts';

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const textTypes = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|typescript|x-sh|toml|sql)$|\+(?:json|xml)$/;

/** @throws GatewayError `untranslatable` for a kind of picture or an address that the API does not take */
export function encodeImage(source: MediaSource, path: string) {
  if (source.type !== 'base64') return { type: 'image', source: encodeAddress(source, path) };
  const { mediaType, data } = source;
  if (!imageTypes.has(mediaType)) throw untranslatable(path, `is of type ${mediaType}; Anthropic takes JPEG, PNG, GIF and WebP`);
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

/** @throws GatewayError `untranslatable` */
export function encodeFile({ source, name, type }: FilePart, path: string) {
  if (type !== 'file') throw untranslatable(path, `is of the kind ${type}, which Anthropic does not take`);
  if (source.type === 'base64' && source.mediaType.startsWith('image/')) return encodeImage(source, path);
  return { type: 'document', source: encodeDocument(source, path), ...(name === undefined ? {} : { title: name }) };
}

function encodeDocument(source: MediaSource, path: string) {
  if (source.type !== 'base64') return encodeAddress(source, path);
  const [mediaType = ''] = source.mediaType.split(';');
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data: source.data };
  if (!textTypes.test(mediaType)) throw untranslatable(path, `is of type ${mediaType}; Anthropic takes PDF and text`);
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
}

function encodeAddress(source: Exclude<MediaSource, { type: 'base64' }>, path: string) {
  if (source.type === 'file-id') return { type: 'file', file_id: source.id };
  if (/^https?:/i.test(source.url)) return { type: 'url', url: source.url };
  throw untranslatable(path, 'is at an address that Anthropic cannot reach; send it as data');
}

function untranslatable(path: string, problem: string): GatewayError {
  return new GatewayError('untranslatable', `${path} ${problem}.`, { field: path });
}
