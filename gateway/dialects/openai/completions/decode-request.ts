/** Reads the body of the legacy `POST /completions`, which autocomplete plugins still use. */
import { GatewayError } from '../../../chat/error.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import { type Fields, isAbsent, readBody, readCount, readFlag, readName, readText } from '../../json/fields.ts';
import type { RequestPlace } from '../../codec.ts';
import { decodeSampling, decodeStreaming, samplingFields } from '../decode-sampling.ts';
import { decodeTextInputs } from '../decode-text-inputs.ts';
import { noteUnread } from '../unread.ts';

const knownFields = new Set([...samplingFields, 'model', 'prompt', 'suffix', 'max_tokens', 'logprobs', 'echo', 'best_of']);

/**
 * A prompt is read as if a user had said it; a missing one is empty.
 * @throws GatewayError `bad-request`, its `field` a dotted path such as `prompt.1`; `untranslatable` for several prompts, for
 * token numbers and for an echo: no other format has them, and without them the answer would be another
 */
export function decodeCompletionRequest(body: unknown, place: RequestPlace): ChatRequest {
  const fields = readBody(body);
  const unread: string[] = [];
  noteUnread(unread, fields, knownFields, '');
  if (readFlag(fields.echo, 'echo')) throw untranslatable('echo', 'asks for the prompt in the answer');
  if ((readCount(fields.best_of, 'best_of', 1) ?? 1) > 1) unread.push('best_of');
  return {
    model: place.model ?? readName(fields.model, 'model'),
    messages: [{ role: 'user', parts: decodePrompt(fields.prompt) }],
    tools: [],
    toolChoice: { type: 'auto' },
    responseFormat: { type: 'text' },
    maxOutputTokens: readCount(fields.max_tokens, 'max_tokens', 0),
    ...decodeStreaming(fields, unread),
    ...decodeSampling(fields),
    ...decodeRest(fields),
    unread,
  };
}

function decodePrompt(value: unknown): ChatRequest['messages'][number]['parts'] {
  const prompts = isAbsent(value) ? [] : decodeTextInputs(value, 'prompt');
  const [prompt = ''] = prompts;
  if (prompts.length > 1) throw untranslatable('prompt', 'holds several prompts; send one request for each');
  if (typeof prompt !== 'string') throw untranslatable('prompt', 'is a list of token numbers; send it as text');
  return prompt === '' ? [] : [{ type: 'text', text: prompt }];
}

function decodeRest(fields: Fields): Pick<ChatRequest, 'suffix' | 'logprobs' | 'endUser'> {
  const suffix = isAbsent(fields.suffix) ? '' : readText(fields.suffix, 'suffix');
  const top = readCount(fields.logprobs, 'logprobs', 0);
  return {
    ...(suffix === '' ? {} : { suffix }),
    ...(top === null ? {} : { logprobs: { top } }),
    ...(isAbsent(fields.user) ? {} : { endUser: readText(fields.user, 'user') }),
  };
}

function untranslatable(field: string, problem: string): GatewayError {
  return new GatewayError('untranslatable', `${field} ${problem}.`, { field });
}
