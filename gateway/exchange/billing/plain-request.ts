/** A request whose names stand in its bytes as they are read: a letter may be said by its number, and then no search finds it. */
import type { RequestPlace } from '../../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';

export interface SaidRequest {
  readonly dialect: Dialect;
  readonly place: RequestPlace;
  readonly request: PassthroughRequest;
}

/** Letters by their numbers begin so; so do those of Latin alphabets beyond ASCII, which some programs always write in this way. */
const letterByNumber = '\\u00';

/** To be searched, never to be sent. @throws GatewayError `bad-request` for what is no sound JSON */
export function plainRequest({ dialect, place, request }: SaidRequest): PassthroughRequest {
  if (dialect.endpoint !== undefined || !request.holds(letterByNumber)) return request;
  return dialect.readRequest([Buffer.from(JSON.stringify(request.parse()))], place);
}
