/** What a provider itself says that a request cost. */
import { amountOf, type Fields, fieldsOf, usdOfTicks } from './raw-usage.ts';

/** Does a usage object perhaps state a cost? A glance at its text, for those who have no other reason to parse it. */
export function maySayCost(rawUsageJson: string): boolean {
  return rawUsageJson.includes('cost');
}

/**
 * In US dollars; null where none is stated, or one that cannot be. xAI says ticks; OpenRouter and Vercel's gateway `cost`, and beside it
 * what the owner's own key was billed (https://openrouter.ai/docs/use-cases/usage-accounting); Perplexity `cost.total_cost`;
 * DeepInfra `estimated_cost`.
 */
export function readStatedCost(usage: Fields): number | null {
  const billed = usdOfTicks(usage['cost_in_usd_ticks']);
  if (billed !== null) return billed;
  const cost = amountOf(usage['cost']) ?? amountOf(fieldsOf(usage['cost'])['total_cost']) ?? amountOf(usage['estimated_cost']);
  if (cost === null) return null;
  return usage['is_byok'] === true ? cost + (amountOf(fieldsOf(usage['cost_details'])['upstream_inference_cost']) ?? 0) : cost;
}
