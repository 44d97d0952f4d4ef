/** Reads a request's `generationConfig`: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
import type { ChatRequest, ReasoningEffort, ReasoningWish, ResponseFormat } from '../../../chat/request.ts';
import { type Fields, isAbsent, readChoice, readFields, readFlag, readList, readText } from '../../json/fields.ts';
import { listOf, optionalCount, optionalNumber, optionalText, readMessage, unknownKeys } from './proto-fields.ts';
import { jsonSchemaOf } from './schema.ts';

const path = 'generationConfig';
const schemaFields = ['responseJsonSchema', '_responseJsonSchema', 'ResponseJsonSchema', 'responseSchema'];

const known = new Set([
  ...schemaFields,
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
]);

type Config = Pick<ChatRequest, 'responseFormat' | 'maxOutputTokens'> &
  Partial<
    Pick<
      ChatRequest,
      | 'temperature'
      | 'topP'
      | 'topK'
      | 'seed'
      | 'presencePenalty'
      | 'frequencyPenalty'
      | 'stop'
      | 'choices'
      | 'logprobs'
      | 'reasoning'
    >
  >;

/** @throws GatewayError `bad-request` */
export function decodeGenerationConfig(value: unknown, unread: string[]): Config {
  if (isAbsent(value)) return { responseFormat: { type: 'text' }, maxOutputTokens: null };
  const config = readMessage(value, path);
  unread.push(...unknownKeys(config, known, path), ...otherModalities(config));
  return {
    responseFormat: decodeFormat(config, unread),
    maxOutputTokens: optionalCount(config['maxOutputTokens'], `${path}.maxOutputTokens`) || null,
    ...decodeSampling(config),
    ...decodeAmount(config),
    ...decodeThinking(config['thinkingConfig'], unread),
  };
}

function decodeSampling(config: Fields): Partial<Config> {
  return {
    ...given('temperature', optionalNumber(config['temperature'], `${path}.temperature`)),
    ...given('topP', optionalNumber(config['topP'], `${path}.topP`)),
    ...given('topK', optionalNumber(config['topK'], `${path}.topK`)),
    ...given('seed', optionalNumber(config['seed'], `${path}.seed`)),
    ...given('presencePenalty', optionalNumber(config['presencePenalty'], `${path}.presencePenalty`)),
    ...given('frequencyPenalty', optionalNumber(config['frequencyPenalty'], `${path}.frequencyPenalty`)),
  };
}

function given<Name extends string>(name: Name, value: number | undefined): { [Key in Name]?: number } {
  const entry: { [Key in Name]?: number } = {};
  if (value !== undefined) entry[name] = value;
  return entry;
}

function decodeAmount(config: Fields): Partial<Config> {
  const stop = isAbsent(config['stopSequences'])
    ? []
    : readList(config['stopSequences'], `${path}.stopSequences`).map((each, index) =>
        readText(each, `${path}.stopSequences.${index}`),
      );
  const choices = optionalCount(config['candidateCount'], `${path}.candidateCount`) ?? 1;
  const top = optionalCount(config['logprobs'], `${path}.logprobs`) ?? 0;
  return {
    ...(stop.length > 0 ? { stop } : {}),
    ...(choices > 1 ? { choices } : {}),
    ...(readFlag(config['responseLogprobs'], `${path}.responseLogprobs`) ? { logprobs: { top } } : {}),
  };
}

function otherModalities(config: Fields): string[] {
  const modalities = listOf(config['responseModalities']);
  return modalities.every((each) => typeof each === 'string' && each.toUpperCase() === 'TEXT')
    ? []
    : [`${path}.responseModalities`];
}

/** A schema without a media type is taken at its word, though Gemini refuses it. */
function decodeFormat(config: Fields, unread: string[]): ResponseFormat {
  const mediaType = optionalText(config['responseMimeType'], `${path}.responseMimeType`) ?? '';
  const name = schemaFields.find((each) => !isAbsent(config[each]));
  if (mediaType !== '' && mediaType !== 'application/json') {
    if (mediaType !== 'text/plain') unread.push(`${path}.responseMimeType`);
    if (name !== undefined) unread.push(`${path}.${name}`);
    return { type: 'text' };
  }
  if (name !== undefined) {
    return { type: 'json-schema', schema: jsonSchemaOf(readFields(config[name], `${path}.${name}`)) };
  }
  return { type: mediaType === '' ? 'text' : 'json' };
}

const thinkingFields = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts']);
const levels = ['minimal', 'low', 'medium', 'high'] as const satisfies readonly ReasoningEffort[];
const noLevel = 'thinking_level_unspecified';

/** Gemini shows thoughts only to those who ask with `includeThoughts`. */
function decodeThinking(value: unknown, unread: string[]): { reasoning?: ReasoningWish } {
  if (isAbsent(value)) return {};
  const thinkingPath = `${path}.thinkingConfig`;
  const config = readMessage(value, thinkingPath);
  unread.push(...unknownKeys(config, thinkingFields, thinkingPath));
  const budgetTokens = optionalCount(config['thinkingBudget'], `${thinkingPath}.thinkingBudget`, -1);
  const level = optionalText(config['thinkingLevel'], `${thinkingPath}.thinkingLevel`)?.toLowerCase() ?? noLevel;
  const effort = level === noLevel ? undefined : readChoice(level, `${thinkingPath}.thinkingLevel`, levels);
  const reasoning: ReasoningWish = {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    show: readFlag(config['includeThoughts'], `${thinkingPath}.includeThoughts`),
  };
  return { reasoning };
}
