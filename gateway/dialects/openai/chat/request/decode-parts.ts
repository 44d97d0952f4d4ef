/** Reads the content of a message: text, or a list of parts. */
import { checkImage, readMediaUrl } from '../../../../chat/media.ts';
import type { CacheMark, ContentPart, FilePart, ImagePart, MediaSource } from '../../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readFields, readList, readName, readText, refuse } from '../../../json/fields.ts';
import { noteUnread } from '../../unread.ts';
import { dialectName } from '../abilities.ts';
import { decodeThinkingPart } from './decode-reasoning.ts';

/** An empty text is no part. @throws GatewayError `bad-request` when it is neither text nor a list of parts */
export function decodeContent(content: unknown, field: string, unread: string[]): readonly ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return refuse(field, 'must be text or a list of parts', 'invalid_type');
  return readList(content, field).map((part, index) =>
    decodePart(readFields(part, `${field}.${index}`), `${field}.${index}`, unread),
  );
}

const knownKinds = new Set(['text', 'refusal', 'image_url', 'input_audio', 'video_url', 'file', 'thinking']);
/** Mistral says of a thought whether it was `closed`. */
const knownPartFields = ['type', 'cache_control', 'closed'];

/** A kind that is not known here stays as it is: it means something to OpenAI's relatives alone. */
function decodePart(part: Fields, field: string, unread: string[]): ContentPart {
  const type = readText(part.type, `${field}.type`);
  if (!knownKinds.has(type)) return { type: 'native', dialect: dialectName, name: type, json: part };
  noteUnread(unread, part, new Set([...knownPartFields, type]), `${field}.`);
  const cache = decodeCacheMark(part.cache_control);
  switch (type) {
    case 'text':
      return { type, text: readText(part.text, `${field}.text`), ...cache };
    case 'refusal':
      return { type, text: readText(part.refusal, `${field}.refusal`) };
    case 'image_url':
      return { ...decodeImage(part.image_url, `${field}.image_url`, unread), ...cache };
    case 'input_audio':
      return { ...decodeAudio(readFields(part.input_audio, `${field}.input_audio`), `${field}.input_audio`), ...cache };
    case 'video_url':
      return { type: 'video', source: decodeUrl(part.video_url, `${field}.video_url`), ...cache };
    case 'file':
      return { ...decodeFile(readFields(part.file, `${field}.file`), `${field}.file`, unread), ...cache };
    default:
      return decodeThinkingPart(part.thinking);
  }
}

/** Anthropic's mark, which relatives take on parts of this dialect, too. */
export function decodeCacheMark(mark: unknown): { readonly cache?: CacheMark } {
  if (!isFields(mark)) return {};
  return { cache: { ttl: mark.ttl === '5m' || mark.ttl === '1h' ? mark.ttl : null } };
}

/** Mistral's clients write the address alone. */
function decodeUrl(value: unknown, field: string): MediaSource {
  if (typeof value === 'string') return readMediaUrl(value, field);
  return readMediaUrl(readName(readFields(value, field).url, `${field}.url`), field);
}

const knownImageFields = new Set(['url', 'detail']);

function decodeImage(value: unknown, field: string, unread: string[]): ImagePart {
  const source = checkImage(decodeUrl(value, field), field);
  if (!isFields(value)) return { type: 'image', source };
  noteUnread(unread, value, knownImageFields, `${field}.`);
  const { detail } = value;
  if (detail === 'auto' || detail === 'low' || detail === 'high') return { type: 'image', source, detail };
  if (isAbsent(detail)) return { type: 'image', source };
  unread.push(`${field}.detail`);
  return detail === 'original' ? { type: 'image', source, detail: 'high' } : { type: 'image', source };
}

function decodeAudio(audio: Fields, field: string): FilePart {
  const format = readName(audio.format, `${field}.format`);
  const data = readName(audio.data, `${field}.data`);
  const mediaType = `audio/${format === 'mp3' ? 'mpeg' : format}`;
  return { type: 'audio', source: { type: 'base64', mediaType, data } };
}

const knownFileFields = new Set(['file_data', 'file_id', 'filename']);

function decodeFile(file: Fields, field: string, unread: string[]): FilePart {
  noteUnread(unread, file, knownFileFields, `${field}.`);
  const name = isAbsent(file.filename) ? {} : { name: readText(file.filename, `${field}.filename`) };
  if (isAbsent(file.file_data))
    return { type: 'file', source: { type: 'file-id', id: readName(file.file_id, `${field}.file_id`) }, ...name };
  const data = readName(file.file_data, `${field}.file_data`);
  const isBare = !/^[a-z][a-z0-9+.-]*:/i.test(data);
  const source = isBare ? bareFile(data) : readMediaUrl(data, `${field}.file_data`);
  return { type: 'file', source, ...name };
}

/** Without a type in front of it: what OpenAI itself takes there is PDF. */
function bareFile(data: string): MediaSource {
  return { type: 'base64', mediaType: 'application/pdf', data };
}
