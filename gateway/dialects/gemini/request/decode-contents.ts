/** Reads a request's `contents` as messages: a turn of the model, or a user's words with the results of calls among them. */
import type { ChatMessage, ContentPart, ToolResultPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readChoice, refuse } from '../../json/fields.ts';
import { CallIds, type DecodeState } from '../call-ids.ts';
import { addModelPart } from './decode-model-part.ts';
import { decodeMediaPart, decodeTextPart, noteUnread } from './decode-part.ts';
import { decodeResult } from './decode-result.ts';
import { listOf, optionalText, readMessage, unknownKeys } from './proto-fields.ts';

const roles = ['user', 'model', 'function'] as const;
const contentFields = new Set(['role', 'parts']);

/**
 * A list of contents, or one alone. SDKs keep every piece of a stream as a content of its own: turns of the model that follow
 * each other are one message.
 * @throws GatewayError `bad-request`
 */
export function decodeContents(value: unknown, unread: string[]): ChatMessage[] {
  if (isAbsent(value)) return refuse('contents', 'is missing; it must be a list', 'missing_required_parameter');
  if (!Array.isArray(value) && !isFields(value)) return refuse('contents', 'must be a list', 'invalid_type');
  const contents = listOf(value);
  if (contents.length === 0) return refuse('contents', 'must not be empty');
  const ids = new CallIds();
  const messages: ChatMessage[] = [];
  let modelParts: ContentPart[] | null = null;
  for (const [index, each] of contents.entries()) {
    const path = Array.isArray(value) ? `contents.${index}` : 'contents';
    const content = readMessage(each, path);
    unread.push(...unknownKeys(content, contentFields, path));
    const role = readChoice(optionalText(content['role'], `${path}.role`) ?? 'user', `${path}.role`, roles);
    const parts = listOf(content['parts']).map((part, place) => ({ path: `${path}.parts.${place}`, part }));
    if (role === 'model') {
      if (modelParts === null) {
        ids.beginTurn();
        messages.push({ role: 'assistant', parts: (modelParts = []) });
      }
      for (const { part, path: at } of parts) addModelPart(modelParts, readMessage(part, at), at, { ids, unread });
    } else {
      modelParts = null;
      messages.push(...userMessages(parts, { ids, unread }));
    }
  }
  return messages.filter(({ parts }) => parts.length > 0);
}

/** Results come first: every dialect wants them straight behind their calls. */
function userMessages(parts: readonly { path: string; part: unknown }[], state: DecodeState): ChatMessage[] {
  const results: ToolResultPart[] = [];
  const others: ContentPart[] = [];
  for (const { part: value, path } of parts) {
    const part = readMessage(value, path);
    if (isAbsent(part['functionResponse'])) others.push(...userPart(part, path, state.unread));
    else {
      noteUnread(part, path, state.unread);
      results.push(decodeResult(part['functionResponse'], `${path}.functionResponse`, state));
    }
  }
  return [
    { role: 'tool', parts: results },
    { role: 'user', parts: others },
  ];
}

function userPart(part: Fields, path: string, unread: string[]): ContentPart[] {
  if (!isAbsent(part['functionCall'])) refuse(`${path}.functionCall`, 'belongs into a content of role model');
  noteUnread(part, path, unread);
  return decodeMediaPart(part, path) ?? decodeTextPart(part, path);
}
