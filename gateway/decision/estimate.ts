/** Estimates what a request would cost at a target, and how long it would take: to compare, and to hold against limits. */
import type { DecidingFacts, TargetState } from '../contract/decision.ts';
import type { DecidedSettings } from './decision.ts';
import type { DecisionFeatures } from './question.ts';

/** Where neither the request nor the policy says how long an answer may be, it is taken for so long. */
export const assumedOutputTokens = 1_000;

const million = 1_000_000;

/** How long the answer may be by the request and the policy's settings; null when nobody says. */
export function askedOutputTokens(
  features: Pick<DecisionFeatures, 'maxOutputTokens'>,
  settings: DecidedSettings | null,
): number | null {
  if (settings === null) return features.maxOutputTokens;
  const { defaults, overrides, caps } = settings;
  const asked = overrides.maxOutputTokens ?? features.maxOutputTokens ?? defaults.maxOutputTokens ?? null;
  if (caps.maxOutputTokens === undefined) return asked;
  return asked === null ? caps.maxOutputTokens : Math.min(asked, caps.maxOutputTokens);
}

/** The formats that are answered with a model's words. Others make vectors, counts, pictures: nothing is paid by their length. */
const wordDialects: readonly string[] = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'anthropic-messages',
  'gemini',
  'ollama',
  'ollama-generate',
];

export function answersWithText({ dialect }: Pick<DecisionFeatures, 'dialect'>): boolean {
  return wordDialects.includes(dialect);
}

function expectedOutput(features: Pick<DecisionFeatures, 'dialect'>, askedTokens: number | null, most: number | null): number {
  if (!answersWithText(features)) return 0;
  const asked = askedTokens ?? assumedOutputTokens;
  return most === null ? asked : Math.min(asked, most);
}

/** US dollars, as if the answer used all it may; null where a price is not known. A target on this machine costs nothing unless somebody prices it. */
export function estimateCost(
  features: Pick<DecisionFeatures, 'dialect' | 'inputTokens'>,
  askedTokens: number | null,
  facts: DecidingFacts,
  local: boolean,
): number | null {
  const { inputPerMillionUsd, outputPerMillionUsd } = facts;
  if (local && inputPerMillionUsd === null) return 0;
  const output = expectedOutput(features, askedTokens, facts.maxOutputTokens);
  if (inputPerMillionUsd === null || (outputPerMillionUsd === null && output > 0)) return null;
  return (features.inputTokens * inputPerMillionUsd + output * (outputPerMillionUsd ?? 0)) / million;
}

/** Milliseconds to the last token by what its answers took so far; null while too little is known. */
export function estimateDuration(
  features: DecisionFeatures,
  askedTokens: number | null,
  facts: DecidingFacts,
  { firstTokenMs, tokensPerSecond, samples }: TargetState,
): number | null {
  if (samples === 0 || firstTokenMs === null) return null;
  const output = expectedOutput(features, askedTokens, facts.maxOutputTokens);
  if (output === 0) return firstTokenMs;
  return tokensPerSecond === null || tokensPerSecond === 0 ? null : firstTokenMs + (output / tokensPerSecond) * 1_000;
}
