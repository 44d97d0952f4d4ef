/** OpenAI's words for why an answer ended, and those of its relatives. */
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

/** To a request with `functions`. */
export function encodeLegacyFinish(reason: FinishReason): string {
  return reason === 'tool-calls' ? 'function_call' : encodeFinish(reason);
}

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
  error: 'error',
  network_error: 'error',
};

/** A word that nobody knows ends an answer like any other. */
export function decodeFinish(word: string): FinishReason {
  return Object.hasOwn(reasons, word) ? (reasons[word] ?? 'stop') : 'stop';
}
