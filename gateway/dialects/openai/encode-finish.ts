/** OpenAI's words for why an answer ended. */
import type { FinishReason } from '../../chat/event.ts';

const chatWords = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
} as const satisfies Record<FinishReason, string>;

/** OpenAI itself has no word for `error`; relatives of it (OpenRouter) send this one. */
export function encodeFinish(reason: FinishReason): string {
  return chatWords[reason];
}
