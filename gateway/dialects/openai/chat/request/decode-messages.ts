/** Reads the messages of a chat request. */
import type { ChatMessage, ContentPart, ToolCallPart } from '../../../../chat/request.ts';
import { unwrapSeal } from '../../../../chat/seal.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readChoice,
  readFields,
  readList,
  readName,
  readText,
  refuse,
} from '../../../json/fields.ts';
import { noteUnread } from '../../unread.ts';
import { decodeCacheMark, decodeContent } from './decode-parts.ts';
import { decodeReasoning } from './decode-reasoning.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

/** What is known of the messages before. */
interface Reading {
  readonly unread: string[];
  /** How often each function of the legacy form was called: such calls have no ids. */
  readonly legacyCalls: Map<string, number>;
}

/**
 * @param unread takes the paths of what is not read
 * @throws GatewayError `bad-request` naming the message and the field, as in `messages.2.role`
 */
export function decodeMessages(value: unknown, unread: string[]): readonly ChatMessage[] {
  const messages = readList(value, 'messages');
  if (messages.length === 0) refuse('messages', 'must hold at least one message');
  const reading: Reading = { unread, legacyCalls: new Map() };
  return messages.map((message, index) => decodeMessage(readFields(message, `messages.${index}`), `messages.${index}`, reading));
}

function decodeMessage(message: Fields, field: string, reading: Reading): ChatMessage {
  const role = readChoice(message.role, `${field}.role`, roles);
  if (role === 'assistant') return decodeAssistant(message, field, reading);
  if (role === 'tool' || role === 'function') return decodeResult(role, message, field, reading);
  noteUnread(reading.unread, message, knownFields, `${field}.`);
  if (isAbsent(message.content))
    refuse(`${field}.content`, 'is missing; it must be text or a list of parts', 'missing_required_parameter');
  return { role, parts: decodeMarked(message, field, reading), ...participant(message, field) };
}

const knownFields = new Set(['role', 'content', 'name', 'cache_control']);
const knownResultFields = new Set([...knownFields, 'tool_call_id']);
const thoughtFields = ['reasoning_content', 'reasoning', 'reasoning_details'];
const knownAssistantFields = new Set([...knownFields, ...thoughtFields, 'refusal', 'tool_calls', 'function_call']);

function decodeAssistant(message: Fields, field: string, reading: Reading): ChatMessage {
  noteUnread(reading.unread, message, knownAssistantFields, `${field}.`);
  const refusal = isAbsent(message.refusal) ? '' : readText(message.refusal, `${field}.refusal`);
  const parts: readonly ContentPart[] = [
    ...decodeReasoning(message),
    ...decodeMarked(message, field, reading),
    ...(refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...decodeToolCalls(message, field, reading),
  ];
  return { role: 'assistant', parts, ...participant(message, field) };
}

function decodeResult(role: 'tool' | 'function', message: Fields, field: string, reading: Reading): ChatMessage {
  noteUnread(reading.unread, message, knownResultFields, `${field}.`);
  const name = isAbsent(message.name) && role === 'tool' ? null : readName(message.name, `${field}.name`);
  const callId = role === 'tool' ? readText(message.tool_call_id, `${field}.tool_call_id`) : legacyId(name ?? '', reading);
  const content = isAbsent(message.content) ? [] : decodeContent(message.content, `${field}.content`, reading.unread);
  const cache = decodeCacheMark(message.cache_control);
  return { role: 'tool', parts: [{ type: 'tool-result', callId, name, content, isError: false, ...cache }] };
}

/** A cache mark beside the content means its last part. */
function decodeMarked(message: Fields, field: string, { unread }: Reading): readonly ContentPart[] {
  const parts = isAbsent(message.content) ? [] : decodeContent(message.content, `${field}.content`, unread);
  const last = parts.at(-1);
  if (!last || !isFields(message.cache_control)) return parts;
  return [...parts.slice(0, -1), { ...last, ...decodeCacheMark(message.cache_control) }];
}

function participant(message: Fields, field: string): { readonly name?: string } {
  return isAbsent(message.name) || message.name === '' ? {} : { name: readText(message.name, `${field}.name`) };
}

function decodeToolCalls(message: Fields, field: string, reading: Reading): readonly ToolCallPart[] {
  if (isFields(message.function_call)) return [decodeLegacyCall(message.function_call, `${field}.function_call`, reading)];
  if (isAbsent(message.tool_calls)) return [];
  return readList(message.tool_calls, `${field}.tool_calls`).map((call, index) =>
    decodeToolCall(call, `${field}.tool_calls.${index}`, reading),
  );
}

function decodeLegacyCall(call: Fields, field: string, reading: Reading): ToolCallPart {
  const { name, input } = decodeFunction(call, field);
  reading.legacyCalls.set(name, (reading.legacyCalls.get(name) ?? 0) + 1);
  return { type: 'tool-call', id: legacyId(name, reading), kind: 'function', name, input };
}

/** Names the latest legacy call of a function; its result answers by the name alone. */
function legacyId(name: string, { legacyCalls }: Reading): string {
  const count = legacyCalls.get(name) ?? 1;
  return count === 1 ? name : `${name}_${count}`;
}

const knownCallFields = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content']);

function decodeToolCall(value: unknown, field: string, { unread }: Reading): ToolCallPart {
  const call = readFields(value, field);
  noteUnread(unread, call, knownCallFields, `${field}.`);
  const id = readName(call.id, `${field}.id`);
  if (call.type !== 'custom') {
    const called = decodeFunction(readFields(call.function, `${field}.function`), `${field}.function`);
    return { type: 'tool-call', id, kind: 'function', ...called, ...decodeCallSeal(call) };
  }
  const custom = readFields(call.custom, `${field}.custom`);
  const name = readName(custom.name, `${field}.custom.name`);
  return { type: 'tool-call', id, kind: 'custom', name, input: readText(custom.input, `${field}.custom.input`) };
}

/** Gemini's own OpenAI endpoint seals a call in `extra_content.google.thought_signature`. */
export function decodeCallSeal(call: Fields): Pick<ToolCallPart, 'seal'> {
  const { google } = isFields(call.extra_content) ? call.extra_content : {};
  const signature = isFields(google) ? google.thought_signature : null;
  return typeof signature === 'string' && signature !== '' ? { seal: unwrapSeal(signature, 'gemini') } : {};
}

function decodeFunction(call: Fields, field: string): { readonly name: string; readonly input: string } {
  const { arguments: given } = call;
  const input = isFields(given) ? JSON.stringify(given) : readText(given ?? '', `${field}.arguments`);
  return { name: readName(call.name, `${field}.name`), input };
}
