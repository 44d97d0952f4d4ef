/** The doors of the user's port: one small table, one notion of a path. */
import type { RequestPlace } from '../dialects/codec.ts';
import {
  anthropicCountTokens,
  anthropicMessages,
  createArrayStreamEncoder,
  type Dialect,
  encodeArrayStreamError,
  gemini,
  geminiBatchEmbeddings,
  geminiCountTokens,
  geminiEmbeddings,
  ollama,
  ollamaEmbeddings,
  ollamaGenerate,
  ollamaLegacyEmbeddings,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiEndpoints,
  openAiInputTokens,
  openAiResponses,
} from '../dialects/index.ts';
import type { ModelAction } from './manage-models.ts';
import type { StreamForm } from '../exchange/translation/translation.ts';

/** In whose shape a list of models is written; `asked` for the one path that clients of several dialects ask. */
export type ListShape = 'asked' | 'gemini' | 'ollama';

export type Door =
  | {
      readonly kind: 'exchange';
      readonly dialect: Dialect;
      readonly place: RequestPlace;
      readonly streamForm: StreamForm | null;
    }
  | { readonly kind: 'models'; readonly shape: ListShape }
  | { readonly kind: 'model'; readonly shape: ListShape; readonly id: string }
  /** Ollama's words for one model; its name stands in the body. */
  | { readonly kind: 'show' }
  /** Ollama's words to fetch, copy or delete a model; its name stands in the body. */
  | { readonly kind: 'manage'; readonly action: ModelAction }
  | { readonly kind: 'loaded-models' }
  | { readonly kind: 'version' }
  | { readonly kind: 'stored-response'; readonly id: string; readonly part: 'whole' | 'input' | 'deletion' }
  /** Only clients that want to speak over a WebSocket ask here. */
  | { readonly kind: 'upgrade' }
  | { readonly kind: 'health' }
  | { readonly kind: 'root' };

export interface Route {
  /** By method. */
  readonly doors: ReadonlyMap<string, Door>;
  readonly methods: readonly string[];
  /** Answers without a key, and then says nothing that a stranger may not know. */
  readonly public: boolean;
}

/** Gemini's stream without `alt=sse`. */
const geminiArrayStream: StreamForm = {
  contentType: 'application/json; charset=utf-8',
  signOfLife: ' ',
  createEncoder: createArrayStreamEncoder,
  encodeStreamError: encodeArrayStreamError,
};

const anywhere: RequestPlace = { model: null, stream: null };
const open = { public: true };

function route(doors: Readonly<Record<string, Door>>, { public: isPublic } = { public: false }): Route {
  return { doors: new Map(Object.entries(doors)), methods: Object.keys(doors), public: isPublic };
}

function exchangeDoor(dialect: Dialect, place = anywhere, streamForm: StreamForm | null = null): Door {
  return { kind: 'exchange', dialect, place, streamForm };
}

const endpointRoutes = openAiEndpoints.map((dialect) => [`/v1/${dialect.name}`, route({ POST: exchangeDoor(dialect) })] as const);

const table: ReadonlyMap<string, Route> = new Map([
  ['/v1/chat/completions', route({ POST: exchangeDoor(openAiChat) })],
  ['/v1/responses', route({ POST: exchangeDoor(openAiResponses), GET: { kind: 'upgrade' } })],
  ['/v1/responses/input_tokens', route({ POST: exchangeDoor(openAiInputTokens) })],
  ['/v1/completions', route({ POST: exchangeDoor(openAiCompletions) })],
  ['/v1/embeddings', route({ POST: exchangeDoor(openAiEmbeddings) })],
  ...endpointRoutes,
  ['/v1/messages', route({ POST: exchangeDoor(anthropicMessages) })],
  ['/v1/messages/count_tokens', route({ POST: exchangeDoor(anthropicCountTokens) })],
  ['/v1/models', route({ GET: { kind: 'models', shape: 'asked' } })],
  ['/v1beta/models', route({ GET: { kind: 'models', shape: 'gemini' } })],
  ['/api/chat', route({ POST: exchangeDoor(ollama) })],
  ['/api/generate', route({ POST: exchangeDoor(ollamaGenerate) })],
  ['/api/embed', route({ POST: exchangeDoor(ollamaEmbeddings) })],
  ['/api/embeddings', route({ POST: exchangeDoor(ollamaLegacyEmbeddings) })],
  ['/api/tags', route({ GET: { kind: 'models', shape: 'ollama' } })],
  ['/api/show', route({ POST: { kind: 'show' } })],
  ['/api/pull', route({ POST: { kind: 'manage', action: 'pull' } })],
  ['/api/copy', route({ POST: { kind: 'manage', action: 'copy' } })],
  ['/api/delete', route({ DELETE: { kind: 'manage', action: 'delete' } })],
  ['/api/ps', route({ GET: { kind: 'loaded-models' } })],
  ['/api/version', route({ GET: { kind: 'version' } }, open)],
  ['/health', route({ GET: { kind: 'health' }, HEAD: { kind: 'health' } }, open)],
  ['/', route({ GET: { kind: 'root' }, HEAD: { kind: 'root' } }, open)],
]);

