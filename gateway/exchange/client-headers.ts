/** What goes out to an upstream: our own headers, the key, and the few of the client's that mean something there. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Candidate } from './candidates.ts';

const passable = /^[\x20-\x7e]{1,1024}$/;

/**
 * @param candidate whom it goes to; everything of the client's that its kind does not name stays here
 * @param stream whether events are asked for
 * @returns name, value, name, value, …
 */
export function upstreamHeaders(
  { provider, headers: own }: Pick<Candidate, 'headers'> & { readonly provider: Pick<Candidate['provider'], 'passedHeaders'> },
  client: IncomingHttpHeaders,
  stream: boolean,
): string[] {
  const headers = [
    'content-type',
    'application/json',
    'accept',
    stream ? 'text/event-stream' : 'application/json',
    'accept-encoding',
    'identity',
    ...own,
  ];
  for (const name of provider.passedHeaders) {
    const value = client[name];
    if (typeof value === 'string' && passable.test(value)) headers.push(name, value);
  }
  return headers;
}
