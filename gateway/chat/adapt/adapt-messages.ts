/** Makes the conversation sayable. */
import type { ChatMessage, ContentPart, ToolResultPart } from '../request.ts';
import { adaptPart, withoutCacheMark } from './adapt-parts.ts';
import type { Adaptation } from './adaptation.ts';

/** @throws GatewayError `untranslatable` naming a picture or file that cannot be sent there */
export function adaptMessages(messages: readonly ChatMessage[], adaptation: Adaptation): readonly ChatMessage[] {
  const adapted: ChatMessage[] = [];
  let moved: ContentPart[] = [];
  const flush = (): void => {
    if (moved.length > 0) adapted.push({ role: 'user', parts: moved });
    moved = [];
  };
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`;
    if (message.role === 'tool') adapted.push(adaptResults(message, path, adaptation, moved));
    else {
      flush();
      adapted.push(...adaptMessage(message, path, adaptation));
    }
  }
  flush();
  return adapted;
}

/** A message of which nothing is left is left out. */
function adaptMessage(message: ChatMessage, path: string, adaptation: Adaptation): readonly ChatMessage[] {
  const own = message.role === 'assistant' ? withoutMedia(message.parts, path, adaptation) : message.parts;
  const parts = own.flatMap((part, index) => adaptPart(part, `${path}.content.${index}`, adaptation));
  return parts.length === 0 && message.parts.length > 0 ? [] : [{ ...message, parts }];
}

/** Pictures that a model made are not sent back to one: no dialect but its own takes them there. */
function withoutMedia(parts: readonly ContentPart[], path: string, { notes }: Adaptation): readonly ContentPart[] {
  return parts.filter((part, index) => {
    const isMedia = part.type === 'image' || part.type === 'audio' || part.type === 'video' || part.type === 'file';
    if (isMedia) notes.drop(`${path}.content.${index}`, `what a model made (${part.type}) is not sent back`);
    return !isMedia;
  });
}

/**
 * Pictures and files in tool results that cannot stand there follow in a user message, behind the results of all calls: between two
 * of them it would leave calls without a result.
 * @param moved gathers them
 */
function adaptResults(message: ChatMessage, path: string, adaptation: Adaptation, moved: ContentPart[]): ChatMessage {
  const parts = message.parts.flatMap((part, index): readonly ContentPart[] => {
    const place = `${path}.content.${index}`;
    return part.type === 'tool-result' ? [adaptResult(part, place, adaptation, moved)] : adaptPart(part, place, adaptation);
  });
  return { ...message, parts };
}

function adaptResult(result: ToolResultPart, path: string, adaptation: Adaptation, moved: ContentPart[]): ToolResultPart {
  const { abilities, notes, names } = adaptation;
  const marked = withoutCacheMark(result, path, adaptation);
  const adapted = result.content.flatMap((part, index) => adaptPart(part, `${path}.content.${index}`, adaptation));
  const name = result.name === null ? null : names.toWire(result.name);
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
