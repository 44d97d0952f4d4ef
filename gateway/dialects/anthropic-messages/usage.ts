/** Token counts as Anthropic's answers hold them: `input_tokens` is what was neither read from nor written to its cache. */
import { knownUsage, tokenCount, unknownUsage } from '../../chat/usage.ts';
import type { Usage } from '../../chat/usage.ts';
import { type Fields, isFields } from '../json/fields.ts';

/** @returns null when it holds no believable count at all */
export function decodeUsage(raw: unknown): Usage | null {
  if (!isFields(raw)) return null;
  const details = isFields(raw.output_tokens_details) ? raw.output_tokens_details : {};
  const cachedInputTokens = tokenCount(raw.cache_read_input_tokens);
  const cacheWriteTokens = tokenCount(raw.cache_creation_input_tokens);
  const fresh = tokenCount(raw.input_tokens);
  return knownUsage({
    ...unknownUsage,
    inputTokens: fresh === null ? null : fresh + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: tokenCount(raw.output_tokens),
    reasoningTokens: tokenCount(details.thinking_tokens),
  });
}

/**
 * What the start of a stream tells. Its output is a token or two that were made by then: the count comes with the end, so that of
 * an answer that breaks off it is unknown.
 */
export function decodeStartUsage(raw: unknown): Usage | null {
  const usage = decodeUsage(raw);
  return usage && knownUsage({ ...usage, outputTokens: null, reasoningTokens: null });
}

/** A stream tells its counts in pieces, each the whole so far: what comes later and says something counts. */
export function mergeUsage(known: Fields | null, raw: unknown): Fields | null {
  if (!isFields(raw)) return known;
  const told = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined);
  return { ...known, ...Object.fromEntries(told) };
}

/** The counts that stand in every usage of an answer; SDKs throw where one is missing. */
export function encodeCounts(usage: Usage | null, inputTokensEstimate: number) {
  const cached = usage?.cachedInputTokens ?? 0;
  const written = usage?.cacheWriteTokens ?? 0;
  const input = usage?.inputTokens ?? inputTokensEstimate;
  return {
    input_tokens: Math.max(0, input - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: usage?.outputTokens ?? 0,
    server_tool_use: null,
    output_tokens_details: encodeDetails(usage),
  };
}

function encodeDetails(usage: Usage | null) {
  const thinking = usage?.reasoningTokens ?? null;
  return thinking === null ? null : { thinking_tokens: thinking };
}

const tiers = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['priority', 'priority'],
  ['batch', 'batch'],
]);

/**
 * Usage with every key of Anthropic's.
 * @param serviceTier as the provider names it; null where it does not
 */
export function encodeUsage(usage: Usage | null, inputTokensEstimate: number, serviceTier: string | null) {
  const counts = encodeCounts(usage, inputTokensEstimate);
  return {
    ...counts,
    cache_creation: { ephemeral_5m_input_tokens: counts.cache_creation_input_tokens, ephemeral_1h_input_tokens: 0 },
    service_tier: tiers.get(serviceTier ?? '') ?? null,
    inference_geo: null,
    speed: null,
  };
}
