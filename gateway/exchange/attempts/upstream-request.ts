/** What is sent to one candidate: the client's own bytes or their translation, under headers that are meant for it alone. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { fillIn } from '../../dialects/json/fill-in.ts';
import { endpointPath } from '../../providers/endpoint-path.ts';
import { fieldsFor } from '../../providers/model-options.ts';
import type { UpstreamRequest, UpstreamTimeouts } from '../../upstream/transport.ts';
import type { Translation } from '../translation/translation.ts';
import type { Candidate } from './candidates.ts';
import { upstreamHeaders } from './client-headers.ts';

export interface SaidRequest {
  readonly candidate: Candidate;
  /** The upstream's dialect. */
  readonly wire: Dialect;
  readonly request: PassthroughRequest;
  /** Null where the bytes pass through. */
  readonly translation: Translation | null;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly timeouts: UpstreamTimeouts;
}

/** Must a stream be asked for its usage, because its client did not? */
export function mustAskUsage({ head }: Pick<PassthroughRequest, 'head'>, { provider }: Pick<Candidate, 'provider'>): boolean {
  return head.stream && !head.usageAsked && provider.streamUsage;
}

/** @throws GatewayError `bad-request` for what cannot be read where it must be changed */
export function upstreamRequest(said: SaidRequest): UpstreamRequest {
  const { candidate, wire, request, translation, clientHeaders, timeouts } = said;
  const { provider, model } = candidate;
  const { stream } = request.head;
  const askUsage = mustAskUsage(request, candidate);
  const written = translation
    ? [translation.body]
    : request.write({ model, askUsage, lengthField: provider.quirks.maxTokensField });
  const options = fieldsFor(provider, model, wire.name);
  return {
    method: 'POST',
    origin: provider.origin,
    path: endpointPath(provider, wire, model, stream),
    headers: upstreamHeaders({ candidate, wire, clientHeaders, isTranslated: translation !== null, stream }),
    body: options ? fillIn(written, options) : written,
    timeouts,
  };
}
