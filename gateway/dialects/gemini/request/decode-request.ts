/** Reads a client's `:generateContent` or `:streamGenerateContent` request: https://ai.google.dev/api/generate-content */
import type { ChatMessage, ChatRequest, TextPart } from '../../../chat/request.ts';
import type { RequestPlace } from '../../codec.ts';
import { isAbsent, isFields, readBody, readName, readText, refuse } from '../../json/fields.ts';
import { decodeGenerationConfig } from './decode-config.ts';
import { decodeContents } from './decode-contents.ts';
import { decodeToolConfig, decodeTools } from './decode-tools.ts';
import { camelKeys, listOf, optionalText, readMessage, unknownKeys } from './proto-fields.ts';

const known = new Set(['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'serviceTier']);

/**
 * Model and stream come from the path. What Gemini's server itself would refuse in form is refused; what has no word in the
 * inner language (`safetySettings`, `cachedContent` …) is named in `unread`.
 * @throws GatewayError `bad-request`
 */
export function decodeRequest(body: unknown, place: RequestPlace): ChatRequest {
  const raw = readBody(body);
  const fields = camelKeys(raw);
  const unread = unknownKeys(raw, known, '');
  const system = decodeSystem(fields['systemInstruction'], unread);
  const serviceTier = decodeServiceTier(fields['serviceTier']);
  return {
    model: modelName(place.model ?? readName(fields['model'], 'model')),
    messages: [...system, ...decodeContents(fields['contents'], unread)],
    tools: decodeTools(fields['tools'], unread),
    toolChoice: decodeToolConfig(fields['toolConfig'], unread),
    stream: place.stream ?? false,
    streamUsage: true,
    ...decodeGenerationConfig(fields['generationConfig'], unread),
    ...(serviceTier === null ? {} : { serviceTier }),
    unread,
  };
}

/** What Gemini calls `standard` is `default` everywhere else. */
function decodeServiceTier(value: unknown): string | null {
  const tier = optionalText(value, 'serviceTier')?.toLowerCase() ?? null;
  if (tier === 'standard') return 'default';
  return tier === 'unspecified' ? null : tier;
}

/** `models/x` is `x`. */
export function modelName(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name;
}

/** Text, one part, a list of parts, or a content that holds them. */
function decodeSystem(value: unknown, unread: string[]): ChatMessage[] {
  const path = 'systemInstruction';
  if (isAbsent(value)) return [];
  const partsPath = isFields(value) && 'parts' in value ? `${path}.parts` : path;
  const list = listOf(isFields(value) && 'parts' in value ? value['parts'] : value);
  const parts = list.flatMap((each, index) => systemPart(each, `${partsPath}.${index}`, unread));
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

function systemPart(value: unknown, path: string, unread: string[]): TextPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!isFields(value)) return refuse(path, 'must be a part such as {"text": …}', 'invalid_type');
  const part = readMessage(value, path);
  unread.push(...unknownKeys(part, new Set(['text', 'role']), path));
  return isAbsent(part['text']) ? [] : [{ type: 'text', text: readText(part['text'], `${path}.text`) }];
}
