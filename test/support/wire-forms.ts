/** How each chat format is asked and answers, in its smallest sound form, for tests that hold every pair of formats to one contract. */
import type { ProviderConfig } from '../../gateway/contract/config.ts';
import { type Answer, body, stream, type StreamFacts } from './upstream-answers.ts';

export type FormName = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini' | 'ollama';

/** A door as a bare client uses it. */
export interface DoorForm {
  path(model: string, isStream: boolean): string;
  body(model: string, isStream: boolean, content: string): object;
  /** What stands in a stream that is complete, and in no other. */
  readonly terminator: string;
  /** The last frame of one that broke off, with the words in the group `words`. */
  readonly errorFrame: RegExp;
  /** The pieces of text in what has come of a stream, each in a group `text`, as JSON. */
  readonly texts: RegExp;
}

/** A provider's side. Frames are whole: events with their blank line, or lines. */
export interface UpstreamForm {
  readonly id: string;
  /** @param origin of the server that plays it */
  provider(origin: string): Pick<ProviderConfig, 'id' | 'kind'> & Partial<ProviderConfig>;
  /** What comes before any text. */
  readonly opening: readonly string[];
  text(text: string): string;
  /** From the end of the text on; the usage is 3 and 4 tokens. */
  readonly closing: readonly string[];
  error(message: string): string;
  readonly contentType: string;
  whole(text: string): object;
}

const event = (payload: unknown): string => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;
const named = (payload: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${payload.type}\n${event(payload)}`;
const line = (payload: unknown): string => `${JSON.stringify(payload)}\n`;

const messagesOf = (content: string) => [{ role: 'user', content }];

export const doorForms: Readonly<Record<FormName, DoorForm>> = {
  'openai-chat': {
    path: () => '/v1/chat/completions',
    body: (model, isStream, content) => ({ model, stream: isStream, messages: messagesOf(content) }),
    terminator: 'data: [DONE]\n\n',
    errorFrame: /\n\ndata: \{"error":\{"message":"(?<words>[^"]*)"[^\n]*\}\}\n\n$/,
    texts: /"delta":\{[^}]*"content":(?<text>"[^"]*")/g,
  },
  'openai-responses': {
    path: () => '/v1/responses',
    body: (model, isStream, content) => ({ model, stream: isStream, input: content }),
    terminator: 'event: response.completed\n',
    errorFrame: /\n\nevent: (?:error|response\.failed)\ndata: \{[^\n]*"message":"(?<words>[^"]*)"[^\n]*\}\n\n$/,
    texts: /"type":"response\.output_text\.delta"[^\n]*"delta":(?<text>"[^"]*")/g,
  },
  'anthropic-messages': {
    path: () => '/v1/messages',
    body: (model, isStream, content) => ({ model, stream: isStream, max_tokens: 100, messages: messagesOf(content) }),
    terminator: 'event: message_stop\n',
    errorFrame: /\n\nevent: error\ndata: \{"type":"error","error":\{[^\n]*"message":"(?<words>[^"]*)"[^\n]*\}\}\n\n$/,
    texts: /"type":"text_delta","text":(?<text>"[^"]*")/g,
  },
  gemini: {
    path: (model, isStream) => `/v1beta/models/${model}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (_model, _isStream, content) => ({ contents: [{ role: 'user', parts: [{ text: content }] }] }),
    terminator: '"finishReason":',
    errorFrame: /\r\n\r\ndata: \{"error":\{"code":\d+,"message":"(?<words>[^"]*)"[^\n]*\}\}\r\n\r\n$/,
    texts: /\{"text":(?<text>"[^"]*")\}/g,
  },
  ollama: {
    path: () => '/api/chat',
    body: (model, isStream, content) => ({ model, stream: isStream, messages: messagesOf(content) }),
    terminator: '"done":true',
    errorFrame: /\n\{"error":"(?<words>[^"]*)"\}\n$/,
    texts: /"message":\{"role":"assistant","content":(?<text>"[^"]*")/g,
  },
};

const chatChunk = (choices: readonly object[], more: object = {}): string =>
  event({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_763_600_000, model: 'm', choices, ...more });

const geminiChunk = (parts: readonly object[], more: object = {}, outer: object = {}): string =>
  event({ candidates: [{ content: { role: 'model', parts }, index: 0, ...more }], modelVersion: 'm', responseId: 'r', ...outer });

const ollamaLine = (content: string, more: object): string =>
  line({ model: 'm', created_at: '2025-11-20T00:00:00Z', message: { role: 'assistant', content }, done: false, ...more });

