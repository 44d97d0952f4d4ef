/** Token counts for when a provider gives none: plain arithmetic on sizes, always marked as estimated. */
import type { Usage } from '../chat/usage.ts';

/** English prose and code come to about four bytes a token in the tokenizers of the large providers. */
const bytesPerToken = 4;

/** What was seen of an answer as it passed. */
export interface OutputSeen {
  /** Events that carried content. */
  readonly events: number;
  /** Bytes of content, envelopes left out. */
  readonly contentBytes: number;
}

/** @param requestBytes the size of the whole request body */
export function estimateUsage(requestBytes: number, seen: OutputSeen): Usage {
  return {
    inputTokens: Math.ceil(requestBytes / bytesPerToken),
    cachedInputTokens: null,
    outputTokens: Math.max(seen.events, Math.ceil(seen.contentBytes / bytesPerToken)),
    reasoningTokens: null,
  };
}
