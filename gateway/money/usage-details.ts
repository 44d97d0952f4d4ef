/** What providers' usage objects tell beside the tokens that every format has: kinds of sound and image, searches, seconds, the tier. */
import { tokenCount } from '../chat/usage.ts';
import { amountOf, type Fields, fieldsOf } from './raw-usage.ts';
import { readStatedCost } from './stated-cost.ts';

export interface UsageDetails {
  readonly cacheWriteHourTokens: number;
  /** Null where nothing is told of sound. */
  readonly audioInputTokens: number | null;
  readonly audioOutputTokens: number | null;
  readonly cachedAudioInputTokens: number;
  readonly imageInputTokens: number;
  readonly cachedImageInputTokens: number;
  readonly imageOutputTokens: number;
  readonly searches: number;
  readonly audioSeconds: number | null;
  readonly characters: number | null;
  readonly serviceTiers: readonly string[];
  /** Of input and output together, as the provider added them up. */
  readonly totalTokens: number | null;
  readonly statedUsd: number | null;
  /** Cohere bills fewer tokens than its models read and write; null where a provider bills what it counts. */
  readonly billed: { readonly inputTokens: number | null; readonly outputTokens: number | null } | null;
  /** Billed, but not in the counts of the answer. */
  readonly extra: ExtraTokens;
  /** A part of it was answered by another model, whose price is another. */
  readonly isMixed: boolean;
}

interface ExtraTokens {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
}

/** @param raw any provider's usage object; what none of them calls so is left out */
export function readDetails(raw: Fields): UsageDetails {
  const input = detailsOf(raw, ['prompt_tokens_details', 'input_tokens_details', 'input_token_details']);
  const output = detailsOf(raw, ['completion_tokens_details', 'output_tokens_details', 'output_token_details']);
  const outputModalities = raw['candidatesTokensDetails'] ?? raw['responseTokensDetails'];
  const cached = fieldsOf(input['cached_tokens_details']);
  const iterations = Array.isArray(raw['iterations']) ? raw['iterations'].map(fieldsOf) : [];
  return {
    // https://platform.claude.com/docs/en/build-with-claude/prompt-caching
    cacheWriteHourTokens: count(fieldsOf(raw['cache_creation'])['ephemeral_1h_input_tokens']),
    audioInputTokens: tokenCount(input['audio_tokens']) ?? (modality(raw['promptTokensDetails'], 'AUDIO') || null),
    audioOutputTokens: tokenCount(output['audio_tokens']) ?? (modality(outputModalities, 'AUDIO') || null),
    cachedAudioInputTokens: count(cached['audio_tokens']) || modality(raw['cacheTokensDetails'], 'AUDIO'),
    imageInputTokens: count(input['image_tokens']) || modality(raw['promptTokensDetails'], 'IMAGE'),
    cachedImageInputTokens: count(cached['image_tokens']) || modality(raw['cacheTokensDetails'], 'IMAGE'),
    imageOutputTokens: count(output['image_tokens']) || modality(outputModalities, 'IMAGE'),
    searches: searches(raw),
    audioSeconds: audioSeconds(raw),
    characters: tokenCount(raw['characters']) ?? tokenCount(raw['input_characters']),
    serviceTiers: serviceTiers(raw),
    totalTokens: tokenCount(raw['total_tokens']) ?? tokenCount(raw['totalTokenCount']),
    statedUsd: readStatedCost(raw),
    billed: billedUnits(fieldsOf(raw['billed_units'])),
    extra: extraTokens(iterations),
    isMixed: iterations.some(({ model }) => typeof model === 'string'),
  };
}

const count = (value: unknown): number => tokenCount(value) ?? 0;

function detailsOf(raw: Fields, names: readonly string[]): Fields {
  return fieldsOf(raw[names.find((name) => raw[name] !== undefined && raw[name] !== null) ?? '']);
}

/** Gemini's details are a list of `{modality, tokenCount}`. */
function modality(details: unknown, wanted: string): number {
  if (!Array.isArray(details)) return 0;
  return details.map(fieldsOf).reduce((sum, each) => sum + (each['modality'] === wanted ? count(each['tokenCount']) : 0), 0);
}

/**
 * Anthropic and OpenRouter: `server_tool_use`; OpenAI: `tool_usage` beside the usage; xAI: calls by tool; Perplexity:
 * `num_search_queries`; Cohere and its relatives: `search_units` of a rerank.
 */
function searches(raw: Fields): number {
  const xai = fieldsOf(raw['server_side_tool_usage_details']);
  return (
    count(fieldsOf(raw['server_tool_use'])['web_search_requests']) +
    count(fieldsOf(fieldsOf(raw['tool_usage'])['web_search'])['num_requests']) +
    count(xai['web_search_calls']) +
    count(xai['x_search_calls']) +
    count(raw['num_search_queries']) +
    count(fieldsOf(raw['billed_units'])['search_units'])
  );
}

/** OpenAI's transcriptions by the minute: `{"type":"duration","seconds":37}`; Mistral's count sound beside tokens. */
function audioSeconds(raw: Fields): number | null {
  return amountOf(raw['type'] === 'duration' ? raw['seconds'] : raw['prompt_audio_seconds']);
}

/** Words for what everybody gets. */
const usual = new Set(['', 'default', 'standard', 'auto', 'on_demand', 'global', 'not_available', 'traffic_type_unspecified']);

/** Vertex names a tier by its traffic: `ON_DEMAND_PRIORITY`. Anthropic tells its speed and its place apart. */
function serviceTiers(raw: Fields): readonly string[] {
  const tier = raw['service_tier'] ?? raw['serviceTier'] ?? raw['trafficType'];
  const told: string[] = [];
  for (const name of [tier, raw['speed'], raw['inference_geo']]) {
    if (typeof name !== 'string') continue;
    const plain = name.toLowerCase().replace(/^on_demand_/, '');
    if (!usual.has(plain) && !told.includes(plain)) told.push(plain);
  }
  return told;
}

function billedUnits(units: Fields): UsageDetails['billed'] {
  const inputTokens = tokenCount(units['input_tokens']);
  const outputTokens = tokenCount(units['output_tokens']);
  return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
}

/**
 * Anthropic counts what a model read to compact a conversation, and what it asked an adviser, apart from the answer
 * (`usage.iterations`), yet bills it: https://platform.claude.com/docs/en/build-with-claude/compaction
 */
function extraTokens(iterations: readonly Fields[]): ExtraTokens {
  const extra = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
  for (const each of iterations) {
    if (each['type'] !== 'compaction' && each['type'] !== 'advisor_message') continue;
    const [cached, written] = [count(each['cache_read_input_tokens']), count(each['cache_creation_input_tokens'])];
    extra.inputTokens += count(each['input_tokens']) + cached + written;
    extra.cachedInputTokens += cached;
    extra.cacheWriteTokens += written;
    extra.outputTokens += count(each['output_tokens']);
  }
  return extra;
}
