/** Writes a conversation as turns of user and model, which alternate: https://ai.google.dev/api/caching#Content */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import { type ChatMessage, type ContentPart, textOf, type ToolCallPart } from '../../../chat/request.ts';
import { isFields } from '../../json/fields.ts';
import { encodeMedia } from './encode-media.ts';
import { encodeResult } from './encode-result.ts';
import { isThirdGeneration } from './model-family.ts';
import { noSignature } from '../signature.ts';
import type { Content, Part } from '../wire.ts';

export interface EncodedContents {
  /** The texts of the instructions before the conversation. */
  readonly system: readonly string[];
  readonly contents: readonly Content[];
}

interface Writing {
  readonly notes: FidelityNotes;
  readonly model: string;
  /** The name of every call, by its id. */
  readonly names: ReadonlyMap<string, string>;
}

/** @throws GatewayError `untranslatable` */
export function encodeContents(messages: readonly ChatMessage[], model: string, notes: FidelityNotes): EncodedContents {
  const writing: Writing = { notes, model, names: callNames(messages) };
  const system: string[] = [];
  const contents: Content[] = [];
  const needsUser = messages.every(isInstruction);
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`;
    if (message.name !== undefined) notes.drop(`${path}.name`, 'Gemini has no such field');
    const isLeading = isInstruction(message) && contents.length === 0 && !needsUser;
    if (isLeading) system.push(...textsOf(message));
    else addTurn(contents, message, path, writing);
  }
  if (isThirdGeneration(model)) signCurrentTurn(contents, notes);
  return { system, contents: contents.map(resultsFirst) };
}

/** Gemini wants the results straight behind their calls. */
function resultsFirst({ role, parts }: Content): Content {
  const isResult = ({ functionResponse }: Part) => functionResponse !== undefined;
  return { role, parts: [...parts.filter(isResult), ...parts.filter((part) => !isResult(part))] };
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

function textsOf({ parts }: ChatMessage): string[] {
  return parts.flatMap((part) => (part.type === 'text' && part.text !== '' ? [part.text] : []));
}

function addTurn(contents: Content[], message: ChatMessage, path: string, writing: Writing): void {
  const parts = isInstruction(message)
    ? instructionParts(message, path, writing)
    : message.parts.flatMap((part, index) => encodePart(part, `${path}.content.${index}`, writing));
  if (parts.length === 0) return;
  const role = message.role === 'assistant' ? 'model' : 'user';
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts });
}

/** Gemini knows instructions at the start alone. */
function instructionParts(message: ChatMessage, path: string, { notes }: Writing): Part[] {
  const text = textOf(message.parts);
  if (text === '') return [];
  notes.emulate(`${path}.role`, "as the user's words: Gemini takes instructions at the start alone");
  return [{ text }];
}

function callNames(messages: readonly ChatMessage[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { parts } of messages) for (const part of parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  return names;
}

function encodePart(part: ContentPart, path: string, { notes, model, names }: Writing): Part[] {
  switch (part.type) {
    case 'text':
      return part.text === '' && part.seal === undefined ? [] : [{ text: part.text, ...signature(part.seal?.data) }];
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      return [{ text: part.text, thought: true, ...signature(part.seal?.data) }];
    case 'tool-call':
      return [{ functionCall: encodeCall(part, path, notes), ...signature(part.seal?.data) }];
    case 'tool-result': {
      const name = names.get(part.callId) ?? part.name ?? part.callId;
      return encodeResult(part, { name, path, holdsMedia: isThirdGeneration(model) }, notes);
    }
    case 'native':
      return isFields(part.json) ? [part.json] : [];
    default:
      return [encodeMedia(part, path, notes)];
  }
}

function signature(data: string | undefined): Part {
  return data === undefined ? {} : { thoughtSignature: data };
}

/** Gemini takes an object; what a model wrote beside that is handed over as text. */
function encodeCall({ id, name, input }: ToolCallPart, path: string, notes: FidelityNotes) {
  const args = input.trim() === '' ? {} : parse(input);
  if (isFields(args)) return { id, name, args };
  notes.emulate(`${path}.input`, 'as the text {"input": …}: it is no JSON object');
  return { id, name, args: { input } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Gemini 3 checks the signature on the first call of every step since the user last spoke; for calls that it did not make
 * itself Google documents a word that stands for one. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
function signCurrentTurn(contents: readonly Content[], notes: FidelityNotes): void {
  const begin = contents.findLastIndex(({ role, parts }) => role === 'user' && parts.some(({ text }) => text !== undefined));
  for (const { role, parts } of contents.slice(begin + 1)) {
    const first = parts.findIndex(({ functionCall }) => functionCall !== undefined);
    const part = parts[first];
    if (role === 'user' || part === undefined || part.thoughtSignature !== undefined) continue;
    parts[first] = { ...part, thoughtSignature: noSignature };
    notes.emulate('messages.*.content.*.seal', 'by the word for calls that Gemini did not make');
  }
}
