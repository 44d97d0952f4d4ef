/** Writes the parts of messages as Anthropic's content blocks. */
import { GatewayError } from '../../../chat/error.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { CacheMark, ContentPart, ToolCallPart, ToolResultPart } from '../../../chat/request.ts';
import { isFields } from '../../json/fields.ts';
import { encodeFile, encodeImage } from './encode-media.ts';
import { parseToolInput, rawInputField } from '../tool-input.ts';
import type { ToolIds } from './tool-ids.ts';

/** A content block; its marks are taken off when there are too many of them. */
export interface Block {
  readonly type: string;
  [field: string]: unknown;
}

export function cacheControl(cache: CacheMark | undefined) {
  if (cache === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(cache.ttl === null ? {} : { ttl: cache.ttl }) } };
}

/**
 * @param path of the message's content in the inner request
 * @throws GatewayError `untranslatable` naming a picture or file of a kind the API does not take
 */
export function encodeParts(parts: readonly ContentPart[], path: string, ids: ToolIds, notes: FidelityNotes): Block[] {
  return parts.flatMap((part, index) => encodePart(part, `${path}.${index}`, ids, notes));
}

function encodePart(part: ContentPart, path: string, ids: ToolIds, notes: FidelityNotes): Block[] {
  switch (part.type) {
    case 'text':
      return encodeText(part.text, part.cache);
    case 'refusal':
      return encodeText(part.text, undefined);
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        notes.drop(`${path}.detail`, 'Anthropic decides for itself how closely it looks');
      return [{ ...encodeImage(part.source, path), ...cacheControl(part.cache) }];
    case 'file':
      return [{ ...encodeFile(part, path), ...cacheControl(part.cache) }];
    case 'reasoning':
      return encodeReasoning(part);
    case 'tool-call':
      return [encodeCall(part, path, ids, notes)];
    case 'native':
      return isFields(part.json) ? [{ ...part.json, type: part.name }] : [];
    case 'tool-result':
      return [];
    default:
      throw new GatewayError('untranslatable', `${path} is of the kind ${part.type}, which Anthropic does not take.`, {
        field: path,
      });
  }
}

/** The API refuses text that is only white space. */
function encodeText(text: string, cache: CacheMark | undefined): Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text, ...cacheControl(cache) }];
}

function encodeReasoning({ text, seal, redacted }: Extract<ContentPart, { type: 'reasoning' }>): Block[] {
  if (seal === null) return [];
  return redacted
    ? [{ type: 'redacted_thinking', data: seal.data }]
    : [{ type: 'thinking', thinking: text, signature: seal.data }];
}

function encodeCall(part: ToolCallPart, path: string, ids: ToolIds, notes: FidelityNotes): Block {
  const id = ids.ofCall(part.id);
  if (id !== part.id) notes.emulate(`${path}.id`, 'with an id of the letters that Anthropic takes');
  const input = parseToolInput(part.input);
  if (input === null) notes.emulate(`${path}.input`, `as an object with the broken text in its field ${rawInputField}`);
  return { type: 'tool_use', id, name: part.name, input: input ?? { [rawInputField]: part.input }, ...cacheControl(part.cache) };
}

/** @param id the call's id on the wire */
export function encodeResult(part: ToolResultPart, id: string, path: string, ids: ToolIds, notes: FidelityNotes): Block {
  const blocks = encodeParts(part.content, `${path}.content`, ids, notes);
  const [only] = blocks;
  const isPlain = only !== undefined && blocks.length === 1 && only.type === 'text' && only.cache_control === undefined;
  return {
    type: 'tool_result',
    tool_use_id: id,
    ...(blocks.length === 0 ? {} : { content: isPlain ? only.text : blocks }),
    ...(part.isError ? { is_error: true } : {}),
    ...cacheControl(part.cache),
  };
}
