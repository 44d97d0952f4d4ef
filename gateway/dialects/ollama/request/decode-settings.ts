/** Reads what chat and generate requests have in common: options, format, thinking, probabilities (docs/api.md, api/types.go). */
import type { ChatRequest, ReasoningWish, ResponseFormat } from '../../../chat/request.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readChoice,
  readCount,
  readFields,
  readFlag,
  readList,
  readText,
  refuse,
} from '../../json/fields.ts';
import { unreadFields } from './unread-fields.ts';

type Settings = Pick<ChatRequest, 'responseFormat' | 'maxOutputTokens' | 'unread'> &
  Partial<
    Pick<
      ChatRequest,
      | 'temperature'
      | 'topP'
      | 'topK'
      | 'minP'
      | 'frequencyPenalty'
      | 'presencePenalty'
      | 'repeatPenalty'
      | 'seed'
      | 'stop'
      | 'logprobs'
      | 'reasoning'
    >
  >;

/** Top-level fields read here. */
export const settingFields = ['options', 'format', 'think', 'logprobs', 'top_logprobs'] as const;

const optionFields: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repeat_penalty',
  'seed',
  'stop',
  'num_predict',
]);

/** @throws GatewayError `bad-request` naming the field */
export function decodeSettings(body: Fields): Settings {
  const options = isAbsent(body['options']) ? {} : readFields(body['options'], 'options');
  return {
    ...decodeSampling(options),
    ...decodeReasoning(body['think']),
    ...decodeLogprobs(body),
    responseFormat: decodeFormat(body['format']),
    maxOutputTokens: positive(readNumber(options, 'num_predict')),
    unread: unreadFields(options, optionFields, 'options.'),
  };
}

function decodeSampling(options: Fields) {
  const temperature = readNumber(options, 'temperature');
  const topP = readNumber(options, 'top_p');
  const topK = positive(readNumber(options, 'top_k'));
  const minP = readNumber(options, 'min_p');
  const frequencyPenalty = readNumber(options, 'frequency_penalty');
  const presencePenalty = readNumber(options, 'presence_penalty');
  const repeatPenalty = readNumber(options, 'repeat_penalty');
  const seed = readNumber(options, 'seed');
  const stop = readStop(options['stop']);
  return {
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { topP }),
    ...(topK !== null && { topK }),
    ...(minP !== null && { minP }),
    ...(frequencyPenalty !== null && { frequencyPenalty }),
    ...(presencePenalty !== null && { presencePenalty }),
    ...(repeatPenalty !== null && { repeatPenalty }),
    // -1 is Ollama's word for any seed.
    ...(seed !== null && seed !== -1 && { seed: Math.trunc(seed) }),
    ...(stop.length > 0 && { stop }),
  };
}

function readNumber(options: Fields, name: string): number | null {
  const value = options[name];
  if (isAbsent(value)) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return refuse(`options.${name}`, 'must be a number', 'invalid_type');
}

/** Ollama takes 0 and less in such a place for no limit. */
function positive(value: number | null): number | null {
  return value !== null && value >= 1 ? Math.trunc(value) : null;
}

function readStop(value: unknown): readonly string[] {
  if (isAbsent(value)) return [];
  const list = typeof value === 'string' ? [value] : readList(value, 'options.stop');
  return list.map((each, index) => readText(each, `options.stop.${index}`)).filter((each) => each !== '');
}

/** `json`, or a JSON schema; old clients write an empty text for neither. */
function decodeFormat(value: unknown): ResponseFormat {
  if (isAbsent(value) || value === '') return { type: 'text' };
  if (value === 'json') return { type: 'json' };
  if (isFields(value)) return { type: 'json-schema', schema: value };
  return refuse('format', 'must be "json" or a JSON schema');
}

/** `true` is what Ollama itself calls medium. */
function decodeReasoning(think: unknown): { readonly reasoning?: ReasoningWish } {
  if (isAbsent(think)) return {};
  if (think === false) return { reasoning: { effort: 'none' } };
  if (think === true) return { reasoning: { effort: 'medium', show: true } };
  if (typeof think !== 'string') return refuse('think', 'must be true, false or an effort', 'invalid_type');
  return { reasoning: { effort: readChoice(think, 'think', ['low', 'medium', 'high', 'max']), show: true } };
}

function decodeLogprobs(body: Fields): Pick<Settings, 'logprobs'> {
  if (!readFlag(body['logprobs'], 'logprobs')) return {};
  return { logprobs: { top: readCount(body['top_logprobs'], 'top_logprobs', 0) ?? 0 } };
}

/** A stream is what Ollama writes unless it is told not to. */
export function decodeStream(value: unknown): boolean {
  return isAbsent(value) || readFlag(value, 'stream');
}
