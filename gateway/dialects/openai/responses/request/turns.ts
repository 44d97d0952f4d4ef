/** Turns of a conversation that a client continues by `previous_response_id` instead of sending them again. Keeps none itself. */
import { isAbsent, isFields } from '../../../json/fields.ts';

/** What a response was asked with, all earlier turns included, and what it came to: as items of this dialect. */
export interface StoredTurn {
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
}

/**
 * The request with the turns that it continues put before its own input. Instructions are each request's own, so none are
 * carried over.
 * @param body as the client sent it; what is no request comes back as it is
 */
export function expandPrevious(body: unknown, previous: StoredTurn): unknown {
  if (!isFields(body)) return body;
  const rest = Object.entries(body).filter(([name]) => name !== 'previous_response_id');
  return { ...Object.fromEntries(rest), input: [...previous.input, ...previous.output, ...inputItems(body.input)] };
}

/**
 * What must be kept so that the response can be continued.
 * @param body the request with its previous turns expanded
 * @param response the whole response object
 */
export function storedTurn(body: unknown, response: unknown): StoredTurn {
  const output: unknown = isFields(response) ? response.output : null;
  return { input: isFields(body) ? inputItems(body.input) : [], output: Array.isArray(output) ? output : [] };
}

/**
 * The request with each `item_reference` replaced by the item it names: programs that trust us to store answers send ids of
 * items instead of the items.
 * @param find an item of a stored turn by its id; null keeps the reference, which only the provider that made it can resolve
 */
export function expandReferences(body: unknown, find: (id: string) => unknown): unknown {
  if (!isFields(body) || !Array.isArray(body.input)) return body;
  const input: readonly unknown[] = body.input;
  return { ...body, input: input.map((item) => referencedItem(item, find) ?? item) };
}

/** Its type may be left out: an item of nothing but an id is a reference. */
function referencedItem(item: unknown, find: (id: string) => unknown): unknown {
  if (!isFields(item) || typeof item.id !== 'string') return null;
  const isReference = item.type === 'item_reference' || Object.keys(item).length === 1;
  return isReference ? find(item.id) : null;
}

function inputItems(input: unknown): readonly unknown[] {
  if (isAbsent(input)) return [];
  return Array.isArray(input) ? input : [{ type: 'message', role: 'user', content: input }];
}
