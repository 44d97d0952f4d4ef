/** Counting a prompt's tokens, `:countTokens`: https://ai.google.dev/api/tokens#method:-models.counttokens */
import { GatewayError } from '../../chat/error.ts';
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { ChatRequest } from '../../chat/request.ts';
import { tokenCount } from '../../chat/usage.ts';
import type { RequestPlace, UpstreamTarget } from '../codec.ts';
import { isAbsent, isFields, readBody } from '../json/fields.ts';
import { decodeRequest, modelName } from './decode-request.ts';
import { streamError } from './decode-stream-error.ts';
import { encodeRequest } from './encode-request.ts';
import { modelPath } from './model-path.ts';
import { camelKeys, readMessage } from './proto-fields.ts';

/** Joined to a provider's base path. */
export function tokenCountPath(model: string): string {
  return modelPath(model, 'countTokens');
}

/**
 * Reads the contents alone, or a whole request in `generateContentRequest`.
 * @throws GatewayError `bad-request`
 */
export function decodeTokenCountRequest(body: unknown, place: RequestPlace): ChatRequest {
  const fields = camelKeys(readBody(body));
  const whole = fields['generateContentRequest'];
  return decodeRequest(isAbsent(whole) ? fields : readMessage(whole, 'generateContentRequest'), place);
}

export function encodeTokenCountRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes) {
  const model = `models/${modelName(target.model)}`;
  return { generateContentRequest: { model, ...encodeRequest(request, target, notes) } };
}

/** The answer of `:countTokens`. */
export function encodeTokenCount(totalTokens: number) {
  return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
}

/** @throws GatewayError `upstream-failed` for an error object, `upstream-protocol` for an answer without a count */
export function decodeTokenCount(body: unknown): number {
  if (isFields(body) && body['error']) throw streamError(body['error']);
  const count = isFields(body) ? tokenCount(body['totalTokens']) : null;
  if (count === null) throw new GatewayError('upstream-protocol', 'The provider sent something that is no count of tokens.');
  return count;
}
