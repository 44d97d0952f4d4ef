/** Reads what chat and legacy completions have in common: how tokens are drawn, where the answer stops, how it is sent. */
import type { ChatRequest } from '../../chat/request.ts';
import { type Fields, isAbsent, isFields, readCount, readFields, readFlag, readList, readText, refuse } from '../json/fields.ts';
import { noteUnread } from './unread.ts';

/** The wire's names of numbers that go on as they are; the last three are known to OpenAI's relatives only. */
export const numberFields = {
  temperature: 'temperature',
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  topK: 'top_k',
  minP: 'min_p',
  repeatPenalty: 'repetition_penalty',
} as const satisfies Partial<Record<keyof ChatRequest, string>>;

export const samplingFields = [
  ...Object.values(numberFields),
  'stop',
  'n',
  'logit_bias',
  'user',
  'stream',
  'stream_options',
] as const;

type Sampling = Pick<ChatRequest, keyof typeof numberFields | 'stop' | 'choices' | 'logitBias'>;

/** @throws GatewayError `bad-request` */
export function decodeSampling(fields: Fields): Sampling {
  const numbers = Object.entries(numberFields).flatMap(([name, field]) => {
    const number = readNumber(fields[field], field);
    return number === null ? [] : [[name, number] as const];
  });
  const choices = readCount(fields.n, 'n', 1) ?? 1;
  const stop = decodeStop(fields.stop);
  return {
    ...Object.fromEntries(numbers),
    ...(stop.length > 0 ? { stop } : {}),
    ...(choices > 1 ? { choices } : {}),
    ...decodeLogitBias(fields.logit_bias),
  };
}

export function readNumber(value: unknown, field: string): number | null {
  if (isAbsent(value)) return null;
  return typeof value === 'number' ? value : refuse(field, 'must be a number', 'invalid_type');
}

/** An empty stop text would stop before the first word; it is read as none, as OpenAI does. */
function decodeStop(stop: unknown): readonly string[] {
  if (isAbsent(stop)) return [];
  const words = typeof stop === 'string' ? [stop] : readList(stop, 'stop').map((word, index) => readText(word, `stop.${index}`));
  return words.filter((word) => word !== '');
}

function decodeLogitBias(value: unknown): Pick<ChatRequest, 'logitBias'> {
  if (!isFields(value)) return isAbsent(value) ? {} : refuse('logit_bias', 'must be an object', 'invalid_type');
  const biases = Object.entries(value).map(([token, bias]) => [token, readNumber(bias, `logit_bias.${token}`) ?? 0] as const);
  return biases.length > 0 ? { logitBias: Object.fromEntries(biases) } : {};
}

/** Obfuscation is padding against listeners: nothing to translate. */
const knownOptions = new Set(['include_usage', 'include_obfuscation']);

/** The two stream fields that chat and legacy completions have in common. */
export function decodeStreaming(fields: Fields, unread: string[]): Pick<ChatRequest, 'stream' | 'streamUsage'> {
  const options = isAbsent(fields.stream_options) ? {} : readFields(fields.stream_options, 'stream_options');
  noteUnread(unread, options, knownOptions, 'stream_options.');
  return {
    stream: readFlag(fields.stream, 'stream'),
    streamUsage: readFlag(options.include_usage, 'stream_options.include_usage'),
  };
}
