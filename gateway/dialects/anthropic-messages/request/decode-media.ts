/** Reads pictures, documents and search results. What is text in them becomes text, which every model can read. */
import { checkImage, readMediaUrl } from '../../../chat/media.ts';
import type { ContentPart, ImagePart, MediaSource, TextPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, readFields, readName, readText, refuse } from '../../json/fields.ts';
import { decodeCacheMark } from './decode-cache-mark.ts';
import type { Unread } from './unread.ts';

const imageFields = new Set(['type', 'source', 'cache_control']);

/** @throws GatewayError `bad-request` naming a picture that no provider takes */
export function decodeImage(block: Fields, path: string, unread: Unread): ImagePart {
  unread.rest(block, imageFields, path);
  const source = decodeSource(readFields(block.source, `${path}.source`), `${path}.source`);
  return { type: 'image', source: checkImage(source, `${path}.source`), ...decodeCacheMark(block) };
}

function decodeSource(source: Fields, path: string): MediaSource {
  switch (source.type) {
    case 'base64': {
      const mediaType = readName(source.media_type, `${path}.media_type`).toLowerCase();
      return { type: 'base64', mediaType, data: readText(source.data, `${path}.data`) };
    }
    case 'url':
      return readMediaUrl(readText(source.url, `${path}.url`), `${path}.url`);
    case 'file':
      return { type: 'file-id', id: readName(source.file_id, `${path}.file_id`) };
    default:
      return refuse(`${path}.type`, 'must be one of base64, url, file');
  }
}

const documentFields = new Set(['type', 'source', 'title', 'cache_control']);

/** @throws GatewayError `bad-request` */
export function decodeDocument(block: Fields, path: string, unread: Unread): readonly ContentPart[] {
  const source = readFields(block.source, `${path}.source`);
  if (source.type === 'text') return [decodeTextDocument(readText(source.data, `${path}.source.data`), block, path, unread)];
  if (source.type === 'content') return decodeContentDocument(source.content, block, path, unread);
  unread.rest(block, documentFields, path);
  const name = readTitle(block, path);
  const read = decodeSource(source, `${path}.source`);
  // An address is that of a PDF: the API takes no other there.
  const typed: MediaSource = read.type === 'url' ? { ...read, mediaType: 'application/pdf' } : read;
  return [{ type: 'file', source: typed, ...(name === '' ? {} : { name }), ...decodeCacheMark(block) }];
}

const textDocumentFields = new Set([...documentFields, 'context']);

function decodeTextDocument(text: string, block: Fields, path: string, unread: Unread): TextPart {
  unread.rest(block, textDocumentFields, path);
  return { type: 'text', text: frameDocument(text, block, path), ...decodeCacheMark(block) };
}

/** A document made of blocks: its texts as one document, its pictures behind it. */
function decodeContentDocument(content: unknown, block: Fields, path: string, unread: Unread): readonly ContentPart[] {
  if (typeof content === 'string') return [decodeTextDocument(content, block, path, unread)];
  const place = `${path}.source.content`;
  const blocks = Array.isArray(content) ? content : refuse(place, 'must be text or a list', 'invalid_type');
  const read = blocks.map((each, index) => ({ fields: readFields(each, `${place}.${index}`), path: `${place}.${index}` }));
  const texts = read
    .filter(({ fields }) => fields.type === 'text')
    .map((each) => readText(each.fields.text, `${each.path}.text`));
  const images = read.filter(({ fields }) => fields.type === 'image').map((each) => decodeImage(each.fields, each.path, unread));
  return [decodeTextDocument(texts.join('\n'), block, path, unread), ...images];
}

function frameDocument(text: string, block: Fields, path: string): string {
  const title = readTitle(block, path);
  const context = isAbsent(block.context) ? '' : readText(block.context, `${path}.context`);
  if (title === '' && context === '') return text;
  return `<document${attribute('title', title)}${attribute('context', context)}>\n${text}\n</document>`;
}

function readTitle(block: Fields, path: string): string {
  return isAbsent(block.title) ? '' : readText(block.title, `${path}.title`);
}

function attribute(name: string, value: string): string {
  return value === '' ? '' : ` ${name}=${JSON.stringify(value)}`;
}

const searchResultFields = new Set(['type', 'source', 'title', 'content', 'cache_control']);

/** What a client found itself is for the model to read, so it becomes text that says where it is from. */
export function decodeSearchResult(block: Fields, path: string, unread: Unread): TextPart {
  unread.rest(block, searchResultFields, path);
  const source = isAbsent(block.source) ? '' : readText(block.source, `${path}.source`);
  const blocks: readonly unknown[] = Array.isArray(block.content) ? block.content : [];
  const texts = blocks.map((each, index) => {
    const place = `${path}.content.${index}`;
    return readText(readFields(each, place).text, `${place}.text`);
  });
  const head = `<search_result${attribute('source', source)}${attribute('title', readTitle(block, path))}>`;
  return { type: 'text', text: `${head}\n${texts.join('\n')}\n</search_result>`, ...decodeCacheMark(block) };
}
