/** Token counts for when a provider gives none: plain arithmetic on sizes, always marked as estimated. */
import { unknownUsage, type Usage } from '../chat/usage.ts';

/** English prose and code come to about four bytes a token in the tokenizers of the large providers. */
const bytesPerToken = 4;

/** What an image of 1024 × 1024 costs at OpenAI in high detail (85 + 4 × 170); other media are taken for the same. */
const tokensPerMediaPart = 765;

/** What a request held. */
export interface InputSeen {
  readonly textBytes: number;
  /** Images, sounds and files within it, whose size says nothing of their tokens. */
  readonly mediaParts: number;
}

/** What was seen of an answer as it passed. */
export interface OutputSeen {
  /** Events that carried content. */
  readonly events: number;
  /** Bytes of content, envelopes left out; null where the answer is no text. */
  readonly contentBytes: number | null;
}

export function estimateInputTokens({ textBytes, mediaParts }: InputSeen): number {
  return Math.ceil(textBytes / bytesPerToken) + mediaParts * tokensPerMediaPart;
}

export function estimateUsage(asked: InputSeen, seen: OutputSeen): Usage {
  return {
    ...unknownUsage,
    inputTokens: estimateInputTokens(asked),
    outputTokens: seen.contentBytes === null ? null : Math.max(seen.events, Math.ceil(seen.contentBytes / bytesPerToken)),
  };
}
