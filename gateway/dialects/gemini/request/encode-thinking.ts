/** Writes how hard a Gemini model shall think: https://ai.google.dev/gemini-api/docs/thinking */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ReasoningEffort, ReasoningWish } from '../../../chat/request.ts';
import { isThirdGeneration, type ThinkingSize, thinkingSize, thinksNever } from './model-family.ts';

export interface ThinkingConfig {
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: string;
  readonly includeThoughts?: boolean;
}

/** Thoughts are shown to whoever asks for reasoning, unless they do not want to see them. */
export function encodeThinking(wish: ReasoningWish | undefined, model: string, notes: FidelityNotes): ThinkingConfig | null {
  if (wish === undefined) return null;
  if (thinksNever(model)) {
    notes.drop('reasoning', 'this model does not think');
    return null;
  }
  const amount = encodeAmount(wish, model, notes);
  const isAsked = amount !== null && wish.effort !== 'none' && wish.budgetTokens !== 0;
  const show = wish.show ?? (isAsked ? true : undefined);
  if (amount === null && show === undefined) return null;
  return { ...amount, ...(show === undefined ? {} : { includeThoughts: show }) };
}

/** Gemini takes a level or a budget, never both. */
function encodeAmount({ effort, budgetTokens }: ReasoningWish, model: string, notes: FidelityNotes): ThinkingConfig | null {
  const hasLevels = isThirdGeneration(model);
  if (effort !== undefined && (hasLevels || budgetTokens === undefined)) {
    if (hasLevels && budgetTokens !== undefined)
      notes.drop('reasoning.budget_tokens', 'Gemini 3 takes a level or a budget, not both');
    return hasLevels
      ? { thinkingLevel: encodeLevel(effort, model, notes) }
      : { thinkingBudget: budgetFor(effort, thinkingSize(model), notes) };
  }
  if (budgetTokens === undefined) return null;
  return { thinkingBudget: hasLevels ? budgetTokens : clampBudget(budgetTokens, thinkingSize(model), notes) };
}

const levels: Readonly<Record<ReasoningEffort, string>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

/** Pro models know no minimal level, and the first of them no medium one. */
function encodeLevel(effort: ReasoningEffort, model: string, notes: FidelityNotes): string {
  let level = levels[effort];
  if (thinkingSize(model) === 'pro') {
    if (level === 'MINIMAL') level = 'LOW';
    if (level === 'MEDIUM' && /gemini-3-pro/.test(model)) level = 'HIGH';
  }
  if (level.toLowerCase() !== effort) notes.emulate('reasoning.effort', `as the nearest level, ${level}`);
  return level;
}

const ranges: Readonly<Record<ThinkingSize, { readonly least: number; readonly most: number; readonly mayBeOff: boolean }>> = {
  pro: { least: 128, most: 32_768, mayBeOff: false },
  flash: { least: 1, most: 24_576, mayBeOff: true },
  'flash-lite': { least: 512, most: 24_576, mayBeOff: true },
};

/** Google's own equivalents: https://ai.google.dev/gemini-api/docs/openai#thinking */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};

function budgetFor(effort: ReasoningEffort, size: ThinkingSize, notes: FidelityNotes): number {
  const budget = withinRange(budgets[effort], size);
  notes.emulate('reasoning.effort', `as a budget of ${budget} tokens`);
  return budget;
}

function clampBudget(budget: number, size: ThinkingSize, notes: FidelityNotes): number {
  const clamped = withinRange(budget, size);
  if (clamped !== budget) notes.emulate('reasoning.budget_tokens', `as the nearest budget the model takes, ${clamped}`);
  return clamped;
}

/** -1 leaves it to the model. */
function withinRange(budget: number, size: ThinkingSize): number {
  const { least, most, mayBeOff } = ranges[size];
  if (budget < 0) return -1;
  if (budget === 0 && mayBeOff) return 0;
  return Math.min(Math.max(budget, least), most);
}
