/** Reads the body of `POST /v1/messages` (platform.claude.com/docs/en/api/messages). */
import { GatewayError } from '../../../chat/error.ts';
import type { ChatMessage, ChatRequest, ResponseFormat } from '../../../chat/request.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readBody,
  readCount,
  readFlag,
  readList,
  readName,
  readText,
} from '../../json/fields.ts';
import { refuse } from '../../json/fields.ts';
import { decodeMessages, decodeSystem } from './decode-messages.ts';
import { decodeReasoning } from './decode-reasoning.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import { applyToolChanges } from './tool-changes.ts';
import { Unread } from './unread.ts';

const readFieldNames = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'service_tier',
]);

/** @throws GatewayError `bad-request`, its `field` a dotted path such as `messages.2.role` */
export function decodeRequest(body: unknown): ChatRequest {
  const fields = readBody(body);
  const maxOutputTokens = readCount(fields.max_tokens, 'max_tokens', 1);
  if (maxOutputTokens === null) {
    refuse('max_tokens', 'is missing; it must be a whole number of at least 1', 'missing_required_parameter');
  }
  return decodeFields(fields, maxOutputTokens);
}

function decodeFields(fields: Fields, maxOutputTokens: number | null): ChatRequest {
  const unread = new Unread();
  refuseContinuation(fields.thread);
  const request = {
    model: readName(fields.model, 'model'),
    messages: decodeConversation(fields, unread),
    tools: decodeTools(offeredTools(fields), unread),
    ...decodeToolChoice(fields.tool_choice, unread),
    responseFormat: decodeResponseFormat(fields, unread),
    maxOutputTokens,
    stream: readFlag(fields.stream, 'stream'),
    streamUsage: true,
    ...decodeSampling(fields),
    ...decodeReasoning(fields, unread),
    ...decodeOrigin(fields, unread),
  };
  unread.rest(fields, readFieldNames, '');
  return { ...request, unread: unread.paths };
}

/**
 * A thread lets a client send only what is new, and the server that answered before keeps the rest. Nobody keeps it here, and the
 * official SDKs, told so by this code, send the whole conversation; a thread that only begins holds it anyway.
 */
function refuseContinuation(thread: unknown): void {
  if (!isFields(thread) || thread.type !== 'continue') return;
  const words = 'The rest of this conversation is not kept here; send all of its messages.';
  throw new GatewayError('bad-request', words, { status: 404, code: 'thread_not_found', field: 'thread.previous_message_id' });
}

function decodeConversation(fields: Fields, unread: Unread): readonly ChatMessage[] {
  const system = decodeSystem(fields.system, unread);
  return [...system, ...decodeMessages(readList(fields.messages, 'messages'), unread)];
}

function offeredTools({ tools, messages }: Fields): readonly unknown[] {
  return applyToolChanges(isAbsent(tools) ? [] : readList(tools, 'tools'), readList(messages, 'messages'));
}

function decodeSampling(fields: Fields): Pick<ChatRequest, 'temperature' | 'topP' | 'topK' | 'stop'> {
  const temperature = readNumber(fields.temperature, 'temperature');
  const topP = readNumber(fields.top_p, 'top_p');
  const topK = readCount(fields.top_k, 'top_k', 0);
  const stop = isAbsent(fields.stop_sequences) ? [] : readList(fields.stop_sequences, 'stop_sequences');
  const texts = stop.map((each, index) => readText(each, `stop_sequences.${index}`));
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(topK === null ? {} : { topK }),
    ...(texts.length === 0 ? {} : { stop: texts }),
  };
}

function readNumber(value: unknown, field: string): number | null {
  if (isAbsent(value)) return null;
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(field, 'must be a number', 'invalid_type');
}

/** `output_format` is where the schema stood before it moved into `output_config`. */
function decodeResponseFormat(fields: Fields, unread: Unread): ResponseFormat {
  const config = isFields(fields.output_config) ? fields.output_config : {};
  const path = isAbsent(config.format) ? 'output_format' : 'output_config.format';
  const format = config.format ?? fields.output_format;
  if (isAbsent(format)) return { type: 'text' };
  if (isFields(format) && format.type === 'json_schema' && isFields(format.schema)) {
    return { type: 'json-schema', schema: format.schema };
  }
  unread.add(path);
  return { type: 'text' };
}

function decodeOrigin(fields: Fields, unread: Unread): Pick<ChatRequest, 'endUser' | 'serviceTier'> {
  const metadata = isFields(fields.metadata) ? fields.metadata : {};
  unread.rest(metadata, new Set(['user_id']), 'metadata');
  const tier = decodeServiceTier(fields.service_tier, unread);
  return {
    ...(typeof metadata.user_id === 'string' && metadata.user_id !== '' ? { endUser: metadata.user_id } : {}),
    ...(tier === null ? {} : { serviceTier: tier }),
  };
}

/** What Anthropic calls `standard_only` is `default` elsewhere. */
function decodeServiceTier(tier: unknown, unread: Unread): string | null {
  if (isAbsent(tier)) return null;
  if (tier === 'auto') return 'auto';
  if (tier === 'standard_only') return 'default';
  unread.add('service_tier');
  return null;
}
