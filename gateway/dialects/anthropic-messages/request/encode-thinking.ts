/** Asks a model to think, in the one of the API's ways that it takes, or not to. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest, ReasoningEffort, ReasoningWish } from '../../../chat/request.ts';
import type { Turn } from './encode-turns.ts';
import type { ModelTraits } from './model-traits.ts';

export interface ThinkingPlan {
  /** The field `thinking`; null leaves it out. */
  readonly thinking: Readonly<Record<string, unknown>> | null;
  /** `output_config.effort` */
  readonly effort: string | null;
  /** Does the API's rule hold that a thinking model is neither sampled nor forced to a call? */
  readonly isOn: boolean;
}

const nothing: ThinkingPlan = { thinking: null, effort: null, isOn: false };

/** The API takes no smaller budget. */
export const leastBudget = 1024;
/** What is left for the answer when a budget is made of an effort. */
const answerRoom = 4096;

/** Budgets for efforts, where a model knows budgets alone. */
const budgetOf: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1024,
  low: 4096,
  medium: 12_000,
  high: 24_000,
  xhigh: 32_000,
  max: 48_000,
};

interface ThinkingContext {
  readonly request: ChatRequest;
  readonly traits: ModelTraits;
  readonly turns: readonly Turn[];
  readonly maxTokens: number;
  readonly notes: FidelityNotes;
}

/** Notes every wish that it cannot keep. */
export function planThinking(context: ThinkingContext): ThinkingPlan {
  const { request, traits, turns, notes } = context;
  const { reasoning } = request;
  if (isForced(request) && traits.canStopThinking) {
    if (wantsThought(reasoning)) notes.drop('reasoning', 'the API lets no model think that must call a tool');
    return stopThinking(traits, false, notes);
  }
  if (reasoning === undefined) return { ...nothing, isOn: traits.thinksUnasked };
  if (!wantsThought(reasoning)) return isRefused(reasoning) ? stopThinking(traits, true, notes) : nothing;
  if (traits.thinking === 'adaptive') return thinkAdaptively(reasoning, traits, notes);
  if (lacksThoughts(turns)) {
    notes.drop(
      'reasoning',
      'the turn that called the tools holds no sealed thoughts, without which the API lets no model think on',
    );
    return nothing;
  }
  return thinkWithin(reasoning, context);
}

/** Must a tool be called? */
export function isForced({ toolChoice, tools }: ChatRequest): boolean {
  return tools.length > 0 && (toolChoice.type === 'required' || toolChoice.type === 'tool');
}

function isRefused({ effort, budgetTokens }: ReasoningWish): boolean {
  return effort === 'none' || budgetTokens === 0;
}

function wantsThought(wish: ReasoningWish | undefined): boolean {
  if (wish === undefined || isRefused(wish)) return false;
  return wish.effort !== undefined || wish.budgetTokens !== undefined || wish.show === true;
}

function stopThinking(traits: ModelTraits, isAsked: boolean, notes: FidelityNotes): ThinkingPlan {
  if (!traits.thinksUnasked) return nothing;
  if (traits.canStopThinking) return { ...nothing, thinking: { type: 'disabled' } };
  if (isAsked) notes.emulate('reasoning.effort', 'as the lowest effort: this model always thinks');
  return { thinking: null, effort: isAsked ? 'low' : null, isOn: true };
}

function display({ show }: ReasoningWish) {
  return show === undefined ? {} : { display: show ? 'summarized' : 'omitted' };
}

function thinkAdaptively(wish: ReasoningWish, traits: ModelTraits, notes: FidelityNotes): ThinkingPlan {
  return { thinking: { type: 'adaptive', ...display(wish) }, effort: adaptiveEffort(wish, traits, notes), isOn: true };
}

function adaptiveEffort({ effort, budgetTokens = -1 }: ReasoningWish, traits: ModelTraits, notes: FidelityNotes): string | null {
  if (effort === undefined) {
    if (budgetTokens === -1) return null;
    const nearest = budgetTokens <= budgetOf.low ? 'low' : budgetTokens <= budgetOf.medium ? 'medium' : 'high';
    notes.emulate('reasoning.budget_tokens', `as the effort ${nearest}: this model takes no budget`);
    return nearest;
  }
  const known = effort === 'minimal' ? 'low' : effort === 'xhigh' && !traits.hasExtraHigh ? 'high' : effort;
  if (known !== effort) notes.emulate('reasoning.effort', `as the effort ${known}, the nearest that this model knows`);
  return known;
}

/** The call that waits for its results must be part of a turn that begins with thoughts. */
function lacksThoughts(turns: readonly Turn[]): boolean {
  const [first] = turns.findLast(({ role }) => role === 'assistant')?.content ?? [];
  const isWaiting = turns.at(-1)?.content.some(({ type }) => type === 'tool_result') ?? false;
  return isWaiting && first?.type !== 'thinking' && first?.type !== 'redacted_thinking';
}

/** A model that takes a budget shows its thoughts by itself, and not every provider knows the field that says so. */
function thinkWithin(wish: ReasoningWish, { maxTokens, notes }: ThinkingContext): ThinkingPlan {
  if (maxTokens <= leastBudget) {
    notes.drop('reasoning', `an answer of ${maxTokens} tokens has no room for thinking, which takes at least ${leastBudget}`);
    return nothing;
  }
  const budget = budgetFor(wish, maxTokens);
  if (budget !== wish.budgetTokens) notes.emulate('reasoning', `as a budget of ${budget} tokens`);
  return {
    thinking: { type: 'enabled', budget_tokens: budget, ...(wish.show === false ? display(wish) : {}) },
    effort: null,
    isOn: true,
  };
}

/** A budget within a limit that leaves room for an answer. */
export function budgetFor({ effort, budgetTokens = -1 }: ReasoningWish, maxTokens: number): number {
  if (budgetTokens > 0) return clamp(budgetTokens, maxTokens - 1);
  const wanted = effort === undefined || effort === 'none' ? budgetOf.medium : budgetOf[effort];
  return clamp(wanted, maxTokens - Math.min(answerRoom, Math.floor(maxTokens / 4)));
}

function clamp(budget: number, most: number): number {
  return Math.max(leastBudget, Math.min(budget, most));
}
