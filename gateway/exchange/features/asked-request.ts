/** A request before anybody is asked: what its features are read from. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { ClientIdentity } from '../ports.ts';

export interface AskedRequest {
  readonly dialect: Dialect;
  readonly request: PassthroughRequest;
  readonly client: Pick<ClientIdentity, 'id' | 'name' | 'sensitivity' | 'tier' | 'allowedModels'> | null;
  readonly clientHeaders: IncomingHttpHeaders;
  /** The rule that kept on this machine what it continues; left out or null where it continues nothing that was kept. */
  readonly pinnedBefore?: string | null;
}
