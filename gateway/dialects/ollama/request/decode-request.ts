/** Reads `POST /api/chat` (docs/api.md: Generate a chat completion). */
import type { ChatRequest } from '../../../chat/request.ts';
import type { RequestPlace } from '../../codec.ts';
import { readBody, readName } from '../../json/fields.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeSettings, decodeStream, settingFields } from './decode-settings.ts';
import { decodeTools } from './decode-tools.ts';
import { unreadFields } from './unread-fields.ts';

const known: ReadonlySet<string> = new Set(['model', 'messages', 'tools', 'stream', ...settingFields]);

/** @throws GatewayError `bad-request` naming the field */
export function decodeChatRequest(value: unknown, place: RequestPlace): ChatRequest {
  const body = readBody(value);
  const { messages, unread: unreadInMessages } = decodeMessages(body['messages']);
  const { tools, unread: unreadInTools } = decodeTools(body['tools']);
  const { unread: unreadOptions, ...settings } = decodeSettings(body);
  return {
    model: place.model ?? readName(body['model'], 'model'),
    messages,
    tools,
    toolChoice: { type: 'auto' },
    stream: place.stream ?? decodeStream(body['stream']),
    streamUsage: true,
    ...settings,
    unread: [...unreadFields(body, known), ...unreadOptions, ...unreadInMessages, ...unreadInTools],
  };
}
