/** Token counts as OpenAI's chat, completions and embeddings answers hold them, and what its relatives made of that. */
import { tokenCount } from '../../chat/usage.ts';
import type { Usage } from '../../chat/usage.ts';
import { isFields } from '../json/fields.ts';

/**
 * Reads a `usage` object. `prompt_tokens` includes cached ones; DeepSeek and Moonshot name those differently.
 * @returns null when it holds no believable count at all
 */
export function decodeUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  const input = isFields(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {};
  const output = isFields(raw.completion_tokens_details) ? raw.completion_tokens_details : {};
  const reasoningTokens = tokenCount(output.reasoning_tokens);
  const usage: Usage = {
    inputTokens: tokenCount(raw.prompt_tokens),
    cachedInputTokens:
      tokenCount(input.cached_tokens) ?? tokenCount(raw.prompt_cache_hit_tokens) ?? tokenCount(raw.cached_tokens),
    outputTokens: outputTokens(raw, reasoningTokens ?? 0),
    reasoningTokens,
  };
  const counts = [usage.inputTokens, usage.cachedInputTokens, usage.outputTokens, usage.reasoningTokens];
  return counts.every((count) => count === null) ? null : usage;
}

/** xAI counts reasoning beside `completion_tokens` instead of within it; its total tells the two apart. */
function outputTokens(raw: Readonly<Record<string, unknown>>, reasoningTokens: number): number | null {
  const completion = tokenCount(raw.completion_tokens);
  const prompt = tokenCount(raw.prompt_tokens);
  if (completion === null || prompt === null) return completion;
  const total = prompt + completion + reasoningTokens;
  return raw.total_tokens === total ? completion + reasoningTokens : completion;
}

export interface EncodedUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number; readonly audio_tokens: number };
  readonly completion_tokens_details: {
    readonly reasoning_tokens: number;
    readonly audio_tokens: number;
    readonly accepted_prediction_tokens: number;
    readonly rejected_prediction_tokens: number;
  };
}

/**
 * Writes usage with every key OpenAI writes. A detail nobody reported is 0, as it is at OpenAI.
 * @returns null when input or output is unknown: a made-up total would be believed
 */
export function encodeUsage(usage: Usage | null): EncodedUsage | null {
  if (usage === null || usage.inputTokens === null || usage.outputTokens === null) return null;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
