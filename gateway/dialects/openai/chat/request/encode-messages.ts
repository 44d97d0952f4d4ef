/** Writes the messages of a request for an upstream. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import { type ChatMessage, type ChatRequest, type ContentPart, type ToolResultPart } from '../../../../chat/request.ts';
import type { WireQuirks } from '../../../codec.ts';
import { encodeContent, joinTexts } from './encode-content.ts';
import { encodeCall } from './encode-parts.ts';

interface Writing {
  readonly quirks: WireQuirks;
  readonly notes: FidelityNotes;
}

/** @throws GatewayError `untranslatable` naming a part that no field can hold, as in `messages.2.content.0` */
export function encodeMessages(request: ChatRequest, quirks: WireQuirks, notes: FidelityNotes): readonly object[] {
  const messages = request.responseFormat.type === 'json' ? sayJson(request.messages, notes) : request.messages;
  return messages.flatMap((message, index) => encodeMessage(message, `messages.${index}`, { quirks, notes }));
}

/** OpenAI refuses JSON mode unless a message speaks of JSON. */
function sayJson(messages: readonly ChatMessage[], notes: FidelityNotes): readonly ChatMessage[] {
  const isSaid = messages.some(({ parts }) => parts.some((part) => part.type === 'text' && /json/i.test(part.text)));
  if (isSaid) return messages;
  notes.emulate('response_format', 'with a word for it among the instructions, without which OpenAI refuses it');
  const words = { type: 'text', text: 'Answer in JSON.' } as const;
  const [first, ...others] = messages;
  if (first?.role !== 'system' && first?.role !== 'developer') return [{ role: 'system', parts: [words] }, ...messages];
  return [{ ...first, parts: [...first.parts, words] }, ...others];
}

function encodeMessage(message: ChatMessage, path: string, writing: Writing): readonly object[] {
  const { role, parts } = message;
  const name = message.name === undefined ? {} : { name: message.name };
  switch (role) {
    case 'tool':
      return parts.flatMap((part, index) =>
        part.type === 'tool-result' ? [encodeResult(part, `${path}.content.${index}`, writing)] : [],
      );
    case 'assistant':
      return [{ role, ...encodeAssistant(parts, path, writing), ...name }];
    case 'user':
      return [{ role, content: encodeContent(parts, path, writing.notes), ...name }];
    default:
      return [{ role: writing.quirks.systemRole ?? role, content: encodeContent(parts, path, writing.notes), ...name }];
  }
}

/** There is no flag for a failed call: its result says so. */
function encodeResult({ callId, content, isError }: ToolResultPart, path: string, { notes }: Writing) {
  const text = encodeContent(content, path, notes);
  const isSilent = isError && typeof text === 'string' && !/^\W*error/i.test(text);
  if (isError) notes.emulate(`${path}.is_error`, 'in words before the result');
  return { role: 'tool', tool_call_id: callId, content: isSilent ? `Error: ${text}` : text };
}

function encodeAssistant(parts: readonly ContentPart[], path: string, writing: Writing) {
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [encodeCall(part, part.input)] : []));
  const refusal = joinTexts(parts, 'refusal');
  const texts = parts.filter((part) => part.type === 'text');
  noteLost(parts, path, writing.notes);
  const isEmpty = texts.length === 0 && (calls.length > 0 || refusal !== '');
  return {
    content: isEmpty ? null : joinTexts(texts, 'text'),
    ...encodeThoughts(parts, path, writing),
    ...(refusal === '' ? {} : { refusal }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function encodeThoughts(parts: readonly ContentPart[], path: string, { quirks, notes }: Writing) {
  const thoughts = joinTexts(parts, 'reasoning');
  if (thoughts === '') return {};
  if (quirks.reasoningField !== undefined) return { [quirks.reasoningField]: thoughts };
  for (const [index, part] of parts.entries())
    if (part.type === 'reasoning') notes.drop(`${path}.content.${index}`, 'this provider takes no thoughts back');
  return {};
}

function noteLost(parts: readonly ContentPart[], path: string, notes: FidelityNotes): void {
  for (const [index, { type }] of parts.entries()) {
    const isMedia = type === 'image' || type === 'audio' || type === 'video' || type === 'file';
    if (isMedia) notes.drop(`${path}.content.${index}`, 'OpenAI chat takes no files of a model back');
  }
}
