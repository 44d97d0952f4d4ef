/** Gemini's words for why an answer ended: https://ai.google.dev/api/generate-content#FinishReason */
import type { FinishReason } from '../../chat/event.ts';

const meanings: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    STOP: 'stop',
    MAX_TOKENS: 'length',
    CONTINUATION: 'length',
    SAFETY: 'content-filter',
    RECITATION: 'content-filter',
    BLOCKLIST: 'content-filter',
    PROHIBITED_CONTENT: 'content-filter',
    SPII: 'content-filter',
    MODEL_ARMOR: 'content-filter',
    IMAGE_SAFETY: 'content-filter',
    IMAGE_PROHIBITED_CONTENT: 'content-filter',
    IMAGE_RECITATION: 'content-filter',
  }),
);

/** A word that is not known here is no good end: `OTHER`, `MALFORMED_FUNCTION_CALL`, and what Gemini may add. */
export function decodeFinish(word: string, hasCalls: boolean): FinishReason {
  const reason = meanings.get(word) ?? 'error';
  return reason === 'stop' && hasCalls ? 'tool-calls' : reason;
}

const words = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  error: 'OTHER',
} as const satisfies Record<FinishReason, string>;

export function encodeFinish(reason: FinishReason): string {
  return words[reason];
}
