/** What makes requests one session: by a name that the client gives it, else by how the conversation began. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestSayings } from '../../dialects/json/sayings.ts';
import type { AskedRequest } from './asked-request.ts';
import { headerText } from './header-text.ts';

/** What programs call their session by themselves, behind what was said for a gateway to read. */
const programHeaders = ['x-claude-code-session-id', 'session-id', 'session_id', 'x-session-affinity'] as const;

/** Enough that two sessions of one machine never meet (96 bits), and short in the log. */
const hashCharacters = 16;

/**
 * @returns an opaque hash, which is never the name itself and differs from client to client; null where nothing tells
 */
export function sessionOf(
  { client, clientHeaders }: Pick<AskedRequest, 'client' | 'clientHeaders'>,
  sayings: RequestSayings,
): string | null {
  const name = sessionName(clientHeaders, sayings);
  const identity = name === null ? ['opening', sayings.opening()] : ['name', name];
  if (identity[1] === '') return null;
  const hash = createHash('sha256').update(JSON.stringify([client?.id ?? null, ...identity]));
  return hash.digest('base64url').slice(0, hashCharacters);
}

function sessionName(headers: IncomingHttpHeaders, sayings: RequestSayings): string | null {
  const said = headerText(headers, 'x-session-id') || sayings.session();
  if (said) return said;
  for (const name of programHeaders) {
    const value = headerText(headers, name);
    if (value) return value;
  }
  return null;
}
