/** Finds the client key in a request: one parse for every place it may be carried in. */
import type { IncomingHttpHeaders } from 'node:http';

export type Credential =
  | { readonly found: 'none' }
  | { readonly found: 'key'; readonly key: string }
  /** Two carriers with different keys: nobody can say which is meant. */
  | { readonly found: 'conflict' };

const none: Credential = { found: 'none' };
const conflict: Credential = { found: 'conflict' };

/** @param query the target's query, without its question mark; Gemini's clients carry the key there */
export function readCredential(headers: IncomingHttpHeaders, query: string): Credential {
  const carried = [
    bearerToken(headers.authorization),
    single(headers['x-api-key']),
    single(headers['api-key']),
    single(headers['x-goog-api-key']),
    query === '' ? undefined : queryKey(query),
  ];
  let key: string | undefined;
  for (const value of carried) {
    if (value === undefined) continue;
    if (key !== undefined && key !== value) return conflict;
    key = value;
  }
  return key === undefined ? none : { found: 'key', key };
}

/** The token behind `Bearer `; the whole value where it is something else, which then is no key of ours. */
function bearerToken(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return /^bearer /i.test(value) ? value.slice(7) : value;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

function queryKey(query: string): string | undefined {
  if (!query.includes('key=')) return undefined;
  const values = new URLSearchParams(query).getAll('key');
  return values.length === 0 ? undefined : values.join(', ');
}
