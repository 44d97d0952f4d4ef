/** Writes the content of a message for an upstream. */
import { GatewayError } from '../../../../chat/error.ts';
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import { mediaUrl } from '../../../../chat/media.ts';
import type { ContentPart, FilePart, ImagePart } from '../../../../chat/request.ts';

/**
 * Text alone is one text, for lists of parts are not known everywhere; with anything else it is a list.
 * @param path of the message
 * @throws GatewayError `untranslatable` naming the part
 */
export function encodeContent(parts: readonly ContentPart[], path: string, notes: FidelityNotes): string | readonly unknown[] {
  if (parts.every(({ type }) => type === 'text')) return joinTexts(parts, 'text');
  return parts.flatMap((part, index) => encodePart(part, `${path}.content.${index}`, notes) ?? []);
}

/** A line break parts what would run together; thoughts, passages of their own, get a blank line. */
export function joinTexts(parts: readonly ContentPart[], type: 'text' | 'refusal' | 'reasoning'): string {
  const gap = type === 'reasoning' ? '\n\n' : '\n';
  let joined = '';
  for (const part of parts) {
    if (part.type !== type || part.text === '') continue;
    const isParted = joined === '' || /\s$/.test(joined) || /^\s/.test(part.text);
    joined += (isParted ? '' : gap) + part.text;
  }
  return joined;
}

/** @returns null for what stands elsewhere in the message */
function encodePart(part: ContentPart, path: string, notes: FidelityNotes): unknown {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part, path);
    case 'audio':
      return encodeAudio(part, path);
    case 'video':
      return { type: 'video_url', video_url: { url: addressOf(part, path) } };
    case 'file':
      return encodeFile(part, path, notes);
    case 'native':
      return part.json;
    default:
      return null;
  }
}

function encodeImage(part: ImagePart, path: string) {
  const detail = part.detail === undefined ? {} : { detail: part.detail };
  return { type: 'image_url', image_url: { url: addressOf(part, path), ...detail } };
}

/** A data URL, or an address that every provider can reach. */
function addressOf({ source, type }: ImagePart | FilePart, path: string): string {
  if (source.type === 'file-id') throw untranslatable(path, `${type} that another provider keeps under an id`);
  if (source.type === 'url' && source.url.startsWith('gs:')) throw untranslatable(path, `${type} in Google's storage`);
  return mediaUrl(source);
}

const audioFormats: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
};

function encodeAudio({ source }: FilePart, path: string) {
  if (source.type !== 'base64') throw untranslatable(path, 'audio that is not in the request itself');
  const { mediaType, data } = source;
  const format =
    (Object.hasOwn(audioFormats, mediaType) ? audioFormats[mediaType] : undefined) ??
    mediaType.replace(/^audio\/(?:x-)?/, '').replace(/;.*/s, '');
  return { type: 'input_audio', input_audio: { data, format } };
}

function encodeFile(part: FilePart, path: string, notes: FidelityNotes) {
  const { source, name } = part;
  if (source.type === 'file-id') return { type: 'file', file: { file_id: source.id } };
  if (source.type === 'base64' && source.mediaType.startsWith('text/')) {
    notes.emulate(path, 'as text: OpenAI chat takes no text as a file');
    const text = Buffer.from(source.data, 'base64').toString('utf8');
    return { type: 'text', text: name === undefined ? text : `${name}:\n\n${text}` };
  }
  return { type: 'file', file: { filename: name ?? 'file', file_data: addressOf(part, path) } };
}

function untranslatable(field: string, what: string): GatewayError {
  return new GatewayError('untranslatable', `${field} holds ${what}; OpenAI chat cannot take it.`, { field });
}
