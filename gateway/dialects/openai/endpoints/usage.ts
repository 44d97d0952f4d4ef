/** What endpoints beside chat say they used: images, speech and transcriptions in one way, rerank servers in several. */
import { knownUsage, tokenCount, unknownUsage, type Usage } from '../../../chat/usage.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { decodeUsage } from '../usage.ts';

/**
 * Reads a usage object: `input_tokens` and `output_tokens` with details, or chat's names. Seconds of sound, images and searches
 * are no tokens: those are kept as the provider wrote them, and nowhere else.
 * @returns null when it holds no believable count of tokens
 */
export function decodeEndpointUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  if (tokenCount(raw['input_tokens']) === null && tokenCount(raw['output_tokens']) === null) return decodeUsage(raw);
  // Transcriptions write `input_token_details`, images and speech `input_tokens_details`.
  const input = detailsOf(raw, 'input_token_details', 'input_tokens_details');
  const output = detailsOf(raw, 'output_token_details', 'output_tokens_details');
  return knownUsage({
    ...unknownUsage,
    inputTokens: tokenCount(raw['input_tokens']),
    cachedInputTokens: tokenCount(input['cached_tokens']),
    outputTokens: tokenCount(raw['output_tokens']),
    reasoningTokens: tokenCount(output['reasoning_tokens']),
    audioInputTokens: tokenCount(input['audio_tokens']),
    audioOutputTokens: tokenCount(output['audio_tokens']),
  });
}

function detailsOf(raw: Fields, name: string, otherName: string): Fields {
  const details = raw[name] ?? raw[otherName];
  return isFields(details) ? details : {};
}

/** Cohere's `meta`, which rerank servers write: `{"billed_units":{"search_units":1},"tokens":{"input_tokens":9}}`. */
export function decodeMetaUsage(meta: unknown): Usage | null {
  if (!isFields(meta)) return null;
  return decodeEndpointUsage(meta['tokens']) ?? decodeEndpointUsage(meta['billed_units']);
}
