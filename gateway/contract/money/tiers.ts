/** Tiers of keys: presets of budgets. Without a schema, so that the window's page can tell their figures too. */

export const tiers = ['low', 'standard', 'premium'] as const;
export type Tier = (typeof tiers)[number];

/** What a tier allows for one call and for a day, US dollars. */
export const tierLimits: Readonly<Record<Tier, { readonly callUsd: number; readonly dayUsd: number }>> = {
  low: { callUsd: 0.002, dayUsd: 0.1 },
  standard: { callUsd: 0.01, dayUsd: 1 },
  premium: { callUsd: 0.05, dayUsd: 10 },
};
