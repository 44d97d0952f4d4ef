/** Token counts as Responses answers hold them. */
import { type Usage, knownUsage, tokenCount, unknownUsage } from '../../../chat/usage.ts';
import { isFields } from '../../json/fields.ts';

/**
 * Input includes what came from the cache. xAI counts reasoning beside the output instead of within it; its total tells.
 * @returns null when it holds no believable count at all
 */
export function decodeUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  const input = isFields(raw.input_tokens_details) ? raw.input_tokens_details : {};
  const output = isFields(raw.output_tokens_details) ? raw.output_tokens_details : {};
  const reasoningTokens = tokenCount(output.reasoning_tokens);
  return knownUsage({
    ...unknownUsage,
    inputTokens: tokenCount(raw.input_tokens),
    cachedInputTokens: tokenCount(input.cached_tokens),
    cacheWriteTokens: tokenCount(input.cache_write_tokens),
    outputTokens: outputTokens(raw, reasoningTokens ?? 0),
    reasoningTokens,
    audioInputTokens: tokenCount(input.audio_tokens),
    audioOutputTokens: tokenCount(output.audio_tokens),
  });
}

function outputTokens(raw: Readonly<Record<string, unknown>>, reasoningTokens: number): number | null {
  const output = tokenCount(raw.output_tokens);
  const input = tokenCount(raw.input_tokens);
  if (output === null || input === null) return output;
  return raw.total_tokens === input + output + reasoningTokens ? output + reasoningTokens : output;
}

/**
 * Every key is there, whatever is known: programs of several makers fail or ask again for ever without them.
 * @param inputTokensEstimate stands in for an input that nobody counted
 */
export function encodeUsage(usage: Usage | null, inputTokensEstimate: number) {
  const input = usage?.inputTokens ?? inputTokensEstimate;
  const output = usage?.outputTokens ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage?.cachedInputTokens ?? 0, cache_write_tokens: usage?.cacheWriteTokens ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage?.reasoningTokens ?? 0 },
    total_tokens: input + output,
  };
}
