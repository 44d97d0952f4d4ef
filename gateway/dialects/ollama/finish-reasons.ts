/** Ollama's words for why an answer ended (`done_reason`). It has none of its own for calls: those end with `stop`. */
import type { FinishReason } from '../../chat/event.ts';

/** Ollama itself never filters and never ends a line with `error`; the words are those of OpenAI's clients, which read it, too. */
const words = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'stop',
  'content-filter': 'content_filter',
  error: 'error',
} as const satisfies Record<FinishReason, string>;

export function encodeFinish(reason: FinishReason): string {
  return words[reason];
}

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['error', 'error'],
]);

/**
 * @param doneReason missing from old versions; `load` and `unload` answer requests without a prompt
 * @param calls how many tools were called: they are whole when they come, so they can be run whatever the reason
 */
export function decodeFinish(doneReason: unknown, calls: number): FinishReason {
  return calls > 0 ? 'tool-calls' : (reasons.get(doneReason) ?? 'stop');
}
