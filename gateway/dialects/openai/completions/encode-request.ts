/** Writes the body of the legacy `POST /completions` for an upstream: one text, nothing around it. */
import { GatewayError } from '../../../chat/error.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import { type ChatRequest, textOf } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { encodeSampling, encodeStreaming, withoutRefused } from '../encode-sampling.ts';

/** @throws GatewayError `untranslatable` naming `messages` for all but one text of a user, `tools` when there are any */
export function encodeCompletionRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes) {
  const { suffix, maxOutputTokens, logprobs } = request;
  if (request.tools.length > 0) throw untranslatable('tools', 'offers tools');
  if (request.responseFormat.type !== 'text') throw untranslatable('response_format', 'asks for JSON');
  const body = {
    model: target.model,
    prompt: promptOf(request),
    ...(suffix === undefined ? {} : { suffix }),
    ...encodeStreaming(request, target.quirks),
    ...(maxOutputTokens === null ? {} : { max_tokens: maxOutputTokens }),
    ...encodeSampling(request, notes),
    ...(logprobs ? { logprobs: logprobs.top } : {}),
  };
  return withoutRefused(body, target, notes);
}

function promptOf({ messages }: ChatRequest): string {
  const [message, ...others] = messages;
  const isText = message?.role === 'user' && message.parts.every(({ type }) => type === 'text');
  if (!isText || others.length > 0) throw untranslatable('messages', 'is more than one text of a user');
  return textOf(message.parts);
}

function untranslatable(field: string, problem: string): GatewayError {
  return new GatewayError('untranslatable', `${field} ${problem}, and a legacy completion has no place for that.`, { field });
}
