/** Counting the tokens of a request: `POST /v1/messages/count_tokens`. */
import { GatewayError } from '../../chat/error.ts';
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { ChatRequest } from '../../chat/request.ts';
import { tokenCount } from '../../chat/usage.ts';
import type { UpstreamTarget } from '../codec.ts';
import { isFields } from '../json/fields.ts';
import { encodeRequest } from './encode-request.ts';
import { errorIn, upstreamFailure } from './read-error.ts';

/** Joined to a provider's base path. */
export const tokenCountPath = '/messages/count_tokens';

/** What a count is made of; it refuses the rest of a request. */
const countedFields = ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'] as const;

/** Writes the request; errors as in `encodeRequest`. */
export function encodeTokenCountRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes) {
  const body = encodeRequest(request, target, notes);
  return Object.fromEntries(countedFields.filter((name) => name in body).map((name) => [name, body[name]]));
}

export function encodeTokenCount(inputTokens: number) {
  return { input_tokens: inputTokens };
}

/** @throws GatewayError `upstream-failed` for an error, `upstream-protocol` when the body holds no count */
export function decodeTokenCount(body: unknown): number {
  const fields = isFields(body) ? body : {};
  const error = errorIn(fields);
  if (error) throw upstreamFailure(error);
  const count = tokenCount(fields.input_tokens);
  if (count === null) throw new GatewayError('upstream-protocol', "the provider's answer holds no token count");
  return count;
}
