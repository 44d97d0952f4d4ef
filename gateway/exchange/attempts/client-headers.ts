/** What goes out to an upstream: our own headers, the key, and the few of the client's that mean something there. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dialect } from '../../dialects/dialect.ts';
import type { Candidate } from './candidates.ts';
import { framings } from '../relay/framing.ts';

const passable = /^[\x20-\x7e]{1,1024}$/;

export interface HeaderSource {
  /** Whom it goes to; everything of the client's that its kind or its dialect does not name stays here. */
  readonly candidate: Pick<Candidate, 'headers'> & { readonly provider: Pick<Candidate['provider'], 'passedHeaders'> };
  /** The upstream's dialect. */
  readonly wire: Pick<Dialect, 'headers' | 'framing' | 'endpoint'>;
  readonly clientHeaders: IncomingHttpHeaders;
  /** What a client says in headers of its own dialect means nothing in another. */
  readonly isTranslated: boolean;
  readonly stream: boolean;
}

/** @returns name, value, name, value, … */
export function upstreamHeaders({ candidate, wire, clientHeaders, isTranslated, stream }: HeaderSource): string[] {
  const headers = [
    'content-type',
    bodyType(wire, clientHeaders),
    'accept',
    acceptedType(wire, stream),
    'accept-encoding',
    'identity',
    ...candidate.headers,
  ];
  for (const name of candidate.provider.passedHeaders) passHeader(headers, clientHeaders, name);
  if (!isTranslated) for (const name of wire.headers.passed) passHeader(headers, clientHeaders, name);
  for (const [name, value] of wire.headers.always) if (!headers.includes(name)) headers.push(name, value);
  return headers;
}

/** A form goes on with the boundary that its client chose; admission has read it. */
function bodyType({ endpoint }: HeaderSource['wire'], clientHeaders: IncomingHttpHeaders): string {
  const type = clientHeaders['content-type'];
  const isForm = endpoint?.requests.includes('multipart') === true && type !== undefined && /^multipart\//i.test(type);
  return isForm && passable.test(type) ? type : 'application/json';
}

function acceptedType({ endpoint, framing }: HeaderSource['wire'], stream: boolean): string {
  if (endpoint?.answers === 'any') return '*/*';
  return stream ? framings[framing].contentType : 'application/json';
}

function passHeader(headers: string[], clientHeaders: IncomingHttpHeaders, name: string): void {
  const value = clientHeaders[name];
  if (typeof value === 'string' && passable.test(value)) headers.push(name, value);
}
