/** Writes messages as the items of a Responses request, in the same order. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { ChatMessage, ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../../../chat/request.ts';
import { textOf } from '../../../../chat/request.ts';
import { encodeContentPart } from './encode-content.ts';

type Item = Readonly<Record<string, unknown>>;

/** @param first the place of the first message among all of the request, for notes */
export function encodeInput(
  messages: readonly ChatMessage[],
  first: number,
  systemRole: 'system' | 'developer' | null,
  notes: FidelityNotes,
): readonly unknown[] {
  const customCalls = customCallIds(messages);
  const items: unknown[] = [];
  for (const [index, message] of messages.entries()) {
    const { role, parts } = message;
    const path = `messages.${first + index}.content`;
    if (message.name !== undefined) notes.drop(`messages.${first + index}.name`, 'OpenAI Responses names no participants');
    const isInstruction = role === 'system' || role === 'developer';
    const wireRole = isInstruction ? (systemRole ?? role) : role;
    const contents: unknown[] = [];
    const flush = (): void => {
      if (contents.length > 0) items.push({ type: 'message', role: wireRole, content: contents.splice(0) });
    };
    for (const [at, part] of parts.entries()) {
      if (isContent(part)) contents.push(...encodeContentPart(part, role, `${path}.${at}`, notes));
      else {
        flush();
        items.push(...encodeItem(part, customCalls, `${path}.${at}`, notes));
      }
    }
    flush();
  }
  return items;
}

type ItemPart = ReasoningPart | ToolCallPart | ToolResultPart | Extract<ContentPart, { type: 'native' }>;

/** Parts of content have types of their own; a native part without one of them is a whole item. */
const contentTypes: ReadonlySet<string> = new Set([
  'input_text',
  'input_image',
  'input_file',
  'input_audio',
  'output_text',
  'computer_screenshot',
]);

function isContent(part: ContentPart): part is Exclude<ContentPart, ReasoningPart | ToolCallPart | ToolResultPart> {
  if (part.type === 'native') return contentTypes.has(part.name);
  return part.type !== 'reasoning' && part.type !== 'tool-call' && part.type !== 'tool-result';
}

function encodeItem(part: ItemPart, customCalls: ReadonlySet<string>, path: string, notes: FidelityNotes): readonly unknown[] {
  switch (part.type) {
    case 'native':
      return [part.json];
    case 'reasoning':
      return encodeReasoning(part, path, notes);
    case 'tool-call':
      return [encodeCall(part)];
    default:
      return [encodeResult(part, customCalls.has(part.callId), path, notes)];
  }
}

/** Without state OpenAI takes a thought back by its seal; the summary beside it is for people. */
function encodeReasoning({ text, seal }: ReasoningPart, path: string, notes: FidelityNotes): readonly Item[] {
  if (seal?.maker !== 'openai') {
    notes.drop(path, 'OpenAI takes only reasoning that it sealed');
    return [];
  }
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return [{ type: 'reasoning', summary, encrypted_content: seal.data }];
}

function encodeCall({ id, name, namespace, kind, input }: ToolCallPart): Item {
  const space = namespace === undefined ? {} : { namespace };
  if (kind === 'custom') return { type: 'custom_tool_call', call_id: id, name, ...space, input };
  return { type: 'function_call', call_id: id, name, ...space, arguments: input === '' ? '{}' : input };
}

function encodeResult(result: ToolResultPart, isCustom: boolean, path: string, notes: FidelityNotes): Item {
  const { callId, content, isError } = result;
  if (isError) notes.drop(`${path}.is_error`, 'OpenAI marks no result as failed; its text says so');
  const isText = content.every((part) => part.type === 'text');
  const output = isText
    ? textOf(content)
    : content.flatMap((part, at) => encodeContentPart(part, 'tool', `${path}.content.${at}`, notes));
  return { type: isCustom ? 'custom_tool_call_output' : 'function_call_output', call_id: callId, output };
}

function customCallIds(messages: readonly ChatMessage[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { parts } of messages) {
    for (const part of parts) if (part.type === 'tool-call' && part.kind === 'custom') ids.add(part.id);
  }
  return ids;
}
