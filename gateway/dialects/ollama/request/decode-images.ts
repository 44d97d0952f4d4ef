/** Pictures as Ollama has them: bare base64, of a type that only their first bytes tell. */
import { checkImage, readMediaUrl } from '../../../chat/media.ts';
import type { FilePart, ImagePart, MediaSource } from '../../../chat/request.ts';
import { isAbsent, readList, readText } from '../../json/fields.ts';

/** First bytes, as text of one byte each, and the type that they mean. */
const beginnings: readonly (readonly [begins: RegExp, mediaType: string])[] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^.{4}ftyp(?:hei|hev)/s, 'image/heic'],
  [/^.{4}ftyp(?:mif1|msf1)/s, 'image/heif'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  [/^(?:ID3|\xff[\xe2-\xff])/, 'audio/mpeg'],
];

/** What cannot be told passes for PNG: a provider that cannot read it says so better than we can. */
export function sniffMediaType(base64: string): string {
  const start = Buffer.from(base64.slice(0, 32), 'base64').toString('latin1');
  return beginnings.find(([begins]) => begins.test(start))?.[1] ?? 'image/png';
}

/**
 * Reads `images`: base64, or a data: URL, which some clients send. Sounds stand there, too.
 * @throws GatewayError `bad-request` naming the picture
 */
export function decodeImages(value: unknown, field: string): readonly (ImagePart | FilePart)[] {
  if (isAbsent(value)) return [];
  return readList(value, field).map((each, index) => decodeImage(readText(each, `${field}.${index}`), `${field}.${index}`));
}

function decodeImage(text: string, field: string): ImagePart | FilePart {
  const source = readSource(text, field);
  if (source.type === 'base64' && source.mediaType.startsWith('audio/')) return { type: 'audio', source };
  return { type: 'image', source: checkImage(source, field) };
}

function readSource(text: string, field: string): MediaSource {
  if (/^data:/i.test(text)) return readMediaUrl(text, field);
  return { type: 'base64', mediaType: sniffMediaType(text), data: text };
}
