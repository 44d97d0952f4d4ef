/** Token counts as Gemini's `usageMetadata` holds them: https://ai.google.dev/api/generate-content#UsageMetadata */
import { knownUsage, tokenCount, type Usage } from '../../chat/usage.ts';
import { isFields } from '../json/fields.ts';

/**
 * `promptTokenCount` includes what came from the cache; what tools of Google's own read is counted beside it, as thoughts are
 * beside `candidatesTokenCount` (`responseTokenCount` in newer answers).
 * @returns null when it holds no believable count at all
 */
export function decodeUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  const reasoningTokens = tokenCount(raw['thoughtsTokenCount']);
  return knownUsage({
    inputTokens: sum(tokenCount(raw['promptTokenCount']), tokenCount(raw['toolUsePromptTokenCount'])),
    cachedInputTokens: tokenCount(raw['cachedContentTokenCount']),
    cacheWriteTokens: null,
    outputTokens: sum(tokenCount(raw['candidatesTokenCount']) ?? tokenCount(raw['responseTokenCount']), reasoningTokens),
    reasoningTokens,
    audioInputTokens: audioTokens(raw['promptTokensDetails']),
    audioOutputTokens: audioTokens(raw['candidatesTokensDetails'] ?? raw['responseTokensDetails']),
  });
}

function sum(one: number | null, other: number | null): number | null {
  return one === null ? other : one + (other ?? 0);
}

/** Details are a list of `{modality, tokenCount}`; null when they are missing or hold no sound. */
function audioTokens(details: unknown): number | null {
  if (!Array.isArray(details)) return null;
  const audio: unknown = details.find((each) => isFields(each) && each['modality'] === 'AUDIO');
  return isFields(audio) ? tokenCount(audio['tokenCount']) : null;
}

export interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly candidatesTokenCount: number;
  readonly totalTokenCount: number;
  readonly cachedContentTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly promptTokensDetails?: readonly ModalityTokenCount[];
  readonly candidatesTokensDetails?: readonly ModalityTokenCount[];
}

interface ModalityTokenCount {
  readonly modality: 'TEXT' | 'AUDIO';
  readonly tokenCount: number;
}

/**
 * All three main counts are always there: clients show them unasked.
 * @param inputTokensEstimate stands in for an input that nobody counted
 */
export function encodeUsage(usage: Usage | null, inputTokensEstimate: number): UsageMetadata {
  const input = usage?.inputTokens ?? inputTokensEstimate;
  const output = usage?.outputTokens ?? 0;
  const thoughts = Math.min(usage?.reasoningTokens ?? 0, output);
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - thoughts,
    totalTokenCount: input + output,
    ...(usage?.cachedInputTokens ? { cachedContentTokenCount: usage.cachedInputTokens } : {}),
    ...details('promptTokensDetails', input, usage?.audioInputTokens),
    ...details('candidatesTokensDetails', output - thoughts, usage?.audioOutputTokens),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
}

function details(name: 'promptTokensDetails' | 'candidatesTokensDetails', all: number, audio: number | null | undefined) {
  if (!audio) return {};
  const text: ModalityTokenCount = { modality: 'TEXT', tokenCount: Math.max(all - audio, 0) };
  return { [name]: [text, { modality: 'AUDIO', tokenCount: audio }] };
}
