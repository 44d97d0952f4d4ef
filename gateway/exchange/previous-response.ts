/** `previous_response_id` of the Responses format: a turn that was kept here is said again in full. */
import { GatewayError } from '../chat/error.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import { expandPrevious, openAiResponses, storedTurn } from '../dialects/index.ts';
import type { KeptTurn } from './response-memory.ts';

const field = 'previous_response_id';

/**
 * The request with the turns before it, when it continues one that was kept here; else itself, for a provider that keeps its own.
 * @throws GatewayError `bad-request`
 */
export function withPrevious(
  dialect: Dialect,
  request: PassthroughRequest,
  find: (id: string) => KeptTurn | null,
): PassthroughRequest {
  if (dialect !== openAiResponses || !request.holds(`"${field}"`)) return request;
  const body = request.parse();
  const turn = find(idOf(body, field) ?? '');
  if (!turn) return request;
  return dialect.readRequest([Buffer.from(JSON.stringify(expandPrevious(body, turn)))], { model: null, stream: null });
}

/**
 * In a translation nobody upstream knows the turn that is meant.
 * @throws GatewayError `bad-request` in OpenAI's own words
 */
export function refuseUnknownPrevious(dialect: Dialect, { unread }: ChatRequest): void {
  if (dialect !== openAiResponses || !unread.includes(field)) return;
  const words = 'The previous response was not found: it was made by another provider, not kept, or is no longer kept here.';
  throw new GatewayError('bad-request', words, { field, code: 'previous_response_not_found' });
}

/** Keeps the whole answer of a request that does not forbid it (`store: false`); null where there is nothing to keep. */
export function answerKeeper(
  dialect: Dialect,
  request: PassthroughRequest,
  keep: (id: string, turn: KeptTurn) => void,
): ((answer: unknown) => void) | null {
  if (dialect !== openAiResponses) return null;
  return (response) => {
    const body = request.parse();
    const id = idOf(response, 'id');
    const isForbidden = isRecord(body) && body['store'] === false;
    if (id !== null && !isForbidden) keep(id, { ...storedTurn(body, response), response });
  };
}

function idOf(value: unknown, name: string): string | null {
  const id = isRecord(value) ? value[name] : null;
  return typeof id === 'string' ? id : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
