/** Asks a server which models it has in memory: a question that costs nothing and loads nothing. */
import type { LoadedList, LoadedModel } from '../contract/loaded-model.ts';
import type { LoadedListShape } from '../contract/provider-kinds.ts';
import { providerHeaders } from '../providers/provider-headers.ts';
import { askProvider, type ProviderAccess } from './ask-provider.ts';
import { fieldOf, parseBody, valueAt } from './value-at.ts';

/** Later an answer is of no use to the request that waits for it. */
const timeoutMs = 1_000;

/** Never rejects. */
export async function listLoaded(access: ProviderAccess): Promise<LoadedList> {
  const { provider, key } = access;
  if (provider.loadedList === null) return 'silent';
  try {
    const reply = await askProvider({ ...access, timeoutMs }, provider.loadedList, providerHeaders(provider, key));
    if (reply.type !== 'answer' || reply.status >= 500) return 'unknown';
    return reply.status === 200 ? readLoadedList(provider.loadedList.shape, reply.body) : 'silent';
  } catch {
    // It needs a key that is missing: its requests are told so.
    return 'unknown';
  }
}

interface ShapeRules {
  /** Where the list stands. */
  readonly list: string;
  /** Where a model's state stands, and what it is for one in memory; null where only those are listed. */
  readonly state: readonly [place: string, loaded: string] | null;
}

const shapes: Readonly<Record<LoadedListShape, ShapeRules>> = {
  ollama: { list: 'models', state: null },
  'lm-studio': { list: 'data', state: ['state', 'loaded'] },
  'llama-cpp': { list: 'data', state: ['status.value', 'loaded'] },
};

export function readLoadedList(shape: LoadedListShape, body: Buffer): LoadedList {
  const { list, state } = shapes[shape];
  const entries = fieldOf(parseBody(body), list);
  if (!Array.isArray(entries)) return 'silent';
  if (state === null) return entries.flatMap(readEntry);
  const [place, loaded] = state;
  // A llama.cpp that was started with one model has nothing to load, and tells no states.
  if (entries.length > 0 && entries.every((entry) => valueAt(entry, place) === undefined)) return 'silent';
  return entries.filter((entry) => valueAt(entry, place) === loaded).flatMap(readEntry);
}

function readEntry(entry: unknown): LoadedModel[] {
  const name = ['name', 'model', 'id'].map((field) => fieldOf(entry, field)).find(isName);
  if (name === undefined) return [];
  const expiresAtMs = Date.parse(String(fieldOf(entry, 'expires_at')));
  return [
    {
      name,
      contextTokens: count(fieldOf(entry, 'context_length')) ?? count(fieldOf(entry, 'loaded_context_length')),
      sizeBytes: count(fieldOf(entry, 'size')),
      graphicsBytes: count(fieldOf(entry, 'size_vram')),
      expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null,
    },
  ];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
