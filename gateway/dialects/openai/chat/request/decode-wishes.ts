/** Reads the remaining fields of a chat request: how the answer is served, and for whom. */
import type { ChatRequest } from '../../../../chat/request.ts';
import { type Fields, isAbsent, readCount, readFields, readFlag, readText } from '../../../json/fields.ts';

export const wishFields = [
  'logprobs',
  'top_logprobs',
  'verbosity',
  'parallel_tool_calls',
  'service_tier',
  'safety_identifier',
  'metadata',
  'prompt_cache_key',
  'store',
  'modalities',
] as const;

type Wishes = Pick<
  ChatRequest,
  'logprobs' | 'verbosity' | 'parallelToolCalls' | 'serviceTier' | 'endUser' | 'metadata' | 'promptCacheKey'
>;

/** @throws GatewayError `bad-request` */
export function decodeWishes(fields: Fields, unread: string[]): Wishes {
  const tier = text(fields, 'service_tier');
  const endUser = text(fields, 'safety_identifier') ?? text(fields, 'user');
  const promptCacheKey = text(fields, 'prompt_cache_key');
  noteKept(fields, unread);
  return {
    ...decodeLogprobs(fields),
    ...decodeVerbosity(fields.verbosity, unread),
    ...(isAbsent(fields.parallel_tool_calls)
      ? {}
      : { parallelToolCalls: readFlag(fields.parallel_tool_calls, 'parallel_tool_calls') }),
    // `auto` is what a request without the field gets.
    ...(tier === null || tier === 'auto' ? {} : { serviceTier: tier }),
    ...(endUser === null ? {} : { endUser }),
    ...decodeMetadata(fields.metadata, unread),
    ...(promptCacheKey === null ? {} : { promptCacheKey }),
  };
}

function text(fields: Fields, field: string): string | null {
  return isAbsent(fields[field]) ? null : readText(fields[field], field);
}

/** Fields of which one value says nothing that every answer would not do anyway. */
function noteKept({ store, modalities }: Fields, unread: string[]): void {
  if (!isAbsent(store) && store !== false) unread.push('store');
  const isTextAlone = Array.isArray(modalities) && modalities.every((each) => each === 'text');
  if (!isAbsent(modalities) && !isTextAlone) unread.push('modalities');
}

function decodeLogprobs(fields: Fields): Pick<ChatRequest, 'logprobs'> {
  const top = readCount(fields.top_logprobs, 'top_logprobs', 0) ?? 0;
  return readFlag(fields.logprobs, 'logprobs') ? { logprobs: { top } } : {};
}

function decodeVerbosity(value: unknown, unread: string[]): Pick<ChatRequest, 'verbosity'> {
  if (value === 'low' || value === 'medium' || value === 'high') return { verbosity: value };
  if (!isAbsent(value)) unread.push('verbosity');
  return {};
}

function decodeMetadata(value: unknown, unread: string[]): Pick<ChatRequest, 'metadata'> {
  if (isAbsent(value)) return {};
  const texts: [string, string][] = [];
  for (const [name, each] of Object.entries(readFields(value, 'metadata'))) {
    if (typeof each === 'string') texts.push([name, each]);
    else if (!isAbsent(each)) unread.push(`metadata.${name}`);
  }
  return texts.length > 0 ? { metadata: Object.fromEntries(texts) } : {};
}
