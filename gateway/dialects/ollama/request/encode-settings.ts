/** Writes what chat and generate requests have in common: options, format, thinking, probabilities (docs/api.md, api/types.go). */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest, ReasoningEffort, ReasoningWish, ResponseFormat } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import type { Fields } from '../../json/fields.ts';

/** More than this Ollama refuses. */
const mostTopLogprobs = 20;

export function encodeSettings(request: ChatRequest, notes: FidelityNotes): Fields {
  const options = encodeOptions(request);
  return {
    ...encodeFormat(request.responseFormat, notes),
    ...encodeThink(request.reasoning, notes),
    ...encodeLogprobs(request.logprobs, notes),
    ...(Object.keys(options).length > 0 && { options }),
    // Ollama streams unless it is told not to.
    stream: request.stream,
  };
}

/** Without the fields that the provider refuses, by their wire names. */
export function leaveOutRefused(body: Fields, { quirks }: UpstreamTarget, notes: FidelityNotes): Fields {
  const refused = new Set(quirks.refusedFields);
  const kept = Object.entries(body).filter(([name]) => !refused.has(name));
  for (const name of Object.keys(body)) if (refused.has(name)) notes.drop(name, 'this provider refuses it');
  return Object.fromEntries(kept);
}

/** Ollama's name for each option beside the request's own. */
function encodeOptions(request: ChatRequest): Fields {
  const options: Fields = {
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    min_p: request.minP,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    repeat_penalty: request.repeatPenalty,
    seed: request.seed,
    stop: request.stop && request.stop.length > 0 ? request.stop : undefined,
    num_predict: request.maxOutputTokens ?? undefined,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function encodeFormat(format: ResponseFormat, notes: FidelityNotes): Fields {
  if (format.type !== 'json-schema') return format.type === 'json' ? { format: 'json' } : {};
  if (format.description !== undefined) notes.drop('response_format.description', 'Ollama takes the schema alone');
  return { format: format.schema };
}

/** As Ollama's own OpenAI endpoint reads efforts: it has no `minimal`, and beyond `high` only `max` (openai/openai.go). */
export const efforts: Readonly<Record<ReasoningEffort, false | 'low' | 'medium' | 'high' | 'max'>> = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
};

function encodeThink(wish: ReasoningWish | undefined, notes: FidelityNotes): Fields {
  if (wish === undefined) return {};
  if (wish.show === false) notes.drop('reasoning.show', 'Ollama shows what a model thinks');
  const { effort, budgetTokens } = wish;
  if (effort !== undefined) {
    if (budgetTokens !== undefined) notes.drop('reasoning.budget_tokens', 'Ollama takes an effort, not a number of tokens');
    const think = efforts[effort];
    if (think !== false && think !== effort) notes.emulate('reasoning.effort', `as ${think}, the nearest that Ollama has`);
    return { think };
  }
  if (budgetTokens === undefined) return wish.show === true ? { think: true } : {};
  if (budgetTokens > 0) notes.emulate('reasoning.budget_tokens', 'by switching thinking on; Ollama takes no number of tokens');
  return { think: budgetTokens !== 0 };
}

function encodeLogprobs(wish: ChatRequest['logprobs'], notes: FidelityNotes): Fields {
  if (wish === undefined) return {};
  const top = Math.min(wish.top, mostTopLogprobs);
  if (top < wish.top) notes.emulate('logprobs.top', `as ${mostTopLogprobs}, the most that Ollama gives`);
  return { logprobs: true, ...(top > 0 && { top_logprobs: top }) };
}
