/** Reads the body of the legacy `POST /completions`, which autocomplete plugins still use. */
import { decodeStreaming } from '../chat/decode-request.ts';
import { decodeTextInputs } from '../decode-text-inputs.ts';
import type { TextInput } from '../decode-text-inputs.ts';
import { isAbsent, readBody, readCount, readName, readText } from '../../json/fields.ts';

export interface CompletionRequest {
  readonly model: string;
  readonly prompts: readonly TextInput[];
  /** What follows the gap to be filled; null when there is no gap. */
  readonly suffix: string | null;
  readonly maxOutputTokens: number | null;
  readonly stream: boolean;
  readonly streamUsage: boolean;
}

/**
 * A missing prompt is an empty one.
 * @throws GatewayError `bad-request`, its `field` a dotted path such as `prompt.1`
 */
export function decodeCompletionRequest(body: unknown): CompletionRequest {
  const fields = readBody(body);
  return {
    model: readName(fields.model, 'model'),
    prompts: isAbsent(fields.prompt) ? [''] : decodeTextInputs(fields.prompt, 'prompt'),
    suffix: isAbsent(fields.suffix) ? null : readText(fields.suffix, 'suffix'),
    maxOutputTokens: readCount(fields.max_tokens, 'max_tokens', 0),
    ...decodeStreaming(fields),
  };
}
