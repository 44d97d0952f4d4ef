/** Reads the body of `POST /chat/completions` into the inner language. */
import type { ChatRequest, ResponseFormat } from '../../../../chat/request.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readBody,
  readChoice,
  readCount,
  readFields,
  readName,
  readText,
} from '../../../json/fields.ts';
import type { RequestPlace } from '../../../codec.ts';
import { decodeSampling, decodeStreaming, samplingFields } from '../../decode-sampling.ts';
import { noteUnread } from '../../unread.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeReasoningWish, reasoningFields } from './decode-reasoning-wish.ts';
import { decodeTools } from './decode-tools.ts';
import { decodeWishes, wishFields } from './decode-wishes.ts';

const knownFields = new Set([
  ...samplingFields,
  ...reasoningFields,
  ...wishFields,
  'model',
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'response_format',
  'max_tokens',
  'max_completion_tokens',
]);

/**
 * Fields it does not know are no fault: this API grows.
 * @throws GatewayError `bad-request`, its `field` a dotted path such as `messages.2.role`
 */
export function decodeChatRequest(body: unknown, place: RequestPlace): ChatRequest {
  const fields = readBody(body);
  const unread: string[] = [];
  noteUnread(unread, fields, knownFields, '');
  return {
    model: place.model ?? readName(fields.model, 'model'),
    messages: decodeMessages(fields.messages, unread),
    ...decodeTools(fields, unread),
    responseFormat: decodeResponseFormat(fields.response_format, unread),
    maxOutputTokens:
      readCount(fields.max_completion_tokens, 'max_completion_tokens', 1) ?? readCount(fields.max_tokens, 'max_tokens', 1),
    ...decodeStreaming(fields, unread),
    ...decodeSampling(fields),
    ...decodeReasoningWish(fields, unread),
    ...decodeWishes(fields, unread),
    unread,
  };
}

const knownSchemaFields = new Set(['name', 'description', 'schema', 'strict']);

/** A `json_schema` without a schema asks for any JSON value. */
function decodeResponseFormat(value: unknown, unread: string[]): ResponseFormat {
  if (isAbsent(value)) return { type: 'text' };
  const format = readFields(value, 'response_format');
  const type = readChoice(format.type, 'response_format.type', ['text', 'json_object', 'json_schema']);
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json' };
  const asked = readFields(format.json_schema, 'response_format.json_schema');
  noteUnread(unread, asked, knownSchemaFields, 'response_format.json_schema.');
  return { type: 'json-schema', schema: decodeSchema(asked.schema), ...decodeSchemaFacts(asked) };
}

function decodeSchema(schema: unknown): Fields {
  if (isAbsent(schema)) return {};
  return isFields(schema) ? schema : readFields(schema, 'response_format.json_schema.schema');
}

function decodeSchemaFacts({ name, description, strict }: Fields) {
  const field = 'response_format.json_schema';
  return {
    ...(isAbsent(name) ? {} : { name: readText(name, `${field}.name`) }),
    ...(isAbsent(description) ? {} : { description: readText(description, `${field}.description`) }),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}
