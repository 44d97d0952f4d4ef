/** A door of the gateway as a program reaches it: by the official SDK of its dialect. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ask, Seen } from './sayings.ts';

export interface Access {
  /** The gateway's address without a path. */
  readonly url: string;
  readonly key: string;
}

export interface Door {
  readonly name:
    | 'openai-chat'
    | 'openai-completions'
    | 'openai-responses'
    | 'anthropic-messages'
    | 'gemini'
    | 'ollama'
    | 'ollama-generate';
  ask(access: Access, model: string, ask: Ask): Promise<Seen>;
  /** What the SDK's error tells its program. */
  readFailure(error: unknown): Failure;
}

export interface Failure {
  /** The error's class. */
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
}

/** What the headers of an answer said; filled as answers come in. */
export interface Heads {
  readonly headers: Headers[];
}

const watched = new AsyncLocalStorage<Heads & { readonly extra: Readonly<Record<string, string>> }>();
const plainFetch = globalThis.fetch;

/** A fetch that keeps the headers of every answer for whoever runs inside `watching`, and adds theirs. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const store = watched.getStore();
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(store?.extra ?? {})) headers.set(name, value);
  const response = await plainFetch(input, { ...init, headers });
  store?.headers.push(response.headers);
  return response;
};

/** Google's SDK takes no fetch of one's own. */
export function watchGlobalFetch(): () => void {
  globalThis.fetch = watchedFetch;
  return () => {
    globalThis.fetch = plainFetch;
  };
}

export function watching<Result>(
  heads: Heads,
  extra: Readonly<Record<string, string>>,
  run: () => Promise<Result>,
): Promise<Result> {
  return watched.run({ headers: heads.headers, extra }, run);
}

/** The error's class, its status and its words, as far as the SDK tells them. */
export function readSdkFailure(error: unknown): Failure {
  if (!(error instanceof Error)) throw new Error(`an SDK threw what is no error: ${String(error)}`);
  const told = error as Error & { readonly status?: unknown; readonly status_code?: unknown };
  const status = told.status ?? told.status_code;
  return { name: error.constructor.name, status: typeof status === 'number' ? status : undefined, message: error.message };
}
