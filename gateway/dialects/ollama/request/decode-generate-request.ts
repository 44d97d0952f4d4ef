/** Reads `POST /api/generate` (docs/api.md: Generate a completion): one prompt, perhaps with instructions or what follows the gap. */
import type { ChatMessage, ChatRequest } from '../../../chat/request.ts';
import type { RequestPlace } from '../../codec.ts';
import { isAbsent, readBody, readName, readText } from '../../json/fields.ts';
import { decodeImages } from './decode-images.ts';
import { decodeSettings, decodeStream, settingFields } from './decode-settings.ts';
import { unreadFields } from './unread-fields.ts';

const known: ReadonlySet<string> = new Set(['model', 'prompt', 'suffix', 'system', 'images', 'stream', ...settingFields]);

/**
 * An empty prompt is no request to a model but one to load it: see `isLoadRequest`.
 * @throws GatewayError `bad-request` naming the field
 */
export function decodeGenerateRequest(value: unknown, place: RequestPlace): ChatRequest {
  const body = readBody(value);
  const prompt = readName(body['prompt'], 'prompt');
  const system = readOptionalText(body['system'], 'system');
  const suffix = readOptionalText(body['suffix'], 'suffix');
  const { unread, ...settings } = decodeSettings(body);
  const user: ChatMessage = { role: 'user', parts: [...decodeImages(body['images'], 'images'), { type: 'text', text: prompt }] };
  return {
    model: place.model ?? readName(body['model'], 'model'),
    messages: system === '' ? [user] : [{ role: 'system', parts: [{ type: 'text', text: system }] }, user],
    tools: [],
    toolChoice: { type: 'auto' },
    stream: place.stream ?? decodeStream(body['stream']),
    streamUsage: true,
    ...settings,
    ...(suffix !== '' && { suffix }),
    // The Python client always writes `raw`; only `true` says something.
    unread: [...unreadFields({ ...body, raw: body['raw'] || null }, known), ...unread],
  };
}

function readOptionalText(value: unknown, field: string): string {
  return isAbsent(value) ? '' : readText(value, field);
}
