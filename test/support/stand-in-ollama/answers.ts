/** What a loaded model says, in the lines that Ollama writes. */
import type { Loaded } from './runners.ts';

export interface ChatQuestion {
  readonly model: string;
  readonly messages?: readonly { readonly role: string; readonly content?: string; readonly images?: readonly string[] }[];
  readonly prompt?: string;
  readonly images?: readonly string[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters?: Schema } }[];
  readonly format?: unknown;
  readonly think?: unknown;
}

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Words of an answer, or the tool that it calls. */
export interface Said {
  readonly words: readonly string[];
  readonly thoughts: string | null;
  readonly toolCall: { readonly function: { readonly name: string; readonly arguments: object } } | null;
}

const samples: Readonly<Record<string, unknown>> = {
  string: 'Paris',
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
  object: {},
};

function sample({ properties = {} }: Schema): object {
  return Object.fromEntries(Object.entries(properties).map(([name, { type = 'string' }]) => [name, samples[type]]));
}

/** A tool is called once; its result is then told in words. */
export function say(question: ChatQuestion): Said {
  const { messages = [], tools = [], prompt, format, think } = question;
  const last = messages.at(-1);
  const thoughts = think === undefined || think === false ? null : 'Let me see. ';
  const [tool] = tools;
  if (tool && last?.role !== 'tool') {
    const { name, parameters = {} } = tool.function;
    return { words: [], thoughts, toolCall: { function: { name, arguments: sample(parameters) } } };
  }
  if (format === 'json') return { words: ['{"ok"', ':true}'], thoughts, toolCall: null };
  if (typeof format === 'object' && format !== null) return { words: [JSON.stringify(sample(format))], thoughts, toolCall: null };
  const images = question.images ?? messages.flatMap((message) => message.images ?? []);
  const seen = images.length > 0 ? [` I see ${images.length} image${images.length > 1 ? 's' : ''}.`] : [];
  const asked = prompt ?? last?.content ?? '';
  return { words: ['You', ' said', `: ${asked}`, ...seen], thoughts, toolCall: null };
}

const nanoseconds = 1_000_000;

/** The figures of a last line. @param loadMs milliseconds */
export function figures(said: Said, asked: ChatQuestion, loadMs: number) {
  const words = JSON.stringify(asked.messages ?? asked.prompt ?? '').length;
  return {
    total_duration: (loadMs + 40) * nanoseconds,
    load_duration: Math.max(1, loadMs) * nanoseconds,
    prompt_eval_count: Math.max(1, Math.ceil(words / 4)),
    prompt_eval_duration: 10 * nanoseconds,
    eval_count: Math.max(1, said.words.length),
    eval_duration: 20 * nanoseconds,
  };
}

/** One line of `/api/ps`. */
export function psLine({ model, contextLength, expiresAtMs }: Loaded) {
  const forEver = '2318-03-01T12:00:00Z';
  return {
    name: model.name,
    model: model.name,
    size: model.size + contextLength * 64,
    digest: model.digest,
    details: details(model),
    expires_at: Number.isFinite(expiresAtMs) ? new Date(expiresAtMs).toISOString() : forEver,
    size_vram: 0,
    context_length: contextLength,
  };
}

export function details({ facts }: Loaded['model']) {
  const { family, parameterSize, contextLength } = facts;
  return {
    parent_model: '',
    format: 'gguf',
    family,
    families: [family],
    parameter_size: parameterSize,
    quantization_level: 'Q4_K_M',
    context_length: contextLength,
    embedding_length: 4_096,
  };
}

/** The same text has the same vector, of length one. */
export function embed(text: string): number[] {
  const vector = Array.from({ length: 8 }, (_, place) =>
    Math.sin(place + [...text].reduce((sum, one) => sum + (one.codePointAt(0) ?? 0), 1)),
  );
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
