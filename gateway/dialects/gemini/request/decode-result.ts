/** Reads what a call came to: https://ai.google.dev/api/caching#FunctionResponse */
import type { ContentPart, ToolResultPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, readFields, readName } from '../../json/fields.ts';
import type { DecodeState } from '../call-ids.ts';
import { decodeMediaPart, noteUnread } from './decode-part.ts';
import { listOf, optionalText, readMessage, unknownKeys } from './proto-fields.ts';

const known = new Set(['id', 'name', 'response', 'parts']);

/** A response that is one text under a customary key: the text is all it says. */
const textKeys = new Set(['output', 'result', 'content']);

/** @throws GatewayError `bad-request` */
export function decodeResult(value: unknown, path: string, { ids, unread }: DecodeState): ToolResultPart {
  const result = readMessage(value, path);
  unread.push(...unknownKeys(result, known, path));
  const name = readName(result['name'], `${path}.name`);
  const response = isAbsent(result['response']) ? {} : readFields(result['response'], `${path}.response`);
  return {
    type: 'tool-result',
    callId: ids.result(name, optionalText(result['id'], `${path}.id`)),
    name,
    content: [...decodeResponse(response), ...decodeParts(result['parts'], `${path}.parts`, unread)],
    isError: isError(response),
  };
}

function isError(response: Fields): boolean {
  return Object.keys(response).length === 1 && !isAbsent(response['error']);
}

function decodeResponse(response: Fields): ContentPart[] {
  const [first, ...others] = Object.entries(response);
  if (!first) return [];
  const [key, value] = first;
  const isPlain = others.length === 0 && (textKeys.has(key) || isError(response));
  const text = isPlain && typeof value === 'string' ? value : JSON.stringify(isError(response) ? value : response);
  return text === '' ? [] : [{ type: 'text', text }];
}

function decodeParts(value: unknown, path: string, unread: string[]): ContentPart[] {
  return listOf(value).flatMap((each, index) => {
    const part = readMessage(each, `${path}.${index}`);
    noteUnread(part, `${path}.${index}`, unread);
    return decodeMediaPart(part, `${path}.${index}`) ?? [];
  });
}
