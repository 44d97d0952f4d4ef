/** Reads what stands at the head of an answer, streamed or whole. */
import type { ChatEvent } from '../../../chat/event.ts';
import { type Fields, isFields } from '../../json/fields.ts';

/** The wire tells no time: an answer is dated when its head is read. */
export function decodeHead(message: Fields): Extract<ChatEvent, { type: 'start' }> {
  const usage = isFields(message.usage) ? message.usage : {};
  return {
    type: 'start',
    id: typeof message.id === 'string' ? message.id : '',
    model: typeof message.model === 'string' ? message.model : '',
    createdAtSeconds: Math.floor(Date.now() / 1000),
    ...(typeof usage.service_tier === 'string' ? { serviceTier: usage.service_tier } : {}),
  };
}
