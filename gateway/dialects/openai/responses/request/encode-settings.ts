/** Writes what a request asks of the answer, with what OpenAI would refuse brought into its bounds. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { ChatRequest, ReasoningEffort, ReasoningWish, ResponseFormat } from '../../../../chat/request.ts';

type Body = Readonly<Record<string, unknown>>;

const tiers: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'priority', 'scale', 'fast']);
/** Of a user's name and of a cache key, in characters. */
const longestName = 64;
const mostAlternatives = 20;

/** @param notes what had to be changed or left out, by the path in the inner request */
export function encodeSettings(request: ChatRequest, notes: FidelityNotes): Body {
  const { temperature, topP, logprobs, metadata } = request;
  return {
    ...(temperature === undefined ? {} : { temperature: bounded(temperature, 2, 'temperature', notes) }),
    ...(topP === undefined ? {} : { top_p: bounded(topP, 1, 'top_p', notes) }),
    ...(logprobs === undefined ? {} : { top_logprobs: bounded(logprobs.top, mostAlternatives, 'logprobs.top', notes) }),
    ...encodeText(request),
    ...encodeReasoning(request.reasoning, notes),
    ...encodeTier(request.serviceTier, notes),
    ...encodeName('safety_identifier', request.endUser, 'end_user', notes),
    ...encodeName('prompt_cache_key', request.promptCacheKey, 'prompt_cache_key', notes),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function bounded(value: number, most: number, field: string, notes: FidelityNotes): number {
  const within = Math.min(Math.max(value, 0), most);
  if (within !== value) notes.emulate(field, `as ${within}, the nearest that OpenAI takes`);
  return within;
}

function encodeText({ responseFormat, verbosity }: ChatRequest): Body {
  const format = responseFormat.type === 'text' ? {} : { format: encodeFormat(responseFormat) };
  const text = { ...format, ...(verbosity === undefined ? {} : { verbosity }) };
  return Object.keys(text).length === 0 ? {} : { text };
}

/** OpenAI demands a name. */
function encodeFormat(format: ResponseFormat): Body {
  if (format.type !== 'json-schema') return { type: format.type === 'json' ? 'json_object' : 'text' };
  const { name = 'answer', schema, description, strict } = format;
  return {
    type: 'json_schema',
    name,
    schema,
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
  };
}

function encodeReasoning(wish: ReasoningWish | undefined, notes: FidelityNotes): Body {
  if (wish === undefined) return {};
  const effort = wish.effort ?? effortOf(wish.budgetTokens, notes);
  const reasoning = {
    ...(effort === null ? {} : { effort }),
    ...(wish.show === true ? { summary: 'auto' } : {}),
  };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

/** OpenAI takes words, not budgets; these bounds are the budgets that other gateways give the same words. */
function effortOf(budget: number | undefined, notes: FidelityNotes): ReasoningEffort | null {
  if (budget === undefined || budget < 0) return null;
  notes.emulate('reasoning.budget_tokens', 'as an effort');
  if (budget === 0) return 'none';
  if (budget <= 4096) return 'low';
  return budget <= 16_384 ? 'medium' : 'high';
}

function encodeTier(tier: string | undefined, notes: FidelityNotes): Body {
  if (tier === undefined) return {};
  if (tiers.has(tier)) return { service_tier: tier };
  notes.drop('service_tier', 'OpenAI has no tier of that name');
  return {};
}

function encodeName(wireName: string, value: string | undefined, field: string, notes: FidelityNotes): Body {
  if (value === undefined) return {};
  if (value.length <= longestName) return { [wireName]: value };
  notes.drop(field, `OpenAI takes at most ${longestName} characters`);
  return {};
}
