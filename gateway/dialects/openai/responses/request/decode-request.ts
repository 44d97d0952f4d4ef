/** Reads the body of `POST /responses` into the inner language. */
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatMessage, ChatRequest } from '../../../../chat/request.ts';
import type { RequestPlace } from '../../../codec.ts';
import { type Fields, isAbsent, readBody, readCount, readFields, readFlag, readName, readText } from '../../../json/fields.ts';
import { decodeInput } from './decode-input.ts';
import { decodeSettings } from './decode-settings.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';

/** Everything that is read somewhere; what else stands in a body is named in `unread`. */
const known: ReadonlySet<string> = new Set([
  'background',
  'conversation',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'metadata',
  'model',
  'parallel_tool_calls',
  'prompt',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]);

/** What an answer repeats of its request. */
const echoed = [
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const;

/**
 * Fields it does not know are no fault: this API grows. Source: the types of the official SDK and what real programs send.
 * @param body its `previous_response_id` has been replaced by the turns it stands for
 * @throws GatewayError `bad-request`, its `field` a dotted path such as `input.2.role`; `untranslatable` for what means another
 * protocol (`background`) or state at OpenAI (`conversation`, `prompt`, items by their id)
 */
export function decodeRequest(body: unknown, place: RequestPlace): ChatRequest {
  const fields = readBody(body);
  refuseForeignState(fields);
  const unread = unknownFields(fields);
  const { messages, tools: added } = decodeInput(fields.input, unread);
  return {
    model: place.model ?? readName(fields.model, 'model'),
    messages: [...decodeInstructions(fields.instructions), ...messages],
    tools: [...decodeTools(fields.tools, 'tools', unread), ...added],
    toolChoice: decodeToolChoice(fields.tool_choice, unread),
    maxOutputTokens: readCount(fields.max_output_tokens, 'max_output_tokens', 1),
    stream: place.stream ?? readFlag(fields.stream, 'stream'),
    streamUsage: true,
    ...decodeSettings(fields, unread),
    unread,
    echo: Object.fromEntries(echoed.flatMap((name) => (isAbsent(fields[name]) ? [] : [[name, fields[name]]]))),
  };
}

/** Leaving these out would give an answer to another question, or in a form that the client does not wait for. */
function refuseForeignState(fields: Fields): void {
  if (readFlag(fields.background, 'background')) {
    throw untranslatable('background', 'Answers in the background are another protocol');
  }
  if (!isAbsent(fields.conversation)) throw untranslatable('conversation', 'A conversation that OpenAI keeps');
  if (!isAbsent(fields.prompt)) throw untranslatable('prompt', 'A prompt that OpenAI keeps');
}

function untranslatable(field: string, what: string): GatewayError {
  return new GatewayError('untranslatable', `${what} cannot be asked of another provider: leave out ${field}.`, { field });
}

function unknownFields(fields: Fields): string[] {
  const unread = Object.keys(fields).filter((name) => !known.has(name) && !isAbsent(fields[name]));
  if (!isAbsent(fields.truncation) && fields.truncation !== 'disabled') unread.push('truncation');
  if (isAbsent(fields.stream_options)) return unread;
  // Padding against traffic analysis is never sent, so a wish about it is met.
  const options = Object.keys(readFields(fields.stream_options, 'stream_options'));
  return [...unread, ...options.filter((name) => name !== 'include_obfuscation').map((name) => `stream_options.${name}`)];
}

function decodeInstructions(value: unknown): readonly ChatMessage[] {
  if (isAbsent(value)) return [];
  const text = readText(value, 'instructions');
  return text === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text }] }];
}
