/** Reads the parts of the model's turns: thoughts, words, calls, and the signatures that stand on any of them. */
import type { ContentPart, ReasoningPart, ToolCallPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, readFields, readFlag, readName, readText, refuse } from '../../json/fields.ts';
import type { DecodeState } from '../call-ids.ts';
import { decodeMediaPart, noteUnread } from './decode-part.ts';
import { optionalText, readMessage } from './proto-fields.ts';
import { readSignature, type Signature } from '../signature.ts';

/**
 * Adds a part to the message. Pieces of one passage are joined, as Gemini joins them; a wrapped seal goes back to the reasoning
 * that it was taken from.
 */
export function addModelPart(parts: ContentPart[], part: Fields, path: string, state: DecodeState): void {
  if (!isAbsent(part['functionResponse'])) refuse(`${path}.functionResponse`, 'belongs into a content of role user');
  noteUnread(part, path, state.unread);
  const signature = readSignature(part['thoughtSignature'], `${path}.thoughtSignature`);
  const media = decodeMediaPart(part, path);
  if (!isAbsent(part['functionCall'])) addCall(parts, decodeCall(part['functionCall'], `${path}.functionCall`, state), signature);
  else if (media !== null) parts.push(...media);
  else addWords(parts, part, path, signature);
}

function addWords(parts: ContentPart[], part: Fields, path: string, signature: Signature | null): void {
  const text = isAbsent(part['text']) ? '' : readText(part['text'], `${path}.text`);
  if (readFlag(part['thought'], `${path}.thought`)) addThought(parts, text, signature);
  else addText(parts, text, signature);
}

function addThought(parts: ContentPart[], text: string, signature: Signature | null): void {
  const last = parts.at(-1);
  if (text !== '') {
    if (isOpenReasoning(last)) parts[parts.length - 1] = { ...last, text: last.text + text };
    else parts.push({ type: 'reasoning', text, seal: null, redacted: false });
  }
  if (signature) sealReasoning(parts, signature);
}

function addText(parts: ContentPart[], text: string, signature: Signature | null): void {
  const own = signature?.seal.maker === 'gemini' ? { seal: signature.seal } : {};
  if (signature && signature.seal.maker !== 'gemini') sealReasoning(parts, signature);
  const last = parts.at(-1);
  if (last?.type === 'text' && last.seal === undefined) {
    parts[parts.length - 1] = { ...last, text: last.text + text, ...own };
  } else if (text !== '' || 'seal' in own) {
    parts.push({ type: 'text', text, ...own });
  }
}

function addCall(parts: ContentPart[], call: ToolCallPart, signature: Signature | null): void {
  if (signature?.seal.maker === 'gemini') {
    parts.push({ ...call, seal: signature.seal });
    return;
  }
  if (signature) sealReasoning(parts, signature);
  parts.push(call);
}

function isOpenReasoning(part: ContentPart | undefined): part is ReasoningPart {
  return part?.type === 'reasoning' && part.seal === null;
}

/**
 * Gives the seal to the reasoning that has none yet, since the last call and the last seal. Clients drop thoughts from their
 * history: then the seal alone stands where the reasoning was, before the words and the call that it led to.
 */
function sealReasoning(parts: ContentPart[], { seal, redacted }: Signature): void {
  const last = parts.findLastIndex(({ type }) => type === 'tool-call' || type === 'reasoning');
  const part = parts[last];
  if (!redacted && isOpenReasoning(part)) parts[last] = { ...part, seal };
  else parts.splice(last + 1, 0, { type: 'reasoning', text: '', seal, redacted });
}

function decodeCall(value: unknown, path: string, { ids, unread }: DecodeState): ToolCallPart {
  const call = readMessage(value, path);
  const name = readName(call['name'], `${path}.name`);
  const args = isAbsent(call['args']) ? {} : readFields(call['args'], `${path}.args`);
  for (const key of ['partialArgs', 'willContinue']) if (!isAbsent(call[key])) unread.push(`${path}.${key}`);
  const id = ids.call(name, optionalText(call['id'], `${path}.id`));
  return { type: 'tool-call', id, name, kind: 'function', input: JSON.stringify(args) };
}
