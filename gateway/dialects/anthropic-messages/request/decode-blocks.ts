/** Reads the blocks of a message's content. */
import type { ContentPart, ReasoningPart, ToolCallPart } from '../../../chat/request.ts';
import { unwrapSeal } from '../../../chat/seal.ts';
import { type Fields, isAbsent, isFields, readFields, readName, readText } from '../../json/fields.ts';
import { dialectName } from '../abilities.ts';
import { decodeCacheMark } from './decode-cache-mark.ts';
import { decodeDocument, decodeImage, decodeSearchResult } from './decode-media.ts';
import { writeToolInput } from '../tool-input.ts';
import type { Unread } from './unread.ts';

/** A block of a user's message, of the system prompt, or of a tool result. */
export function decodeUserBlock(block: Fields, path: string, unread: Unread): readonly ContentPart[] {
  switch (block.type) {
    case 'text':
      return decodeText(block, path, unread);
    case 'image':
      return [decodeImage(block, path, unread)];
    case 'document':
      return decodeDocument(block, path, unread);
    case 'search_result':
      return [decodeSearchResult(block, path, unread)];
    // Their whole meaning is in the tools: see `applyToolChanges`.
    case 'tool_addition':
    case 'tool_removal':
      return [];
    default:
      return [decodeNative(block, path)];
  }
}

const textFields = new Set(['type', 'text', 'cache_control']);

function decodeText(block: Fields, path: string, unread: Unread): readonly ContentPart[] {
  const text = readText(block.text, `${path}.text`);
  unread.rest(block, textFields, path);
  return text === '' ? [] : [{ type: 'text', text, ...decodeCacheMark(block) }];
}

/** What has no word here (a provider's own search and its results …) is kept whole for its own dialect. */
function decodeNative(block: Fields, path: string): ContentPart {
  return { type: 'native', dialect: dialectName, name: readName(block.type, `${path}.type`), json: block };
}

/** The blocks of an assistant's message: what it thought, said and called. */
export function decodeAssistantBlocks(blocks: readonly unknown[], path: string, unread: Unread): readonly ContentPart[] {
  const parts = blocks.flatMap((block, index) => decodeAssistantBlock(block, `${path}.${index}`, unread));
  return placeGeminiSeals(parts);
}

function decodeAssistantBlock(value: unknown, path: string, unread: Unread): readonly ContentPart[] {
  const block = readFields(value, path);
  switch (block.type) {
    case 'thinking':
      return [decodeThinking(block, path)];
    case 'redacted_thinking':
      return [decodeRedacted(block, path)];
    case 'tool_use':
      return [decodeToolUse(block, path, unread)];
    default:
      return decodeUserBlock(block, path, unread);
  }
}

function decodeThinking(block: Fields, path: string): ReasoningPart {
  const text = isAbsent(block.thinking) ? '' : readText(block.thinking, `${path}.thinking`);
  const signature = isAbsent(block.signature) ? '' : readText(block.signature, `${path}.signature`);
  return { type: 'reasoning', text, seal: signature === '' ? null : unwrapSeal(signature, 'anthropic'), redacted: false };
}

function decodeRedacted(block: Fields, path: string): ReasoningPart {
  return { type: 'reasoning', text: '', seal: unwrapSeal(readText(block.data, `${path}.data`), 'anthropic'), redacted: true };
}

const toolUseFields = new Set(['type', 'id', 'name', 'input', 'cache_control', 'caller']);

function decodeToolUse(block: Fields, path: string, unread: Unread): ToolCallPart {
  unread.rest(block, toolUseFields, path);
  if (isFields(block.caller) && block.caller.type !== 'direct') unread.add(`${path}.caller`);
  return {
    type: 'tool-call',
    id: readName(block.id, `${path}.id`),
    name: readName(block.name, `${path}.name`),
    kind: 'function',
    input: writeToolInput(block.input),
    ...decodeCacheMark(block),
  };
}

/**
 * Gemini seals text and calls, for which Anthropic has no place: the answer held such a seal in a thinking block of its own,
 * directly before the call, else directly behind the text. There it is put back.
 */
function placeGeminiSeals(parts: readonly ContentPart[]): readonly ContentPart[] {
  const placed: ContentPart[] = [];
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const seal = bareGeminiSeal(parts[index - 1]);
    const last = placed.at(-1);
    const own = bareGeminiSeal(part);
    if (part.type === 'tool-call' && seal) placed.push({ ...part, seal });
    else if (!own) placed.push(part);
    else if (next?.type === 'tool-call') continue;
    else if (last?.type === 'text') placed.splice(-1, 1, { ...last, seal: own });
    else placed.push(part);
  }
  return placed;
}

function bareGeminiSeal(part: ContentPart | undefined) {
  if (part?.type !== 'reasoning' || part.text !== '' || part.redacted || part.seal?.maker !== 'gemini') return null;
  return part.seal;
}
