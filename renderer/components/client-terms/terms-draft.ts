/** What a key's requests are held to, as a person types it. Pure. */
import type { Sensitivity } from '../../../gateway/contract/policy/condition.ts';
import type { ClientBudget } from '../../../gateway/contract/money/budget.ts';
import type { Tier } from '../../../gateway/contract/money/tiers.ts';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import type { ClientChanges } from '../../stores/gateway.ts';
import { type BudgetDraft, draftOfBudget, readBudgetDraft } from '../budget-draft.ts';
import { draftOfLimits, type LimitsDraft, readLimitsDraft } from './limits-draft.ts';

export interface TermsDraft {
  readonly name: string;
  readonly app: string;
  readonly tier: Tier | '';
  readonly budgets: readonly BudgetDraft[];
  readonly limits: LimitsDraft;
  /** One a line, or with commas; empty: any. */
  readonly allowedModels: string;
  /** `2026-12-24T18:30` by this machine's clock; empty: it stays. */
  readonly expires: string;
  readonly sensitivity: Sensitivity;
  readonly strict: boolean;
}

export const newTerms: TermsDraft = {
  name: '',
  app: '',
  tier: '',
  budgets: [],
  limits: draftOfLimits({}),
  allowedModels: '',
  expires: '',
  sensitivity: 'normal',
  strict: false,
};

export function draftOfClient(client: ClientItem): TermsDraft {
  return {
    name: client.name,
    app: client.app ?? '',
    tier: client.tier ?? '',
    budgets: client.budgets.map(draftOfBudget),
    limits: draftOfLimits(client.limits),
    allowedModels: (client.allowedModels ?? []).join('\n'),
    expires: client.expiresAtMs === null ? '' : localMinute(client.expiresAtMs),
    sensitivity: client.sensitivity,
    strict: client.strict,
  };
}

/** As a field for date and time holds it. */
export function localMinute(atMs: number): string {
  const at = new Date(atMs);
  const two = (amount: number) => String(amount).padStart(2, '0');
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What is wrong, by field: `name`, `budgets.0.limitUsd`, `limits.concurrent`, `expiresAtMs`. */
export type TermsProblems = ReadonlyMap<string, string>;

/** Everything that a key's terms say. */
export type Terms = { readonly [Name in keyof ClientChanges]-?: Exclude<ClientChanges[Name], undefined> };

/** @param nowMs an end that has passed is a mistake, unless it was so before */
export function readTerms(draft: TermsDraft, nowMs: number): { readonly terms: Terms; readonly problems: TermsProblems } {
  const problems = new Map<string, string>();
  if (draft.name.trim() === '') problems.set('name', 'must not be empty');
  const budgets: ClientBudget[] = [];
  for (const [index, one] of draft.budgets.entries()) {
    const read = readBudgetDraft(one);
    if (read.budget) budgets.push(read.budget);
    for (const [field, message] of read.problems) problems.set(`budgets.${index}.${field}`, message);
  }
  const limits = readLimitsDraft(draft.limits);
  for (const [field, message] of limits.problems) problems.set(`limits.${field}`, message);
  const expiresAtMs = draft.expires === '' ? null : new Date(draft.expires).getTime();
  if (expiresAtMs !== null && !(expiresAtMs > nowMs)) problems.set('expiresAtMs', 'must be a moment to come');
  const models = draft.allowedModels.split(/[\n,]+/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  if (models.length > 256) problems.set('allowedModels', 'must be 256 at most');
  const terms: Terms = {
    name: draft.name.trim(),
    strict: draft.strict,
    sensitivity: draft.sensitivity,
    budgets,
    tier: draft.tier === '' ? null : draft.tier,
    limits: limits.limits,
    allowedModels: models.length === 0 ? null : models,
    expiresAtMs,
    app: draft.app.trim() === '' ? null : draft.app.trim(),
  };
  return { terms, problems };
}

const placesOf: Readonly<Record<keyof TermsDraft, keyof Terms>> = {
  name: 'name',
  app: 'app',
  tier: 'tier',
  budgets: 'budgets',
  limits: 'limits',
  allowedModels: 'allowedModels',
  expires: 'expiresAtMs',
  sensitivity: 'sensitivity',
  strict: 'strict',
};

/** The terms whose fields a person touched: what somebody else changed meanwhile stays. */
export function changedTerms(before: TermsDraft, draft: TermsDraft, nowMs: number) {
  const { terms, problems } = readTerms(draft, nowMs);
  const touched = Object.entries(placesOf).flatMap(([field, place]) => (isSame(before, draft, field) ? [] : [place]));
  const changes: ClientChanges = Object.fromEntries(touched.map((place) => [place, terms[place]]));
  const wrong = [...problems].filter(([field]) => touched.some((place) => field === place || field.startsWith(`${place}.`)));
  return { changes, problems: new Map(wrong) };
}

function isSame(before: TermsDraft, draft: TermsDraft, field: string): boolean {
  const of = (one: TermsDraft) => JSON.stringify(Object.entries(one).find(([name]) => name === field)?.[1]);
  return of(before) === of(draft);
}
