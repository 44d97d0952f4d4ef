/** A budget of the config as a person types it: its name, whose spending counts, and its limit. Pure. */
import type { ConfigBudget } from '../../../gateway/contract/money/budget.ts';
import {
  type BudgetDraft,
  draftOfBudget,
  type FieldProblems,
  newBudget,
  readBudgetDraft,
} from '../../components/budget-draft.ts';

export const scopeKinds = ['all', 'provider', 'model', 'rule'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

export interface ConfigBudgetDraft extends BudgetDraft {
  readonly name: string;
  readonly scope: ScopeKind;
  /** Of the provider, model or rule. */
  readonly of: string;
}

export const newConfigBudget: ConfigBudgetDraft = { ...newBudget, name: '', scope: 'all', of: '' };

export function draftOfConfigBudget(budget: ConfigBudget): ConfigBudgetDraft {
  const scope = scopeKinds.find((kind) => kind !== 'all' && budget[kind] !== undefined) ?? 'all';
  return { ...draftOfBudget(budget), name: budget.name, scope, of: scope === 'all' ? '' : (budget[scope] ?? '') };
}

interface Read {
  readonly entry: Readonly<Record<string, unknown>> | null;
  readonly problems: FieldProblems;
}

/** @param taken names of the other budgets */
export function readConfigBudget(draft: ConfigBudgetDraft, taken: readonly string[]): Read {
  const { budget, problems: limitProblems } = readBudgetDraft(draft);
  const problems = new Map(limitProblems);
  const name = draft.name.trim();
  if (name === '') problems.set('name', 'must not be empty');
  else if (taken.includes(name)) problems.set('name', `there is a budget “${name}” already`);
  const of = draft.of.trim();
  if (draft.scope !== 'all' && of === '') problems.set(draft.scope, 'must not be empty');
  else if (draft.scope === 'model' && !of.includes('/')) problems.set('model', 'must be provider/model');
  if (!budget || problems.size > 0) return { entry: null, problems };
  return { entry: { name, ...(draft.scope === 'all' ? {} : { [draft.scope]: of }), ...budget }, problems };
}
