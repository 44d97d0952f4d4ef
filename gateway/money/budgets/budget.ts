/** Budgets as the ledger goes by them: of the config, of a client's key, and of its tier. */
import type { ClientTerms } from '../../contract/client-terms.ts';
import {
  type BudgetPeriod,
  type BudgetStanding,
  type ClientBudget,
  type ConfigBudget,
  tierLimits,
} from '../../contract/money/budget.ts';
import { nanoOfUsd } from '../../contract/money/nano-usd.ts';

export interface Budget {
  /** Stays the same while its owner and period do. */
  readonly id: string;
  readonly name: string;
  /** Whose meter it is held against: `all`, `provider:openai`, `client:…`. */
  readonly scope: string;
  readonly scopeKind: BudgetStanding['scope']['kind'];
  /** Of the scope: a provider, a model, a rule, a client's id; null for everything. */
  readonly of: string | null;
  readonly origin: BudgetStanding['origin'];
  readonly period: BudgetPeriod;
  readonly isHard: boolean;
  readonly limitNanoUsd: number;
  readonly warnAt: readonly number[];
  /** Whether a model may be asked whose cost cannot be bounded. */
  readonly allowsUnknownPrice: boolean;
}

type ScopeKind = Budget['scopeKind'];

export function meterScope(kind: ScopeKind, of: string | null): string {
  return of === null ? kind : `${kind}:${of}`;
}

export function budgetsOfConfig(budgets: readonly ConfigBudget[]): readonly Budget[] {
  return budgets.map(({ name, provider, model, rule, ...limit }) => {
    const [kind, of] = scopeOf({ provider, model, rule });
    return budgetOf(limit, { id: `config:${name}`, name, kind, of, origin: 'config' });
  });
}

/** Those of a key in the order that they are written, then its tier's. */
export function budgetsOfClient({
  id,
  name,
  budgets,
  tier,
}: Pick<ClientTerms, 'name' | 'budgets' | 'tier'> & { id: string }): readonly Budget[] {
  const own = budgets.map((limit, place) => {
    const words = `${name}: ${limit.period}`;
    return budgetOf(limit, {
      id: `client:${id}:${limit.period}:${limit.mode}:${place}`,
      name: words,
      kind: 'client',
      of: id,
      origin: 'client',
    });
  });
  if (tier === null) return own;
  const { callUsd, dayUsd } = tierLimits[tier];
  const ofTier = (period: 'call' | 'day', limitUsd: number): Budget =>
    budgetOf(
      { period, limitUsd, mode: 'hard', warnAt: [0.5, 0.8, 1] },
      { id: `client:${id}:tier:${period}`, name: `${name}: tier ${tier}, ${period}`, kind: 'client', of: id, origin: 'tier' },
    );
  return [...own, ofTier('call', callUsd), ofTier('day', dayUsd)];
}

interface Owner {
  readonly id: string;
  readonly name: string;
  readonly kind: ScopeKind;
  readonly of: string | null;
  readonly origin: Budget['origin'];
}

function budgetOf({ period, limitUsd, mode, warnAt, unknownPrice }: ClientBudget, { id, name, kind, of, origin }: Owner): Budget {
  const isHard = mode === 'hard';
  return {
    id,
    name,
    scope: meterScope(kind, of),
    scopeKind: kind,
    of,
    origin,
    period,
    isHard,
    limitNanoUsd: nanoOfUsd(limitUsd),
    warnAt,
    allowsUnknownPrice: (unknownPrice ?? (isHard ? 'refuse' : 'allow')) === 'allow',
  };
}

function scopeOf({ provider, model, rule }: Pick<ConfigBudget, 'provider' | 'model' | 'rule'>): [ScopeKind, string | null] {
  if (provider !== undefined) return ['provider', provider];
  if (model !== undefined) return ['model', model];
  return rule === undefined ? ['all', null] : ['rule', rule];
}
