/** What of an answer decides its price beside its usage: how it was served, and the searches made for it. */
import { type Fields, isFields } from '../json/fields.ts';
import type { WholeFields } from '../json/whole-fields.ts';

/** Fields of an answer that are read for its price. */
export const billedFields = ['usage', 'service_tier', 'tool_usage'] as const;

const usualTiers: ReadonlySet<unknown> = new Set(['default', 'auto', 'standard', 'on_demand']);

/**
 * OpenAI writes both beside the usage, others within it; they are kept with it, where they are not the usual ones, under OpenAI's names.
 * @returns the very same usage where there is nothing to add
 */
export function billedUsage(usage: unknown, { service_tier: tier, tool_usage: tools }: Fields): unknown {
  if (!isFields(usage)) return usage;
  const search = isFields(tools) && isFields(tools.web_search) ? tools.web_search : null;
  const hasSearched = search !== null && typeof search.num_requests === 'number' && search.num_requests > 0;
  const isUnusual = typeof tier === 'string' && !usualTiers.has(tier) && usage.service_tier === undefined;
  if (!hasSearched && !isUnusual) return usage;
  return {
    ...usage,
    ...(isUnusual ? { service_tier: tier } : {}),
    ...(hasSearched ? { tool_usage: { web_search: { num_requests: search.num_requests } } } : {}),
  };
}

/** The same of a whole answer, as JSON text: as its provider wrote it where there is nothing to add. */
export function billedUsageJson(fields: WholeFields): string | null {
  const [usage, tier, tools] = billedFields.map((name) => fields.value(name));
  const billed = billedUsage(usage, { service_tier: tier, tool_usage: tools });
  return billed === usage ? fields.json('usage') : JSON.stringify(billed);
}
