/** Token counts as OpenAI's chat, completions and embeddings answers hold them, and what its relatives made of that. */
import { type Usage, knownUsage, tokenCount } from '../../chat/usage.ts';
import { type Fields, isFields } from '../json/fields.ts';

/**
 * Reads a `usage` object. `prompt_tokens` includes cached ones; DeepSeek, Moonshot and Mistral name those differently.
 * @returns null when it holds no believable count at all
 */
export function decodeUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  const input = isFields(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {};
  const output = isFields(raw.completion_tokens_details) ? raw.completion_tokens_details : {};
  const reasoningTokens = tokenCount(output.reasoning_tokens);
  return knownUsage({
    inputTokens: tokenCount(raw.prompt_tokens),
    cachedInputTokens: firstCount(input.cached_tokens, raw.prompt_cache_hit_tokens, raw.cached_tokens, raw.num_cached_tokens),
    cacheWriteTokens: firstCount(input.cache_write_tokens, input.cache_creation_tokens, raw.cache_creation_input_tokens),
    outputTokens: outputTokens(raw, reasoningTokens ?? 0),
    reasoningTokens,
    audioInputTokens: tokenCount(input.audio_tokens),
    audioOutputTokens: tokenCount(output.audio_tokens),
  });
}

/** The first of the fields that holds a count. */
function firstCount(...values: readonly unknown[]): number | null {
  return values.map(tokenCount).find((count) => count !== null) ?? null;
}

/** Where the usage of a chunk or answer stands: in it, under `x_groq`, or in its first choice (Moonshot). */
export function usageOf(chunk: Fields): unknown {
  const groq = isFields(chunk.x_groq) ? chunk.x_groq.usage : null;
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : null;
  return chunk.usage ?? groq ?? (isFields(choice) ? choice.usage : null);
}

/** xAI counts reasoning beside `completion_tokens` instead of within it; its total tells the two apart. */
function outputTokens(raw: Fields, reasoningTokens: number): number | null {
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
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, audio_tokens: usage.audioInputTokens ?? 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: usage.audioOutputTokens ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
