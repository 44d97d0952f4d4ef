/** Writes `generationConfig`: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import { encodeThinking, type ThinkingConfig } from './encode-thinking.ts';
import { isThirdGeneration } from './model-family.ts';

interface GenerationConfig {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly maxOutputTokens?: number;
  readonly stopSequences?: readonly string[];
  readonly candidateCount?: number;
  readonly responseLogprobs?: true;
  readonly logprobs?: number;
  readonly responseMimeType?: 'application/json';
  readonly responseJsonSchema?: unknown;
  readonly thinkingConfig?: ThinkingConfig;
}

const highestTemperature = 2;
const highestPenalty = 1.999;
const mostStops = 5;
const mostLogprobs = 20;
const seedLimit = 2 ** 31;

/** @returns null when the request asks for nothing of this */
export function encodeGenerationConfig(request: ChatRequest, model: string, notes: FidelityNotes): GenerationConfig | null {
  const thinkingConfig = encodeThinking(request.reasoning, model, notes);
  const config: GenerationConfig = {
    ...encodeSampling(request, notes),
    ...encodeAmount(request, notes),
    ...encodeFormat(request, model, notes),
    ...(thinkingConfig === null ? {} : { thinkingConfig }),
  };
  return Object.keys(config).length === 0 ? null : config;
}

function encodeSampling(request: ChatRequest, notes: FidelityNotes): GenerationConfig {
  const { temperature, topP, topK, presencePenalty, frequencyPenalty } = request;
  return {
    ...(temperature === undefined ? {} : { temperature: clamp(temperature, 0, highestTemperature, 'temperature', notes) }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || topK < 1 ? {} : { topK }),
    ...encodeSeed(request.seed, notes),
    ...(presencePenalty === undefined
      ? {}
      : { presencePenalty: clamp(presencePenalty, -2, highestPenalty, 'presence_penalty', notes) }),
    ...(frequencyPenalty === undefined
      ? {}
      : { frequencyPenalty: clamp(frequencyPenalty, -2, highestPenalty, 'frequency_penalty', notes) }),
  };
}

function clamp(value: number, least: number, most: number, field: string, notes: FidelityNotes): number {
  const clamped = Math.min(Math.max(value, least), most);
  if (clamped !== value) notes.emulate(field, `as ${clamped}: Gemini takes ${least} to ${most}`);
  return clamped;
}

function encodeSeed(seed: number | undefined, notes: FidelityNotes): GenerationConfig {
  if (seed === undefined) return {};
  if (Number.isInteger(seed) && seed >= -seedLimit && seed < seedLimit) return { seed };
  notes.drop('seed', "Gemini's is a whole number of 32 bits");
  return {};
}

function encodeAmount(request: ChatRequest, notes: FidelityNotes): GenerationConfig {
  const { maxOutputTokens, choices, logprobs } = request;
  const stops = (request.stop ?? []).filter((each) => each !== '');
  if (stops.length > mostStops) notes.drop('stop', `Gemini takes ${mostStops} stop sequences: the others`);
  const top = logprobs === undefined ? 0 : clamp(logprobs.top, 0, mostLogprobs, 'logprobs.top', notes);
  return {
    ...(maxOutputTokens === null ? {} : { maxOutputTokens }),
    ...(stops.length === 0 ? {} : { stopSequences: stops.slice(0, mostStops) }),
    ...(choices === undefined ? {} : { candidateCount: choices }),
    ...(logprobs === undefined ? {} : { responseLogprobs: true as const, ...(top > 0 ? { logprobs: top } : {}) }),
  };
}

/** Before Gemini 3 a JSON answer and tools exclude each other; see `formatInstruction`. */
function encodeFormat(request: ChatRequest, model: string, notes: FidelityNotes): GenerationConfig {
  const { responseFormat: format } = request;
  if (format.type === 'text' || formatInstruction(request, model) !== null) return {};
  if (format.type !== 'json-schema') return { responseMimeType: 'application/json' };
  if (format.description !== undefined) notes.drop('response_format.description', 'Gemini has no such field');
  return { responseMimeType: 'application/json', responseJsonSchema: format.schema };
}

/** What is said in words instead, where the model takes no response format beside its tools; null where it does. */
export function formatInstruction({ responseFormat: format, tools }: ChatRequest, model: string): string | null {
  if (format.type === 'text' || tools.length === 0 || isThirdGeneration(model)) return null;
  const schema = format.type === 'json-schema' ? `, that follows this JSON schema:\n${JSON.stringify(format.schema)}` : '.';
  return `When you give your final answer, write nothing but one JSON object, without code fences${schema}`;
}
