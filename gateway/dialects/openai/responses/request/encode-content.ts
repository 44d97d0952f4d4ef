/** Writes parts of content: texts, refusals, pictures and files. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import { mediaUrl } from '../../../../chat/media.ts';
import type { ChatRole, ContentPart, FilePart, ImagePart } from '../../../../chat/request.ts';

type Part = Readonly<Record<string, unknown>>;

/** @returns the part, or nothing for one that has no place there, which is noted */
export function encodeContentPart(part: ContentPart, role: ChatRole, path: string, notes: FidelityNotes): readonly unknown[] {
  switch (part.type) {
    case 'text':
      return [role === 'assistant' ? { type: 'output_text', text: part.text } : { type: 'input_text', text: part.text }];
    case 'refusal':
      return [role === 'assistant' ? { type: 'refusal', refusal: part.text } : { type: 'input_text', text: part.text }];
    case 'native':
      return [part.json];
    case 'image':
    case 'file':
    case 'audio':
    case 'video':
      return encodeMedia(part, role, path, notes);
    default:
      notes.drop(path, 'has no place in this content');
      return [];
  }
}

function encodeMedia(part: ImagePart | FilePart, role: ChatRole, path: string, notes: FidelityNotes): readonly Part[] {
  if (role === 'assistant') {
    notes.drop(path, 'OpenAI takes no media in what the assistant wrote');
    return [];
  }
  if (part.type === 'image') return [encodeImage(part)];
  return [encodeFile(part)];
}

/** OpenAI demands a detail. */
function encodeImage({ source, detail = 'auto' }: ImagePart): Part {
  const place = source.type === 'file-id' ? { file_id: source.id } : { image_url: mediaUrl(source) };
  return { type: 'input_image', ...place, detail };
}

/** A file that is sent along needs a name. */
function encodeFile({ source, name }: FilePart): Part {
  const filename = name === undefined ? {} : { filename: name };
  if (source.type === 'file-id') return { type: 'input_file', file_id: source.id };
  if (source.type === 'url') return { type: 'input_file', file_url: source.url };
  return { type: 'input_file', filename: fileName(source.mediaType), ...filename, file_data: mediaUrl(source) };
}

function fileName(mediaType: string): string {
  const ending = mediaType === 'text/plain' ? 'txt' : (mediaType.split('/')[1] ?? 'bin');
  return `file.${ending}`;
}
