/** Reads the messages of a chat request. */
import type { ChatMessage, ChatRole, ToolCall } from '../../../chat/request.ts';
import { isAbsent, isFields, readChoice, readFields, readList, readName, readText, refuse } from '../../json/fields.ts';
import type { Fields } from '../../json/fields.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

interface Content {
  readonly text: string;
  readonly mediaParts: number;
}

const noContent: Content = { text: '', mediaParts: 0 };

/** @throws GatewayError `bad-request` naming the message and the field, as in `messages.2.role` */
export function decodeMessages(value: unknown): readonly ChatMessage[] {
  const messages = readList(value, 'messages');
  if (messages.length === 0) refuse('messages', 'must hold at least one message');
  return messages.map((message, index) => decodeMessage(readFields(message, `messages.${index}`), `messages.${index}`));
}

function decodeMessage(message: Fields, field: string): ChatMessage {
  const role = readChoice(message.role, `${field}.role`, roles);
  return {
    role: role === 'function' ? 'tool' : role,
    ...decodeContent(message.content, `${field}.content`, role),
    toolCalls: role === 'assistant' ? decodeToolCalls(message, field) : [],
    toolCallId: decodeToolCallId(message, field, role),
  };
}

/** The legacy role `function` answers a call by its name, which is also the id that the call was given here. */
function decodeToolCallId(message: Fields, field: string, role: ChatRole | 'function'): string | null {
  if (role === 'function') return readName(message.name, `${field}.name`);
  return role === 'tool' ? readText(message.tool_call_id, `${field}.tool_call_id`) : null;
}

function decodeContent(content: unknown, field: string, role: ChatRole | 'function'): Content {
  if (typeof content === 'string') return { text: content, mediaParts: 0 };
  if (Array.isArray(content))
    return content.map((part, index) => decodePart(part, `${field}.${index}`)).reduce(joinContent, noContent);
  if (!isAbsent(content)) return refuse(field, 'must be text or a list of parts', 'invalid_type');
  const mayBeEmpty = role === 'assistant' || role === 'tool' || role === 'function';
  return mayBeEmpty ? noContent : refuse(field, 'is missing; it must be text or a list of parts', 'missing_required_parameter');
}

function joinContent(left: Content, right: Content): Content {
  return { text: left.text + right.text, mediaParts: left.mediaParts + right.mediaParts };
}

/** A part that is not text (image, sound, file, or a kind to come) is counted as media. */
function decodePart(value: unknown, field: string): Content {
  const part = readFields(value, field);
  const type = readText(part.type, `${field}.type`);
  if (type === 'text') return { text: readText(part.text, `${field}.text`), mediaParts: 0 };
  if (type === 'refusal') return { text: readText(part.refusal, `${field}.refusal`), mediaParts: 0 };
  return { text: '', mediaParts: 1 };
}

function decodeToolCalls(message: Fields, field: string): readonly ToolCall[] {
  if (isFields(message.function_call)) {
    const call = decodeFunction(message.function_call, `${field}.function_call`);
    return [{ id: call.name, ...call }];
  }
  if (isAbsent(message.tool_calls)) return [];
  return readList(message.tool_calls, `${field}.tool_calls`).map((call, index) =>
    decodeToolCall(call, `${field}.tool_calls.${index}`),
  );
}

function decodeToolCall(value: unknown, field: string): ToolCall {
  const call = readFields(value, field);
  const id = readName(call.id, `${field}.id`);
  if (call.type !== 'custom')
    return { id, ...decodeFunction(readFields(call.function, `${field}.function`), `${field}.function`) };
  const custom = readFields(call.custom, `${field}.custom`);
  const input = readText(custom.input, `${field}.custom.input`);
  return { id, name: readName(custom.name, `${field}.custom.name`), argumentsJson: JSON.stringify(input) };
}

function decodeFunction(call: Fields, field: string): { readonly name: string; readonly argumentsJson: string } {
  const { arguments: given } = call;
  const argumentsJson = isFields(given) ? JSON.stringify(given) : readText(given ?? '', `${field}.arguments`);
  return { name: readName(call.name, `${field}.name`), argumentsJson };
}
