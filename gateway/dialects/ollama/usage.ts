/** Token counts and durations as the last line of an Ollama answer holds them. Durations are nanoseconds. */
import { knownUsage, tokenCount, unknownUsage, type Usage } from '../../chat/usage.ts';
import type { Fields } from '../json/fields.ts';

export const metricFields = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
] as const;

/**
 * Output includes thinking. `prompt_eval_count` is missing where the whole prompt was still cached: then nobody knows it.
 * @returns null when neither count is there
 */
export function decodeUsage(line: Fields): Usage | null {
  const inputTokens = tokenCount(line['prompt_eval_count']);
  const outputTokens = tokenCount(line['eval_count']);
  return knownUsage({ ...unknownUsage, inputTokens, outputTokens });
}

/** Ollama has no usage object; this is what it would hold. */
export function rawMetrics(line: Fields): Fields {
  return Object.fromEntries(metricFields.filter((name) => line[name] !== undefined).map((name) => [name, line[name]]));
}

/** Every metric, because clients read them unasked; a duration that nobody measured is 0. */
export function encodeMetrics(usage: Usage | null, inputTokensEstimate: number): Fields {
  return {
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: usage?.inputTokens ?? inputTokensEstimate,
    prompt_eval_duration: 0,
    eval_count: usage?.outputTokens ?? 0,
    eval_duration: 0,
  };
}
