/** Takes out the fields that a dialect has no place for. */
import type { Abilities, OptionalField } from '../abilities.ts';
import { GatewayError } from '../error.ts';
import type { FidelityNotes } from '../fidelity.ts';
import type { ChatRequest } from '../request.ts';

/** Every field that may be missing; the compiler holds the list complete. */
const optionalFields: Readonly<Record<OptionalField, true>> = {
  parallelToolCalls: true,
  temperature: true,
  topP: true,
  topK: true,
  minP: true,
  frequencyPenalty: true,
  presencePenalty: true,
  repeatPenalty: true,
  seed: true,
  stop: true,
  choices: true,
  logprobs: true,
  logitBias: true,
  reasoning: true,
  verbosity: true,
  serviceTier: true,
  endUser: true,
  metadata: true,
  promptCacheKey: true,
  suffix: true,
};

const optionalFieldNames = Object.keys(optionalFields) as readonly OptionalField[];

/** `maxOutputTokens` → `max_output_tokens`: as ledgers and refusals name the fields of the inner language. */
export function fieldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @throws GatewayError `untranslatable` for a suffix that would be lost: what is asked would be another thing */
export function adaptFields(request: ChatRequest, { dialect, fields }: Abilities, notes: FidelityNotes): ChatRequest {
  for (const path of request.unread) notes.drop(path, `${dialect} has no word for it, or Gatehouse knows none`);
  const adapted: { -readonly [Field in keyof ChatRequest]: ChatRequest[Field] } = { ...request, unread: [] };
  for (const field of optionalFieldNames) {
    if (adapted[field] === undefined || fields.has(field)) continue;
    if (field === 'suffix' && request.suffix !== '') throw noSuffix(dialect);
    if (saysMore(request, field)) notes.drop(fieldName(field), `${dialect} has no such field`);
    delete adapted[field];
  }
  return adapted;
}

/** Values that say what happens anyway where nothing is said; a penalty of 0, a list of nothing. */
const neutralValues: Partial<Readonly<Record<OptionalField, number | string | boolean>>> = {
  parallelToolCalls: true,
  topP: 1,
  topK: 0,
  minP: 0,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repeatPenalty: 1,
  choices: 1,
  serviceTier: 'auto',
};

/** A value that says what happens anyway is no loss. */
function saysMore(request: ChatRequest, field: OptionalField): boolean {
  const value = request[field];
  if (value === neutralValues[field]) return false;
  if (field === 'parallelToolCalls') return request.tools.length > 0;
  if (field === 'reasoning') return request.reasoning?.effort !== 'none' && request.reasoning?.budgetTokens !== 0;
  if (field === 'logprobs') return true;
  if (value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function noSuffix(dialect: string): GatewayError {
  const words = `suffix cannot be said in ${dialect}: choose a provider that completes text with a gap.`;
  return new GatewayError('untranslatable', words, { field: 'suffix' });
}

/** The fields of the inner request that are set, for the ledger. */
export function setFields(request: ChatRequest): readonly string[] {
  const set: string[] = ['messages'];
  if (request.tools.length > 0) set.push('tools', 'tool_choice');
  if (request.responseFormat.type !== 'text') set.push('response_format');
  if (request.maxOutputTokens !== null) set.push('max_output_tokens');
  for (const field of optionalFieldNames) if (request[field] !== undefined) set.push(fieldName(field));
  return set;
}
