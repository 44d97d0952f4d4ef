/** Reads the content of an item: a text, or parts of texts, pictures and files. */
import { checkImage, readMediaUrl } from '../../../../chat/media.ts';
import type { CacheMark, ContentPart, FilePart, ImagePart, MediaSource } from '../../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readFields, readList, readName, readText, refuse } from '../../../json/fields.ts';
import { dialectName } from '../dialect-name.ts';

/** @throws GatewayError `bad-request` */
export function decodeContent(value: unknown, field: string, unread: string[]): readonly ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readList(value, field).map((part, index) => {
    const at = `${field}.${index}`;
    return decodePart(readFields(part, at), at, unread);
  });
}

/** What a call came to: some programs leave it out, and some write an object of their own. */
export function decodeOutput(value: unknown, field: string, unread: string[]): readonly ContentPart[] {
  if (isAbsent(value)) return [];
  if (isFields(value)) return [{ type: 'text', text: JSON.stringify(value) }];
  return decodeContent(value, field, unread);
}

function decodePart(part: Fields, field: string, unread: string[]): ContentPart {
  const type = readName(part.type, `${field}.type`);
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return { type: 'text', text: readText(part.text, `${field}.text`), ...cacheMark(part) };
    case 'refusal':
      return { type: 'refusal', text: readText(part.refusal, `${field}.refusal`) };
    case 'input_image':
      return decodeImage(part, field, unread);
    case 'input_file':
      return decodeFile(part, field);
    case 'input_audio':
      return decodeAudio(part, field);
    default:
      return { type: 'native', dialect: dialectName, name: type, json: part };
  }
}

function cacheMark(part: Fields): { readonly cache?: CacheMark } {
  return isAbsent(part.prompt_cache_breakpoint) ? {} : { cache: { ttl: null } };
}

function decodeImage(part: Fields, field: string, unread: string[]): ImagePart {
  const image = { type: 'image' as const, source: imageSource(part, field), ...cacheMark(part) };
  const { detail } = part;
  if (detail === 'auto' || detail === 'low' || detail === 'high') return { ...image, detail };
  if (!isAbsent(detail)) unread.push(`${field}.detail`);
  return image;
}

function imageSource(part: Fields, field: string): MediaSource {
  if (isAbsent(part.image_url) && !isAbsent(part.file_id)) return fileId(part, field);
  const url = isFields(part.image_url) ? part.image_url.url : part.image_url;
  return checkImage(readMediaUrl(readText(url, `${field}.image_url`), `${field}.image_url`), `${field}.image_url`);
}

function decodeFile(part: Fields, field: string): FilePart {
  const name = isAbsent(part.filename) ? undefined : readText(part.filename, `${field}.filename`);
  const file = { type: 'file' as const, source: fileSource(part, field, name ?? ''), ...cacheMark(part) };
  return name === undefined ? file : { ...file, name };
}

function fileSource(part: Fields, field: string, name: string): MediaSource {
  if (!isAbsent(part.file_data)) {
    const data = readText(part.file_data, `${field}.file_data`);
    if (/^data:/i.test(data)) return readMediaUrl(data, `${field}.file_data`);
    return { type: 'base64', mediaType: /\.txt$/i.test(name) ? 'text/plain' : 'application/pdf', data };
  }
  if (!isAbsent(part.file_url)) return readMediaUrl(readText(part.file_url, `${field}.file_url`), `${field}.file_url`);
  return fileId(part, field);
}

function fileId(part: Fields, field: string): MediaSource {
  if (isAbsent(part.file_id))
    return refuse(field, 'must name a file by file_data, file_url or file_id', 'missing_required_parameter');
  return { type: 'file-id', id: readName(part.file_id, `${field}.file_id`) };
}

/** OpenAI names the format by the file's usual ending. */
function decodeAudio(part: Fields, field: string): FilePart {
  const audio = readFields(part.input_audio, `${field}.input_audio`);
  const format = readName(audio.format, `${field}.input_audio.format`);
  const mediaType = `audio/${format === 'mp3' ? 'mpeg' : format}`;
  return { type: 'audio', source: { type: 'base64', mediaType, data: readName(audio.data, `${field}.input_audio.data`) } };
}