/** A way to write a path of a family, for tests that must miss none. */
const examples: readonly string[] = [
  '/v1/models/demo/hello',
  '/v1beta/models/demo/hello',
  '/v1beta/models/demo/hello:generateContent',
  '/v1beta/models/demo/hello:streamGenerateContent',
  '/v1beta/models/demo/hello:countTokens',
  '/v1beta/models/demo/hello:embedContent',
  '/v1beta/models/demo/hello:batchEmbedContents',
  '/v1/responses/resp_1',
  '/v1/responses/resp_1/input_items',
];

/** Every path of the table, and one of each family. */
export const routePaths: readonly string[] = [...table.keys(), ...examples];

/** What a base URL has too much of, or lacks, most often. */
const versions = ['', '/v1', '/v1beta'];
const mostSkipped = 6;

/**
 * The path that was meant, for whoever has the base URL wrong: the same without what stands before or behind it, or with a
 * version before it. A model's or an answer's name is not repeated.
 * @returns null when nothing here looks like it
 */
export function pathMeant(path: string): string | null {
  const parts = path.replace(/\/$/, '').split('/').slice(1);
  for (let skipped = 0; skipped < Math.min(parts.length, mostSkipped); skipped++) {
    const rest = `/${parts.slice(skipped).join('/')}`;
    const found = versions.map((version) => version + rest).find((tried) => tried !== path && findRoute(tried) !== null);
    if (found === undefined) continue;
    if (table.has(found)) return found;
    return geminiPath.test(found) ? found.replace(geminiPath, '/v1beta/models/<name>:$2') : null;
  }
  return null;
}

/** The AI SDK writes a name with a slash in it without `models/`. */
const geminiPath = /^\/(?:v1\/models|v1(?:beta|alpha)(?:\/models)?)\/(.+):([A-Za-z]+)$/;
const modelPath = /^\/(v1|v1beta|v1alpha)\/models\/(.+)$/;
const responsePath = /^\/v1\/responses\/([^/]+)(\/input_items)?$/;

/**
 * @param path a canonical path, not decoded
 * @param query what follows its question mark
 */
export function findRoute(path: string, query = ''): Route | null {
  return table.get(path) ?? geminiRoute(path, query) ?? modelRoute(path) ?? responseRoute(path);
}

/** Gemini has the model and the verb in the path; without `alt=sse` its stream is one JSON array. */
function geminiRoute(path: string, query: string): Route | null {
  const [, name, verb = ''] = geminiPath.exec(path) ?? [];
  if (name === undefined) return null;
  const model = decodeURIComponent(name);
  const whole = { model, stream: false };
  if (verb === 'generateContent') return route({ POST: exchangeDoor(gemini, whole) });
  if (verb === 'streamGenerateContent') {
    const form = new URLSearchParams(query).get('alt') === 'sse' ? null : geminiArrayStream;
    return route({ POST: exchangeDoor(gemini, { model, stream: true }, form) });
  }
  const dialect = otherVerbs.get(verb);
  return dialect ? route({ POST: exchangeDoor(dialect, whole) }) : null;
}

const otherVerbs: ReadonlyMap<string, Dialect> = new Map([
  ['countTokens', geminiCountTokens],
  ['embedContent', geminiEmbeddings],
  ['batchEmbedContents', geminiBatchEmbeddings],
]);

/** What Gemini's clients write behind a model's name. */
export const modelVerbs: readonly string[] = ['generateContent', 'streamGenerateContent', ...otherVerbs.keys()];

function modelRoute(path: string): Route | null {
  const [, version, name] = modelPath.exec(path) ?? [];
  if (name === undefined) return null;
  return route({ GET: { kind: 'model', shape: version === 'v1' ? 'asked' : 'gemini', id: decodeURIComponent(name) } });
}

function responseRoute(path: string): Route | null {
  const [, name, items] = responsePath.exec(path) ?? [];
  if (name === undefined) return null;
  const id = decodeURIComponent(name);
  if (items !== undefined) return route({ GET: { kind: 'stored-response', id, part: 'input' } });
  return route({
    GET: { kind: 'stored-response', id, part: 'whole' },
    DELETE: { kind: 'stored-response', id, part: 'deletion' },
  });
}
