/** Reads what a provider's list calls a model, since when there is one, and whether it makes vectors only. */
import { fieldOf, valueAt } from './value-at.ts';

/** Only what was told. */
export interface ToldEntry {
  readonly createdAtSeconds?: number;
  readonly displayName?: string;
  /** True where it makes vectors and nothing else; false where it answers in words. */
  readonly embeddings?: boolean;
  /** Its server sends what it is asked on to another machine: Ollama's cloud models, whatever a person calls them. */
  readonly forwarded?: true;
}

/** @param entry one model as the provider's list holds it */
export function readListEntry(entry: unknown): ToldEntry {
  const createdAtSeconds = firstOf(entry, ['created', 'created_at', 'modified_at'], seconds);
  // In some lists `name` is the id itself, which is no name for people.
  const displayName = firstOf(entry, ['display_name', 'displayName', ...(fieldOf(entry, 'id') ? ['name'] : [])], title);
  const embeddings = makesVectorsOnly(entry);
  return {
    ...(createdAtSeconds === null ? {} : { createdAtSeconds }),
    ...(displayName === null || displayName === fieldOf(entry, 'id') ? {} : { displayName }),
    ...(embeddings === null ? {} : { embeddings }),
    ...(fieldOf(entry, 'remote_host') || fieldOf(entry, 'remote_model') ? { forwarded: true } : {}),
  };
}

function firstOf<Value>(entry: unknown, places: readonly string[], read: (value: unknown) => Value | null): Value | null {
  for (const place of places) {
    const value = read(fieldOf(entry, place));
    if (value !== null) return value;
  }
  return null;
}

/** Seconds since 1970, or a date as text; none before there were such models. */
function seconds(value: unknown): number | null {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) / 1_000 : Number.NaN;
  return at > Date.UTC(2018, 0) / 1_000 && at < Date.UTC(2100, 0) / 1_000 ? Math.floor(at) : null;
}

function title(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 256 && /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u.test(value)
    ? value
    : null;
}

/** Where lists say what a model is asked for: Gemini, Cohere, Ollama, OpenRouter. */
const purposeLists = ['supportedGenerationMethods', 'endpoints', 'capabilities', 'architecture.output_modalities'];
const forVectors = /^(?:embed|embedContent|embedding|embeddings)$/;
const forWords = /^(?:generateContent|bidiGenerateContent|chat|generate|completion|text)$/;

function makesVectorsOnly(entry: unknown): boolean | null {
  const type = fieldOf(entry, 'type');
  // LM Studio and Together name the kind of a model.
  if (type === 'embedding' || type === 'embeddings') return true;
  for (const place of purposeLists) {
    const purposes = valueAt(entry, place);
    if (!Array.isArray(purposes)) continue;
    const says = (pattern: RegExp) => purposes.some((purpose) => typeof purpose === 'string' && pattern.test(purpose));
    if (says(forWords)) return false;
    if (says(forVectors)) return true;
  }
  return null;
}

/** Families of embedding models whose names do not say so; `bge-reranker` is none. */
const vectorFamilies = /^(?:all-minilm|bge-(?!reranker)|gte-|e5-|multilingual-e5|voyage-\d|paraphrase-multilingual)/;

/** Does a model's name say that it makes vectors? For lists that tell nothing. */
export function isNamedForEmbeddings(id: string): boolean {
  const name = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  return name.includes('embed') || vectorFamilies.test(name);
}
