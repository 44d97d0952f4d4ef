/** What goes out to an upstream: our own headers, the key, and the few of the client's that mean something there. */
import type { IncomingHttpHeaders } from 'node:http';

/** Documented pass-through: everything else of the client's stays here. */
const passedOn = ['openai-beta', 'openai-organization', 'openai-project', 'http-referer', 'x-title'] as const;

/**
 * @param provider the provider's own headers, its key included
 * @param stream whether events are asked for
 * @returns name, value, name, value, …
 */
export function upstreamHeaders(provider: readonly string[], client: IncomingHttpHeaders, stream: boolean): string[] {
  const headers = [
    'content-type',
    'application/json',
    'accept',
    stream ? 'text/event-stream' : 'application/json',
    'accept-encoding',
    'identity',
    ...provider,
  ];
  for (const name of passedOn) {
    const value = client[name];
    if (typeof value === 'string' && !provider.includes(name) && /^[\x20-\x7e]{1,1024}$/.test(value)) headers.push(name, value);
  }
  return headers;
}
