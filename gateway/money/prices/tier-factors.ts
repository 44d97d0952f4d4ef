/** What providers' service tiers cost beside the usual, which the packaged catalog does not tell: data, each with its source and day. */
import type { ProviderKind } from '../../contract/provider-kinds.ts';

interface TierFactors {
  readonly kinds: readonly ProviderKind[];
  /** Of the ids of models without their version; missing: all of them. */
  readonly models?: RegExp;
  /** By how much the usual rates of tokens are multiplied. */
  readonly factors: Readonly<Record<string, number>>;
  readonly source: string;
  /** When it was read. */
  readonly asOf: string;
}

const openAiPricing = { source: 'https://developers.openai.com/api/docs/pricing', asOf: '2026-11-20' };
const openAiPriority = { source: 'https://openai.com/api-priority-processing/', asOf: '2026-11-20' };
const claudePricing = { source: 'https://platform.claude.com/docs/en/about-claude/pricing', asOf: '2026-11-20' };

const priority = (models: RegExp, factor: number): TierFactors => ({
  kinds: ['openai'],
  models,
  factors: { priority: factor },
  ...openAiPriority,
});

/** Later entries add to earlier ones. What stands nowhere is not known, and a cost by it is marked as an estimate. */
const table: readonly TierFactors[] = [
  { kinds: ['openai'], factors: { batch: 0.5, flex: 0.5 }, ...openAiPricing },
  priority(/^gpt-5\.5$/, 2.5),
  priority(/^gpt-5(?:\.[124])?$|^gpt-5(?:\.1)?-codex$|^gpt-5\.4-mini$/, 2),
  priority(/^gpt-5-mini$/, 1.8),
  priority(/^gpt-4\.1(?:-mini)?$|^o3$/, 1.75),
  {
    kinds: ['azure-openai'],
    factors: { flex: 0.5, batch: 0.5 },
    source: 'https://learn.microsoft.com/azure/foundry/openai/how-to/flex-processing',
    asOf: '2026-11-20',
  },
  { kinds: ['anthropic'], factors: { batch: 0.5 }, ...claudePricing },
  // Where the model runs: on Opus 4.6 and what came after it.
  {
    kinds: ['anthropic'],
    models: /^claude-(?:(?:opus|sonnet)-(?:4-[6-9]|[5-9])|haiku-[5-9]|fable|mythos)/,
    factors: { us: 1.1 },
    ...claudePricing,
  },
  { kinds: ['anthropic'], models: /^claude-opus-4-[67]$/, factors: { fast: 6 }, ...claudePricing },
  { kinds: ['anthropic'], models: /^claude-opus-5(?:-5)?$/, factors: { fast: 2 }, ...claudePricing },
  {
    kinds: ['gemini'],
    factors: { batch: 0.5, flex: 0.5 },
    source: 'https://ai.google.dev/gemini-api/docs/optimization',
    asOf: '2026-11-20',
  },
];

/** @param id the model's, without its version */
export function tierFactorsOf(kind: ProviderKind, id: string): Readonly<Record<string, number>> {
  const held = table.filter(({ kinds, models }) => kinds.includes(kind) && (models === undefined || models.test(id)));
  return Object.assign({}, ...held.map(({ factors }) => factors));
}
