/** A budget as a person types it, for keys and for the config alike. Pure. */
import type { BudgetPeriod, ClientBudget } from '../../gateway/contract/money/budget.ts';
import { readNumber } from './typed-number.ts';

export interface BudgetDraft {
  readonly period: BudgetPeriod;
  readonly limitUsd: string;
  readonly mode: 'hard' | 'soft';
  /** Percent, with commas between them. */
  readonly warnAt: string;
  readonly unknownPrice: '' | 'allow' | 'refuse';
}

/** What holds where nothing is said. */
export const newBudget: BudgetDraft = { period: 'day', limitUsd: '', mode: 'hard', warnAt: '50, 80, 100', unknownPrice: '' };

export function draftOfBudget({ period, limitUsd, mode, warnAt, unknownPrice }: ClientBudget): BudgetDraft {
  const percents = warnAt.map((share) => String(Number((share * 100).toFixed(4))));
  return { period, limitUsd: String(limitUsd), mode, warnAt: percents.join(', '), unknownPrice: unknownPrice ?? '' };
}

/** Messages by field; empty where nothing is wrong. */
export type FieldProblems = ReadonlyMap<string, string>;

/** @returns the budget, or what is wrong with it by field */
export function readBudgetDraft(draft: BudgetDraft): { readonly budget: ClientBudget | null; readonly problems: FieldProblems } {
  const problems = new Map<string, string>();
  const limit = readNumber(draft.limitUsd, { least: 0, most: 1_000_000 });
  if (!limit.ok) problems.set('limitUsd', limit.message);
  const shares: number[] = [];
  for (const text of draft.warnAt.split(/[,;\s]+/).filter((part) => part !== '' && part !== '%')) {
    const percent = readNumber(text.replace(/%$/, ''), { least: 0, most: 100, open: true });
    if (percent.ok) shares.push(Number((percent.value / 100).toFixed(6)));
    else problems.set('warnAt', `${text}: ${percent.message}`);
  }
  if (shares.length > 8) problems.set('warnAt', 'must be eight at most');
  if (!limit.ok || problems.size > 0) return { budget: null, problems };
  const { period, mode, unknownPrice } = draft;
  const said = unknownPrice === '' ? {} : { unknownPrice };
  return { budget: { period, limitUsd: limit.value, mode, warnAt: shares, ...said }, problems };
}
