/** Reads the parts that any content may hold: text, media, and what means something to Gemini alone. */
import { checkImage } from '../../../chat/media.ts';
import type { ContentPart, FilePart, ImagePart, MediaSource } from '../../../chat/request.ts';
import { type Fields, isAbsent, readName, readText } from '../../json/fields.ts';
import { optionalText, readMessage, unknownKeys } from './proto-fields.ts';

/** Parts of Google's own tools: what they did, and what came of it. */
const nativeFields = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'];

const known = new Set([
  ...nativeFields,
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
]);

/** Names what a part holds beside its content: `videoMetadata`, `mediaResolution` … */
export function noteUnread(part: Fields, path: string, unread: string[]): void {
  unread.push(...unknownKeys(part, known, path));
}

export function decodeTextPart(part: Fields, path: string): ContentPart[] {
  return isAbsent(part['text']) ? [] : [{ type: 'text', text: readText(part['text'], `${path}.text`) }];
}

/** @returns null when the part is neither media nor native */
export function decodeMediaPart(part: Fields, path: string): ContentPart[] | null {
  if (!isAbsent(part['inlineData'])) return [decodeInlineData(part['inlineData'], `${path}.inlineData`)];
  if (!isAbsent(part['fileData'])) return [decodeFileData(part['fileData'], `${path}.fileData`)];
  const name = nativeFields.find((each) => !isAbsent(part[each]));
  return name === undefined ? null : [{ type: 'native', dialect: 'gemini', name, json: part }];
}

/** @throws GatewayError `bad-request` naming a picture that no provider takes */
export function decodeInlineData(value: unknown, path: string): ImagePart | FilePart {
  const blob = readMessage(value, path);
  const mediaType = mediaTypeOf(readName(blob['mimeType'], `${path}.mimeType`));
  const source: MediaSource = { type: 'base64', mediaType, data: plainBase64(readName(blob['data'], `${path}.data`)) };
  return mediaPart(source, mediaType, optionalText(blob['displayName'], `${path}.displayName`), `${path}.data`);
}

/**
 * A web address is one for every provider. A file that Google keeps (Files API, Cloud Storage) is known to Google alone.
 */
export function decodeFileData(value: unknown, path: string): ImagePart | FilePart {
  const file = readMessage(value, path);
  const uri = readName(file['fileUri'], `${path}.fileUri`);
  const written = optionalText(file['mimeType'], `${path}.mimeType`);
  const mediaType = written === null ? null : mediaTypeOf(written);
  const isPublic = /^https?:\/\//i.test(uri) && !/^https?:\/\/[^/]*\.googleapis\.com\//i.test(uri);
  const source: MediaSource = isPublic ? { type: 'url', url: uri, mediaType } : { type: 'file-id', id: uri };
  return mediaPart(source, mediaType ?? '', optionalText(file['displayName'], `${path}.displayName`), path);
}

function mediaPart(source: MediaSource, mediaType: string, name: string | null, path: string): ImagePart | FilePart {
  const [family] = mediaType.split('/');
  if (family === 'image') return { type: 'image', source: checkImage(source, path) };
  const type = family === 'audio' || family === 'video' ? family : 'file';
  return { type, source, ...(name === null ? {} : { name }) };
}

function mediaTypeOf(text: string): string {
  return text.trim().toLowerCase();
}

/** Google's own SDK for Python writes bytes in the alphabet for URLs; nobody else reads that. */
function plainBase64(data: string): string {
  return /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
}
