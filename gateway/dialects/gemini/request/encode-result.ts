/** Writes what calls came to: https://ai.google.dev/api/caching#FunctionResponse */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ToolResultPart } from '../../../chat/request.ts';
import { isFields } from '../../json/fields.ts';
import { encodeMedia } from './encode-media.ts';
import type { Part } from '../wire.ts';

/**
 * The response first, then media that it cannot hold: before Gemini 3 any, and at all times what is only an address.
 * @param name the tool's, which Gemini must have
 * @param path of the part in the inner request
 */
export function encodeResult(
  part: ToolResultPart,
  { name, path, holdsMedia }: { readonly name: string; readonly path: string; readonly holdsMedia: boolean },
  notes: FidelityNotes,
): Part[] {
  const inside: Part[] = [];
  const behind: Part[] = [];
  for (const [index, each] of part.content.entries()) {
    if (each.type !== 'image' && each.type !== 'audio' && each.type !== 'video' && each.type !== 'file') continue;
    const at = `${path}.content.${index}`;
    const media = encodeMedia(each, at, notes);
    if (holdsMedia && media.inlineData) inside.push(media);
    else {
      notes.emulate(at, 'as a part behind the result');
      behind.push(media);
    }
  }
  const response = encodeResponse(part);
  const functionResponse = { id: part.callId, name, response, ...(inside.length === 0 ? {} : { parts: inside }) };
  return [{ functionResponse }, ...behind];
}

/** `output` and `error` are the keys that Gemini gives a meaning; a JSON object stands for itself. */
function encodeResponse({ content, isError }: ToolResultPart): Readonly<Record<string, unknown>> {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (isError) return { error: text };
  return readObject(text) ?? { output: text };
}

/** @returns null for other text, and for a number that would not survive being read */
function readObject(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.trimStart().startsWith('{') || /\d{16}/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
