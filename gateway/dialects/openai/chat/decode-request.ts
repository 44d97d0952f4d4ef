/** Reads the body of `POST /chat/completions` into the inner language. */
import type { ChatRequest, ResponseFormat } from '../../../chat/request.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeTools } from './decode-tools.ts';
import { isAbsent, isFields, readBody, readChoice, readCount, readFields, readFlag, readName } from '../../json/fields.ts';
import type { Fields } from '../../json/fields.ts';

/**
 * Fields it does not know are no fault: this API grows.
 * @throws GatewayError `bad-request`, its `field` a dotted path such as `messages.2.role`
 */
export function decodeChatRequest(body: unknown): ChatRequest {
  const fields = readBody(body);
  return {
    model: readName(fields.model, 'model'),
    messages: decodeMessages(fields.messages),
    ...decodeTools(fields),
    responseFormat: decodeResponseFormat(fields.response_format),
    maxOutputTokens:
      readCount(fields.max_completion_tokens, 'max_completion_tokens', 1) ?? readCount(fields.max_tokens, 'max_tokens', 1),
    ...decodeStreaming(fields),
  };
}

/** The two stream fields that chat and legacy completions have in common. */
export function decodeStreaming(fields: Fields): { readonly stream: boolean; readonly streamUsage: boolean } {
  const { stream_options: options } = fields;
  const includeUsage = isAbsent(options) ? null : readFields(options, 'stream_options').include_usage;
  return { stream: readFlag(fields.stream, 'stream'), streamUsage: readFlag(includeUsage, 'stream_options.include_usage') };
}

/** A `json_schema` without a schema asks for any JSON value. */
function decodeResponseFormat(value: unknown): ResponseFormat {
  if (isAbsent(value)) return { type: 'text' };
  const format = readFields(value, 'response_format');
  const type = readChoice(format.type, 'response_format.type', ['text', 'json_object', 'json_schema']);
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json' };
  const { schema } = readFields(format.json_schema, 'response_format.json_schema');
  if (isAbsent(schema)) return { type: 'json-schema', schema: {} };
  return { type: 'json-schema', schema: isFields(schema) ? schema : readFields(schema, 'response_format.json_schema.schema') };
}
