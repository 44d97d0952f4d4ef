/** Token counts for when a provider gives none: plain arithmetic on sizes, always marked as estimated. */
import type { RequestSize } from '../chat/request-size.ts';
import { unknownUsage, type Usage } from '../chat/usage.ts';
import type { AskedModel } from './tokens/images.ts';
import { likelyMediaTokens } from './tokens/media-tokens.ts';

/** English prose and code come to about four bytes a token in the tokenizers of the large providers. */
const bytesPerToken = 4;

/** What was seen of an answer as it passed. */
export interface OutputSeen {
  /** Events that carried content. */
  readonly events: number;
  /** Bytes of content, envelopes left out; null where the answer is no text. */
  readonly contentBytes: number | null;
}

/**
 * @param asked who reads it: media are counted by each model's own rule; null where that is not known yet
 * @param tokensPerByte as it was learned of the model; null where it was not
 */
export function estimateInputTokens(
  { textBytes, media }: RequestSize,
  asked: AskedModel | null = null,
  tokensPerByte: number | null = null,
): number {
  const mediaTokens = media.reduce((sum, part) => sum + likelyMediaTokens(part, asked), 0);
  return Math.ceil(tokensPerByte === null ? textBytes / bytesPerToken : textBytes * tokensPerByte) + mediaTokens;
}

/** @param inputTokens of what was asked, estimated */
export function estimateUsage(inputTokens: number, seen: OutputSeen): Usage {
  return {
    ...unknownUsage,
    inputTokens,
    outputTokens: seen.contentBytes === null ? null : Math.max(seen.events, Math.ceil(seen.contentBytes / bytesPerToken)),
  };
}
