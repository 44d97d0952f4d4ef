/** Reads what a Responses request asks of the answer: its form, its length, its randomness, and how hard to think. */
import type { ChatRequest, ReasoningWish, ResponseFormat } from '../../../../chat/request.ts';
import { type Fields, isAbsent, readChoice, readCount, readFields, readFlag, readList, readText } from '../../../json/fields.ts';
import { refuse } from '../../../json/fields.ts';

type Settings = Pick<ChatRequest, 'responseFormat'> &
  Partial<
    Pick<
      ChatRequest,
      | 'temperature'
      | 'topP'
      | 'logprobs'
      | 'reasoning'
      | 'verbosity'
      | 'serviceTier'
      | 'endUser'
      | 'metadata'
      | 'promptCacheKey'
      | 'parallelToolCalls'
    >
  >;

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const logprobsWish = 'message.output_text.logprobs';
/** Its wish is always met: a seal is handed to every client. */
const sealsWish = 'reasoning.encrypted_content';

/**
 * @param unread takes what has no word in the inner language
 * @throws GatewayError `bad-request`
 */
export function decodeSettings(fields: Fields, unread: string[]): Settings {
  return {
    ...decodeText(fields.text, unread),
    ...decodeReasoning(fields.reasoning, unread),
    ...decodeLogprobs(fields, unread),
    ...decodeUser(fields, unread),
    ...decodeMetadata(fields.metadata),
    ...(isAbsent(fields.temperature) ? {} : { temperature: readNumber(fields.temperature, 'temperature') }),
    ...(isAbsent(fields.top_p) ? {} : { topP: readNumber(fields.top_p, 'top_p') }),
    ...(isAbsent(fields.service_tier) ? {} : { serviceTier: readText(fields.service_tier, 'service_tier') }),
    ...(isAbsent(fields.prompt_cache_key) ? {} : { promptCacheKey: readText(fields.prompt_cache_key, 'prompt_cache_key') }),
    ...(isAbsent(fields.parallel_tool_calls)
      ? {}
      : { parallelToolCalls: readFlag(fields.parallel_tool_calls, 'parallel_tool_calls') }),
  };
}

function decodeText(value: unknown, unread: string[]): Pick<Settings, 'responseFormat' | 'verbosity'> {
  if (isAbsent(value)) return { responseFormat: { type: 'text' } };
  const text = readFields(value, 'text');
  noteOthers(text, ['format', 'verbosity'], 'text', unread);
  const responseFormat = decodeFormat(text.format);
  if (isAbsent(text.verbosity)) return { responseFormat };
  return { responseFormat, verbosity: readChoice(text.verbosity, 'text.verbosity', ['low', 'medium', 'high']) };
}

function decodeFormat(value: unknown): ResponseFormat {
  if (isAbsent(value)) return { type: 'text' };
  const format = readFields(value, 'text.format');
  const type = readChoice(format.type, 'text.format.type', ['text', 'json_object', 'json_schema']);
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json' };
  const { name, description, strict } = format;
  return {
    type: 'json-schema',
    schema: isAbsent(format.schema) ? {} : readFields(format.schema, 'text.format.schema'),
    ...(isAbsent(name) ? {} : { name: readText(name, 'text.format.name') }),
    ...(isAbsent(description) ? {} : { description: readText(description, 'text.format.description') }),
    ...(isAbsent(strict) ? {} : { strict: readFlag(strict, 'text.format.strict') }),
  };
}

/** A summary that is asked for is thoughts that shall be shown; how long it shall be has no word elsewhere. */
function decodeReasoning(value: unknown, unread: string[]): { readonly reasoning?: ReasoningWish } {
  if (isAbsent(value)) return {};
  const reasoning = readFields(value, 'reasoning');
  noteOthers(reasoning, ['effort', 'summary', 'generate_summary'], 'reasoning', unread);
  const { effort } = reasoning;
  const summary = reasoning.summary ?? reasoning.generate_summary;
  const wish: ReasoningWish = {
    ...(isAbsent(effort) ? {} : { effort: readChoice(effort, 'reasoning.effort', efforts) }),
    ...(isAbsent(summary) ? {} : { show: readText(summary, 'reasoning.summary') !== 'none' }),
  };
  return Object.keys(wish).length === 0 ? {} : { reasoning: wish };
}

function decodeLogprobs(fields: Fields, unread: string[]): Pick<Settings, 'logprobs'> {
  const include = isAbsent(fields.include) ? [] : readList(fields.include, 'include');
  for (const [index, wish] of include.entries()) {
    if (wish !== logprobsWish && wish !== sealsWish) unread.push(`include.${index}`);
  }
  const top = readCount(fields.top_logprobs, 'top_logprobs', 0) ?? 0;
  return top > 0 || include.includes(logprobsWish) ? { logprobs: { top } } : {};
}

/** `safety_identifier` is today's name of `user`. */
function decodeUser(fields: Fields, unread: string[]): Pick<Settings, 'endUser'> {
  const user = isAbsent(fields.user) ? null : readText(fields.user, 'user');
  if (isAbsent(fields.safety_identifier)) return user === null ? {} : { endUser: user };
  const endUser = readText(fields.safety_identifier, 'safety_identifier');
  if (user !== null && user !== endUser) unread.push('user');
  return { endUser };
}

function decodeMetadata(value: unknown): Pick<Settings, 'metadata'> {
  if (isAbsent(value)) return {};
  const entries = Object.entries(readFields(value, 'metadata'));
  return { metadata: Object.fromEntries(entries.map(([key, each]) => [key, readText(each, `metadata.${key}`)])) };
}

function readNumber(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return refuse(field, 'must be a number', 'invalid_type');
}

function noteOthers(fields: Fields, names: readonly string[], path: string, unread: string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!names.includes(name) && !isAbsent(value)) unread.push(`${path}.${name}`);
  }
}
