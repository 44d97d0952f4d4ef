/** Makes the conversation sayable. */
import type { ChatMessage, ContentPart, ToolResultPart } from '../request.ts';
import { adaptPart, renamed, withoutCacheMark } from './adapt-parts.ts';
import type { Adaptation } from './adaptation.ts';

/** @throws GatewayError `untranslatable` naming a picture or file that cannot be sent there */
export function adaptMessages(messages: readonly ChatMessage[], adaptation: Adaptation): readonly ChatMessage[] {
  const adapted: ChatMessage[] = [];
  const moved: ContentPart[] = [];
  messages.forEach((message, index) => {
    const path = `messages.${index}`;
    // Nothing may stand between a turn's results: what they gave beside text comes behind the last of them.
    if (message.role !== 'tool') release(moved, adapted);
    const parts =
      message.role === 'tool' ? adaptResults(message, path, adaptation, moved) : adaptParts(message, path, adaptation);
    // A message of which nothing is left is left out.
    if (parts.length > 0 || message.parts.length === 0) adapted.push({ ...message, parts });
  });
  release(moved, adapted);
  return adapted;
}

function release(moved: ContentPart[], messages: ChatMessage[]): void {
  if (moved.length > 0) messages.push({ role: 'user', parts: moved.splice(0) });
}

function adaptParts(message: ChatMessage, path: string, adaptation: Adaptation): readonly ContentPart[] {
  const own = message.role === 'assistant' ? withoutMedia(message.parts, path, adaptation) : message.parts;
  return own.flatMap((part, index) => adaptPart(part, `${path}.content.${index}`, adaptation));
}

/** Pictures that a model made are not sent back to one: no dialect but its own takes them there. */
function withoutMedia(parts: readonly ContentPart[], path: string, { notes }: Adaptation): readonly ContentPart[] {
  return parts.filter((part, index) => {
    const isMedia = part.type === 'image' || part.type === 'audio' || part.type === 'video' || part.type === 'file';
    if (isMedia) notes.drop(`${path}.content.${index}`, `what a model made (${part.type}) is not sent back`);
    return !isMedia;
  });
}

/** @param moved takes the pictures and files that cannot stand in a result */
function adaptResults(
  { parts }: ChatMessage,
  path: string,
  adaptation: Adaptation,
  moved: ContentPart[],
): readonly ContentPart[] {
  return parts.flatMap((part, index): readonly ContentPart[] => {
    const place = `${path}.content.${index}`;
    return part.type === 'tool-result' ? [adaptResult(part, place, adaptation, moved)] : adaptPart(part, place, adaptation);
  });
}

function adaptResult(result: ToolResultPart, path: string, adaptation: Adaptation, moved: ContentPart[]): ToolResultPart {
  const { abilities, notes, names } = adaptation;
  const marked = withoutCacheMark(result, path, adaptation);
  const adapted = result.content.flatMap((part, index) => adaptPart(part, `${path}.content.${index}`, adaptation));
  const name = result.name === null ? null : names.toWire(result.name);
  if (name !== result.name) notes.emulate(`${path}.name`, renamed);
  if (abilities.mediaInResults || adapted.every(isPlain)) return { ...marked, name, content: adapted };
  notes.emulate(path, 'with its pictures and files in a user message behind it');
  moved.push(
    { type: 'text', text: `What the tool call ${result.callId} gave beside its text:` },
    ...adapted.filter((part) => !isPlain(part)),
  );
  const plain = adapted.filter(isPlain);
  return { ...marked, name, content: plain.length > 0 ? plain : [{ type: 'text', text: '(see the next message)' }] };
}

const isPlain = (part: ContentPart): boolean => part.type === 'text';
