/** Writes the messages of a chat request. */
import { GatewayError } from '../../../chat/error.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import {
  type ChatMessage,
  type ContentPart,
  type ImagePart,
  textOf,
  type ToolCallPart,
  type ToolResultPart,
} from '../../../chat/request.ts';
import type { Fields } from '../../json/fields.ts';
import { encodeArguments } from '../tool-arguments.ts';

/**
 * One message for each, and one for each tool result.
 * @throws GatewayError `untranslatable` naming a part that Ollama has no place for
 */
export function encodeMessages(messages: readonly ChatMessage[], notes: FidelityNotes): readonly Fields[] {
  const toolNames = new Map<string, string>();
  return messages.flatMap((message, index) => {
    const path = `messages.${index}`;
    for (const part of message.parts) if (part.type === 'tool-call') toolNames.set(part.id, part.name);
    if (message.name !== undefined) notes.drop(`${path}.name`, 'Ollama has no names of participants');
    if (message.role === 'tool') return encodeResults(message, path, toolNames, notes);
    if (message.role === 'assistant') return [encodeAssistant(message, path, notes)];
    if (message.role === 'developer') notes.emulate(`${path}.role`, 'as a system message');
    return [{ role: message.role === 'user' ? 'user' : 'system', ...encodeContent(message.parts, path, notes) }];
  });
}

/** The text, and the pictures in base64. */
export function encodeContent(parts: readonly ContentPart[], path: string, notes: FidelityNotes): Fields {
  const images = parts.flatMap((part, index) => encodeImage(part, `${path}.content.${index}`, notes));
  return { content: joinTexts(parts), ...(images.length > 0 && { images }) };
}

/** Passages of one message stand a blank line apart, as Ollama itself joins messages of one role (template/template.go). */
export function joinTexts(parts: readonly ContentPart[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

function encodeImage(part: ContentPart, path: string, notes: FidelityNotes): readonly string[] {
  if (part.type === 'audio' || part.type === 'video' || part.type === 'file') throw unplaceable(part.type, path);
  if (part.type !== 'image') return [];
  if (part.source.type !== 'base64') throw unplaceable('image by its address or id', path);
  noteDetail(part, path, notes);
  return [standardBase64(part.source.data)];
}

function noteDetail({ detail }: ImagePart, path: string, notes: FidelityNotes): void {
  if (detail === 'low' || detail === 'high') notes.drop(`${path}.detail`, 'Ollama always looks in the same detail');
}

/** Go reads the common alphabet alone, and only with its padding. */
function standardBase64(data: string): string {
  const letters = data.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return letters.padEnd(Math.ceil(letters.length / 4) * 4, '=');
}

function unplaceable(what: string, path: string): GatewayError {
  return new GatewayError('untranslatable', `Ollama has no place for ${path} (${what}).`, { field: path });
}

function encodeAssistant({ parts }: ChatMessage, path: string, notes: FidelityNotes): Fields {
  const refusal = parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('');
  const thinking = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const calls = parts.flatMap((part, index) =>
    part.type === 'tool-call' ? [{ part, path: `${path}.content.${index}.input` }] : [],
  );
  return {
    role: 'assistant',
    content: textOf(parts) + refusal,
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map((call, index) => encodeCall(call.part, index, call.path, notes)) }),
  };
}

function encodeCall({ id, name, kind, input }: ToolCallPart, index: number, path: string, notes: FidelityNotes): Fields {
  const tellBroken = () => notes.emulate(path, 'inside an object, because it is no JSON object');
  return { id, function: { index, name, arguments: encodeArguments(kind, input, tellBroken) } };
}

function encodeResults(
  { parts }: ChatMessage,
  path: string,
  toolNames: ReadonlyMap<string, string>,
  notes: FidelityNotes,
): readonly Fields[] {
  return parts.flatMap((part, index) =>
    part.type === 'tool-result' ? [encodeResult(part, `${path}.content.${index}`, toolNames, notes)] : [],
  );
}

function encodeResult(
  { callId, name, content, isError }: ToolResultPart,
  path: string,
  toolNames: ReadonlyMap<string, string>,
  notes: FidelityNotes,
): Fields {
  if (isError) notes.drop(`${path}.is_error`, 'Ollama has no mark for it; the words of the result remain');
  const toolName = name ?? toolNames.get(callId);
  return {
    role: 'tool',
    ...encodeContent(content, path, notes),
    ...(toolName !== undefined && { tool_name: toolName }),
    tool_call_id: callId,
  };
}