const responseHead = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_763_600_000,
  model: 'm',
  status: 'in_progress',
  output: [],
};
const outputMessage = (text: string) => ({
  type: 'message',
  id: 'msg_1',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const responsesUsage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
const sseType = 'text/event-stream';

export const upstreamForms: Readonly<Record<FormName, UpstreamForm>> = {
  'openai-chat': {
    id: 'chat',
    provider: (origin) => ({ id: 'chat', kind: 'openai-compatible', baseUrl: `${origin}/v1`, dialects: ['openai-chat'] }),
    opening: [chatChunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])],
    text: (content) => chatChunk([{ index: 0, delta: { content }, finish_reason: null }]),
    closing: [
      chatChunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
      chatChunk([], { usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } }),
      event('[DONE]'),
    ],
    error: (message) => event({ error: { message, type: 'overloaded_error' } }),
    contentType: sseType,
    whole: (content) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_763_600_000,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    }),
  },
  'openai-responses': {
    id: 'responses',
    provider: (origin) => ({
      id: 'responses',
      kind: 'openai-compatible',
      baseUrl: `${origin}/v1`,
      dialects: ['openai-responses'],
    }),
    opening: [
      named({ type: 'response.created', response: responseHead }),
      named({
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: 'msg_1', status: 'in_progress', role: 'assistant', content: [] },
      }),
      named({
        type: 'response.content_part.added',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '', annotations: [] },
      }),
    ],
    text: (delta) => named({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta }),
    closing: [
      named({ type: 'response.output_item.done', output_index: 0, item: outputMessage('') }),
      named({ type: 'response.completed', response: { ...responseHead, status: 'completed', usage: responsesUsage } }),
    ],
    error: (message) =>
      named({
        type: 'response.failed',
        response: { ...responseHead, status: 'failed', error: { code: 'server_error', message } },
      }),
    contentType: sseType,
    whole: (text) => ({ ...responseHead, status: 'completed', output: [outputMessage(text)], usage: responsesUsage }),
  },
  'anthropic-messages': {
    id: 'claude',
    provider: (origin) => ({ id: 'claude', kind: 'anthropic-compatible', baseUrl: `${origin}/v1` }),
    opening: [
      named({
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      }),
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    text: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    closing: [
      named({ type: 'content_block_stop', index: 0 }),
      named({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } }),
      named({ type: 'message_stop' }),
    ],
    error: (message) => named({ type: 'error', error: { type: 'overloaded_error', message } }),
    contentType: sseType,
    whole: (text) => ({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 4 },
    }),
  },
  gemini: {
    id: 'google',
    provider: (origin) => ({ id: 'google', kind: 'gemini-compatible', baseUrl: `${origin}/v1beta` }),
    opening: [],
    text: (text) => geminiChunk([{ text }]),
    closing: [
      geminiChunk(
        [],
        { finishReason: 'STOP' },
        { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 } },
      ),
    ],
    error: (message) => event({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
    contentType: sseType,
    whole: (text) => ({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
      modelVersion: 'm',
      responseId: 'r',
    }),
  },
  ollama: {
    id: 'local',
    provider: (origin) => ({ id: 'local', kind: 'ollama', baseUrl: origin, dialects: ['ollama'] }),
    opening: [],
    text: (content) => ollamaLine(content, {}),
    closing: [ollamaLine('', { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 })],
    error: (message) => line({ error: message }),
    contentType: 'application/x-ndjson',
    whole: (content) => ({
      model: 'm',
      created_at: '2025-11-20T00:00:00Z',
      message: { role: 'assistant', content },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 3,
      eval_count: 4,
    }),
  },
};

export const formNames = Object.keys(doorForms) as readonly FormName[];

/** Every door with every provider of another format. */
export const translatedPairs: readonly (readonly [door: FormName, upstream: FormName])[] = formNames.flatMap((door) =>
  formNames.filter((upstream) => upstream !== door).map((upstream) => [door, upstream] as const),
);

/** These frames as an upstream of that format sends them, one chunk each. */
export function framesOf(form: UpstreamForm, frames: readonly (string | Buffer)[], facts: StreamFacts = {}): Answer {
  return stream(frames, { ...facts, headers: { 'content-type': form.contentType, ...facts.headers } });
}

/** A sound stream of these texts. */
export function soundFrames(form: UpstreamForm, texts: readonly string[]): readonly string[] {
  return [...form.opening, ...texts.map((text) => form.text(text)), ...form.closing];
}

/** A sound answer of these texts, streamed when `isStream`. */
export function soundAnswer(form: UpstreamForm, texts: readonly string[], isStream: boolean, facts: StreamFacts = {}): Answer {
  return isStream ? framesOf(form, soundFrames(form, texts), facts) : body(JSON.stringify(form.whole(texts.join(''))));
}

/** The text that a client of that door has read so far. */
export function textRead(form: DoorForm, received: string): string {
  return [...received.matchAll(form.texts)].map(({ groups }) => JSON.parse(groups?.['text'] ?? '""') as string).join('');
}
