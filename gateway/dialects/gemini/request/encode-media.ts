/** Writes pictures, sounds, films and documents: https://ai.google.dev/gemini-api/docs/file-input-methods */
import { GatewayError } from '../../../chat/error.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { FilePart, ImagePart } from '../../../chat/request.ts';
import type { Part } from '../wire.ts';

/** The name's ending tells the type where nobody else does: Google wants to know it before it fetches the file. */
const typesByEnding = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    gif: 'image/gif',
    heic: 'image/heic',
    heif: 'image/heif',
    pdf: 'application/pdf',
    txt: 'text/plain',
    mp3: 'audio/mp3',
    wav: 'audio/wav',
    mp4: 'video/mp4',
    webm: 'video/webm',
  }),
);

/**
 * @param path of the part in the inner request
 * @throws GatewayError `untranslatable` for a file that another provider keeps
 */
export function encodeMedia(part: ImagePart | FilePart, path: string, notes: FidelityNotes): Part {
  if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') {
    notes.drop(`${path}.detail`, 'Gemini has no such field');
  }
  if (part.type !== 'image' && part.name !== undefined) notes.drop(`${path}.name`, 'Gemini has no such field');
  const { source } = part;
  if (source.type === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  if (source.type === 'file-id') return { fileData: { fileUri: googleFile(source.id, path) } };
  const mimeType = source.mediaType ?? typeOf(source.url);
  return { fileData: { fileUri: source.url, ...(mimeType === undefined ? {} : { mimeType }) } };
}

function typeOf(url: string): string | undefined {
  const [, ending = ''] = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url) ?? [];
  return typesByEnding.get(ending.toLowerCase());
}

function googleFile(id: string, path: string): string {
  if (/^(?:gs:\/\/|https:\/\/|files\/)./.test(id)) return id;
  throw new GatewayError('untranslatable', `${path} is a file that another provider keeps; send its content.`, { field: path });
}
