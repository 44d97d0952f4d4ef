/** The doors of the user's port: one small table, one notion of a path. */
import { type Dialect, openAiChat, openAiCompletions, openAiEmbeddings } from '../dialects/index.ts';

export type Door =
  | { readonly kind: 'exchange'; readonly dialect: Dialect }
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'health' }
  | { readonly kind: 'root' };

export interface Route {
  readonly methods: readonly string[];
  readonly door: Door;
  /** Answers without a key, and then says nothing that a stranger may not know. */
  readonly public: boolean;
}

const modelPrefix = '/v1/models/';

const table: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/chat/completions', exchangeRoute(openAiChat)],
  ['/v1/completions', exchangeRoute(openAiCompletions)],
  ['/v1/embeddings', exchangeRoute(openAiEmbeddings)],
  ['/v1/models', { methods: ['GET'], door: { kind: 'models' }, public: false }],
  ['/health', { methods: ['GET', 'HEAD'], door: { kind: 'health' }, public: true }],
  ['/', { methods: ['GET', 'HEAD'], door: { kind: 'root' }, public: true }],
]);

function exchangeRoute(dialect: Dialect): Route {
  return { methods: ['POST'], door: { kind: 'exchange', dialect }, public: false };
}

/** Every path of the table, for tests that must miss none. */
export const routePaths: readonly string[] = [...table.keys(), `${modelPrefix}demo/hello`];

/** What a client may call, for whoever has the path wrong. */
export const doorPaths: readonly string[] = [...table.keys()].filter((path) => path.startsWith('/v1/'));

/** @param path a canonical path, not decoded */
export function findRoute(path: string): Route | null {
  const exact = table.get(path);
  if (exact) return exact;
  if (!path.startsWith(modelPrefix) || path.length === modelPrefix.length) return null;
  return { methods: ['GET'], door: { kind: 'model', id: decodeURIComponent(path.slice(modelPrefix.length)) }, public: false };
}
