/** Writes the body of `POST /chat/completions` for an upstream. */
import type { FidelityNotes } from '../../../../chat/fidelity.ts';
import type { ChatRequest, ReasoningEffort, ReasoningWish, ResponseFormat } from '../../../../chat/request.ts';
import type { UpstreamTarget } from '../../../codec.ts';
import { encodeSampling, encodeStreaming, withoutRefused } from '../../encode-sampling.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeTools } from './encode-tools.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * The output limit is `max_tokens` unless the provider is known to want the newer name: every relative of OpenAI takes that one.
 * @throws GatewayError `untranslatable` naming the part of a message that no field can hold
 */
export function encodeChatRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes): Body {
  const { quirks } = target;
  const { maxOutputTokens } = request;
  const body = {
    model: target.model,
    messages: encodeMessages(request, quirks, notes),
    ...encodeStreaming(request, quirks),
    ...(maxOutputTokens === null ? {} : { [quirks.maxTokensField ?? 'max_tokens']: maxOutputTokens }),
    ...encodeTools(request),
    ...encodeFormat(request.responseFormat),
    ...encodeSampling(request, notes),
    ...encodeLogprobs(request, notes),
    ...encodeReasoning(request.reasoning, notes),
    ...encodeWishes(request),
  };
  return withoutRefused(body, target, notes);
}

function encodeFormat(format: ResponseFormat): Body {
  if (format.type !== 'json-schema') return format.type === 'json' ? { response_format: { type: 'json_object' } } : {};
  const { name = 'answer', description, schema, strict } = format;
  const named = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'answer';
  const facts = { ...(description === undefined ? {} : { description }), ...(strict === undefined ? {} : { strict }) };
  return { response_format: { type: 'json_schema', json_schema: { name: named, ...facts, schema } } };
}

/** OpenAI tells at most so many alternatives. */
const mostAlternatives = 20;

function encodeLogprobs({ logprobs }: ChatRequest, notes: FidelityNotes): Body {
  if (!logprobs) return {};
  if (logprobs.top > mostAlternatives) notes.emulate('logprobs.top', `as ${mostAlternatives}, the most that OpenAI tells`);
  return { logprobs: true, ...(logprobs.top > 0 ? { top_logprobs: Math.min(logprobs.top, mostAlternatives) } : {}) };
}

/** This format has words for how hard to think, not for how many tokens, and none for showing it. */
function encodeReasoning(wish: ReasoningWish | undefined, notes: FidelityNotes): Body {
  if (!wish) return {};
  const { effort, budgetTokens, show } = wish;
  if (show === false) notes.drop('reasoning.show', 'OpenAI chat has no word for it');
  const named = effort ?? (budgetTokens === undefined ? null : effortOf(budgetTokens));
  if (budgetTokens !== undefined) noteBudget(effort === undefined ? named : null, notes);
  return named === null ? {} : { reasoning_effort: named };
}

function noteBudget(effort: ReasoningEffort | null, notes: FidelityNotes): void {
  if (effort === null) notes.drop('reasoning.budget_tokens', 'OpenAI chat counts no tokens of thought');
  else notes.emulate('reasoning.budget_tokens', `as the effort ${effort}`);
}

/** Upper bounds of the budgets that other providers' own tables give to each effort. */
const budgets: readonly (readonly [most: number, effort: ReasoningEffort])[] = [
  [0, 'none'],
  [1_024, 'minimal'],
  [4_096, 'low'],
  [12_288, 'medium'],
];

/** @returns null for -1, which leaves it to the model */
function effortOf(budgetTokens: number): ReasoningEffort | null {
  if (budgetTokens < 0) return null;
  return budgets.find(([most]) => budgetTokens <= most)?.[1] ?? 'high';
}

function encodeWishes({ verbosity, serviceTier, metadata, promptCacheKey }: ChatRequest): Body {
  return {
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(promptCacheKey === undefined ? {} : { prompt_cache_key: promptCacheKey }),
  };
}
