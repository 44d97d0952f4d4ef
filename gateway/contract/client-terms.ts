/** What a client's requests are held to, as it is kept and as an exchange is told. */
import type { ClientBudget, Tier } from './money/budget.ts';
import type { RateLimits } from './money/rate-limits.ts';
import type { Sensitivity } from './policy/condition.ts';

export interface ClientTerms {
  readonly name: string;
  /** Refuse rather than leave a field of its requests out. */
  readonly strict: boolean;
  /** Of its requests, where they do not say more. */
  readonly sensitivity: Sensitivity;
  readonly budgets: readonly ClientBudget[];
  /** Adds the tier's limits for a call and a day. */
  readonly tier: Tier | null;
  readonly limits: RateLimits;
  /** Texts in which `*` stands for anything, held against `provider/model`; null: any. */
  readonly allowedModels: readonly string[] | null;
  /** Milliseconds since 1970; null: it stays. */
  readonly expiresAtMs: number | null;
  /** The program that it is for. */
  readonly app: string | null;
}

/** Of a client about which nothing more is said. */
export const plainTerms: Omit<ClientTerms, 'name'> = {
  strict: false,
  sensitivity: 'normal',
  budgets: [],
  tier: null,
  limits: {},
  allowedModels: null,
  expiresAtMs: null,
  app: null,
};
