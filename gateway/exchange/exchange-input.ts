/** What the server hands over with an admitted request. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { RequestPlace } from '../dialects/codec.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { ClientIdentity } from './ports.ts';
import type { StreamForm } from './translation/translation.ts';

export interface ExchangeInput {
  readonly dialect: Dialect;
  /** What the path says of the request. */
  readonly place: RequestPlace;
  /** What a stream is sent as, where that is not the dialect's usual form. */
  readonly streamForm: StreamForm | null;
  readonly client: ClientIdentity | null;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly response: ServerResponse;
  /** Headers of the listener's own, such as those that CORS needs. */
  readonly extraHeaders: readonly string[];
}
