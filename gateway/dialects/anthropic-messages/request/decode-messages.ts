/** Reads the conversation: the system prompt, and messages whose content is text or blocks. */
import type { ChatMessage, ContentPart, ToolResultPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readChoice, readFields, readFlag, readList, readName } from '../../json/fields.ts';
import { decodeAssistantBlocks, decodeUserBlock } from './decode-blocks.ts';
import { decodeCacheMark } from './decode-cache-mark.ts';
import type { Unread } from './unread.ts';

/**
 * Claude Code's first system block tells Anthropic who is billed. It differs from request to request, so that it would spoil
 * every other provider's prompt cache, and no model is meant to read it.
 */
const billingNote = /^x-anthropic-billing-header:/;

/** @throws GatewayError `bad-request` */
export function decodeSystem(system: unknown, unread: Unread): readonly ChatMessage[] {
  if (isAbsent(system)) return [];
  const told = typeof system === 'string' ? system : readList(system, 'system').filter(isNoBillingNote);
  if (Array.isArray(system) && told.length < system.length) unread.add('system.billing_header');
  const parts = decodeContent(told, 'system', unread, decodeUserBlock);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function isNoBillingNote(block: unknown): boolean {
  return !isFields(block) || typeof block.text !== 'string' || !billingNote.test(block.text);
}

/** @throws GatewayError `bad-request` */
export function decodeMessages(messages: readonly unknown[], unread: Unread): readonly ChatMessage[] {
  return messages.flatMap((message, index) => decodeMessage(message, `messages.${index}`, unread));
}

const messageFields = new Set(['role', 'content']);

function decodeMessage(value: unknown, path: string, unread: Unread): readonly ChatMessage[] {
  const message = readFields(value, path);
  const role = readChoice(message.role, `${path}.role`, ['user', 'assistant', 'system']);
  unread.rest(message, messageFields, path);
  const content = `${path}.content`;
  if (role === 'user') return decodeUserContent(message.content, content, unread);
  const parts =
    role === 'assistant' && typeof message.content !== 'string'
      ? decodeAssistantBlocks(readList(message.content, content), content, unread)
      : decodeContent(message.content, content, unread, decodeUserBlock);
  return parts.length === 0 ? [] : [{ role, parts }];
}

type BlockReader = (block: Fields, path: string, unread: Unread) => readonly ContentPart[];

/** Empty text says nothing, and other providers refuse it. */
function decodeContent(content: unknown, path: string, unread: Unread, read: BlockReader): readonly ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return readList(content, path).flatMap((block, index) =>
    read(readFields(block, `${path}.${index}`), `${path}.${index}`, unread),
  );
}

/** Each tool result becomes a message of its own; what stands before, between and behind them keeps its place. */
function decodeUserContent(content: unknown, path: string, unread: Unread): readonly ChatMessage[] {
  const messages: { role: 'user' | 'tool'; parts: ContentPart[] }[] = [];
  const parts = decodeContent(content, path, unread, (block, place) =>
    block.type === 'tool_result' ? [decodeToolResult(block, place, unread)] : decodeUserBlock(block, place, unread),
  );
  for (const part of parts) {
    const last = messages.at(-1);
    if (part.type === 'tool-result') messages.push({ role: 'tool', parts: [part] });
    else if (last?.role === 'user') last.parts.push(part);
    else messages.push({ role: 'user', parts: [part] });
  }
  return messages;
}

const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);

function decodeToolResult(block: Fields, path: string, unread: Unread): ToolResultPart {
  unread.rest(block, resultFields, path);
  const content = isAbsent(block.content) ? [] : decodeContent(block.content, `${path}.content`, unread, decodeUserBlock);
  return {
    type: 'tool-result',
    callId: readName(block.tool_use_id, `${path}.tool_use_id`),
    name: null,
    content,
    isError: readFlag(block.is_error, `${path}.is_error`),
    ...decodeCacheMark(block),
  };
}
