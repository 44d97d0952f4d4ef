/** What a request of the Responses format takes from earlier ones: turns and items that were kept here are said again in full. */
import { GatewayError } from '../../chat/error.ts';
import type { ChatRequest } from '../../chat/request.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { expandPrevious, expandReferences, openAiResponses, storedTurn } from '../../dialects/index.ts';
import type { KeptItem, KeptTurn } from './response-memory.ts';

const field = 'previous_response_id';
const reference = 'item_reference';

/** What was kept for one client. */
export interface KeptResponses {
  find(id: string): KeptTurn | null;
  /** An item of a kept turn; null when it is not kept. */
  findItem(id: string): KeptItem | null;
}

/** A request as it is to be answered. */
export interface WholeRequest {
  readonly request: PassthroughRequest;
  /** The rule that kept on this machine what it continues: from here on its words are in the request. */
  readonly pinnedBefore: string | null;
}

/**
 * The request with the turns before it and the items it names, when they were kept here; else itself, for a provider that
 * keeps its own.
 * @throws GatewayError `bad-request`
 */
export function withPrevious(dialect: Dialect, request: PassthroughRequest, kept: KeptResponses): WholeRequest {
  const itself = { request, pinnedBefore: null };
  if (dialect !== openAiResponses) return itself;
  const continues = request.holds(`"${field}"`);
  if (!continues && !request.holds(`"${reference}"`)) return itself;
  const body = request.parse();
  const turn = continues ? kept.find(idOf(body, field) ?? '') : null;
  let pinnedBefore = turn?.pinnedBy ?? null;
  const expanded = expandReferences(turn ? expandPrevious(body, turn) : body, (id) => {
    const found = kept.findItem(id);
    pinnedBefore ??= found?.pinnedBy ?? null;
    return found?.item ?? null;
  });
  if (!turn && isSame(body, expanded)) return itself;
  const whole = dialect.readRequest([Buffer.from(JSON.stringify(expanded))], { model: null, stream: null });
  return { request: whole, pinnedBefore };
}

/** Was nothing found of what it names? Then its own bytes go on. */
function isSame(body: unknown, expanded: unknown): boolean {
  const [before, after] = [inputOf(body), inputOf(expanded)];
  return before.every((item, index) => item === after[index]);
}

function inputOf(body: unknown): readonly unknown[] {
  const input = isRecord(body) ? body['input'] : null;
  return Array.isArray(input) ? input : [];
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
  pinnedBy: string | null,
  keep: (id: string, turn: KeptTurn) => void,
): ((answer: unknown) => void) | null {
  if (dialect !== openAiResponses) return null;
  return (response) => {
    const body = request.parse();
    const id = idOf(response, 'id');
    const isForbidden = isRecord(body) && body['store'] === false;
    if (id !== null && !isForbidden) keep(id, { ...storedTurn(body, response), response, pinnedBy });
  };
}

function idOf(value: unknown, name: string): string | null {
  const id = isRecord(value) ? value[name] : null;
  return typeof id === 'string' ? id : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
