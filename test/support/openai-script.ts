/** Makes a scripted upstream answer as OpenAI does: text, tool loop, JSON schema, streams, completions, embeddings, models. */
import { z } from 'zod';
import type { ReceivedRequest, Script } from './scripted-upstream.ts';
import { type Answer, json, sse } from './upstream-answers.ts';

const requestSchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() }).nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).default([]),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  input: z.union([z.string(), z.array(z.unknown())]).nullish(),
  encoding_format: z.string().nullish(),
});
type OpenAiRequest = z.infer<typeof requestSchema>;

export interface OpenAiScriptFacts {
  /** The words of a text answer. */
  readonly text?: string;
  /** What a structured answer holds. */
  readonly object?: unknown;
  /** The tool that is called; the first offered one when left out. */
  readonly toolName?: string;
  /** The arguments of the one tool call. */
  readonly toolArguments?: unknown;
  /** Milliseconds between two pieces of a stream. */
  readonly gapMs?: number;
  /** The models that it lists. */
  readonly models?: readonly string[];
}

/** Headers that come with OpenAI's answers, those of its CDN included. */
export const openAiHeaders = {
  'openai-organization': 'org-upstream',
  'openai-processing-ms': '312',
  'openai-version': '2020-10-01',
  'set-cookie': '__cf_bm=secret; path=/; HttpOnly',
  'cf-ray': '9e4faf9f7e594f9c-LHR',
  'alt-svc': 'h3=":443"; ma=86400',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
  'x-request-id': 'req_of_the_upstream',
} as const;

export const openAiUsage = {
  prompt_tokens: 21,
  completion_tokens: 13,
  total_tokens: 34,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 5 },
};

const created = 1_763_600_000;

interface Content {
  readonly text: string;
  readonly call: { readonly name: string; readonly argumentsJson: string } | null;
}

/** A tool is called once: after its result the answer is text that quotes it. */
function contentFor(request: OpenAiRequest, facts: OpenAiScriptFacts): Content {
  const last = request.messages.at(-1);
  const tools = request.tools ?? [];
  const tool = facts.toolName === undefined ? tools[0] : tools.find((one) => one.function.name === facts.toolName);
  if (tool && last?.role !== 'tool') {
    return { text: '', call: { name: tool.function.name, argumentsJson: JSON.stringify(facts.toolArguments ?? {}) } };
  }
  if (last?.role === 'tool') return { text: `The tool said: ${textOf(last.content)}`, call: null };
  const isStructured = request.response_format && request.response_format.type !== 'text';
  return { text: isStructured ? JSON.stringify(facts.object ?? {}) : (facts.text ?? 'Hello from upstream.'), call: null };
}

const textOf = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content));

const callId = 'call_1';

function wholeChat(request: OpenAiRequest, content: Content): Answer {
  const call = content.call;
  const toolCalls = call && [{ id: callId, type: 'function', function: { name: call.name, arguments: call.argumentsJson } }];
  const message = {
    role: 'assistant',
    content: call ? null : content.text,
    refusal: null,
    annotations: [],
    ...(toolCalls && { tool_calls: toolCalls }),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: call ? 'tool_calls' : 'stop' }];
  const facts = { id: 'chatcmpl-1', object: 'chat.completion', created, model: request.model, choices, usage: openAiUsage };
  return json({ ...facts, service_tier: 'default', system_fingerprint: 'fp_1' }, { headers: openAiHeaders });
}

/** Words with the space before them, as models cut their text. */
const piecesOf = (text: string) => text.match(/\s*\S+|\s+$/g) ?? [''];

function deltasOf(content: Content): object[] {
  const { call } = content;
  if (!call) return piecesOf(content.text).map((text) => ({ content: text }));
  const start = { index: 0, id: callId, type: 'function', function: { name: call.name, arguments: '' } };
  const rest = (call.argumentsJson.match(/[\s\S]{1,5}/g) ?? []).map((text) => ({ index: 0, function: { arguments: text } }));
  return [start, ...rest].map((part) => ({ tool_calls: [part] }));
}

/**
 * `"usage":null` stands in every chunk but the last when usage was asked for, and in none when it was not; padding that hides
 * the length of tokens stands in all.
 */
function streamedChat(request: OpenAiRequest, content: Content, gapMs: number): Answer {
  const withUsage = request.stream_options?.include_usage === true;
  const padded = request.stream_options?.include_obfuscation !== false;
  const event = (choices: readonly object[], usage: object | null, number: number) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created,
    model: request.model,
    service_tier: 'default',
    system_fingerprint: 'fp_1',
    choices,
    ...(withUsage && { usage }),
    ...(padded && { obfuscation: 'aZ3kQ9'.slice(number % 5) }),
  });
  const deltas: readonly { readonly delta: object; readonly finish_reason: string | null }[] = [
    { delta: { role: 'assistant', content: content.call ? null : '', refusal: null }, finish_reason: null },
    ...deltasOf(content).map((delta) => ({ delta, finish_reason: null })),
    { delta: {}, finish_reason: content.call ? 'tool_calls' : 'stop' },
  ];
  const chunks = deltas.map((part, number) =>
    event([{ index: 0, delta: part.delta, logprobs: null, finish_reason: part.finish_reason }], null, number),
  );
  const last = withUsage ? [event([], openAiUsage, 0)] : [];
  return sse([...chunks, ...last, '[DONE]'], { gapMs, headers: openAiHeaders });
}

function completion(request: OpenAiRequest, text: string, gapMs: number): Answer {
  const withUsage = request.stream_options?.include_usage === true;
  const event = (choices: readonly object[], more: object) => ({
    id: 'cmpl-1',
    object: 'text_completion',
    created,
    choices,
    model: request.model,
    ...more,
  });
  const choice = (piece: string, reason: string | null) => ({ text: piece, index: 0, logprobs: null, finish_reason: reason });
  if (!request.stream) return json(event([choice(text, 'stop')], { usage: openAiUsage }), { headers: openAiHeaders });
  const more = withUsage ? { usage: null } : {};
  const chunks = [...piecesOf(text).map((piece) => choice(piece, null)), choice('', 'stop')].map((one) => event([one], more));
  const last = withUsage ? [event([], { usage: openAiUsage })] : [];
  return sse([...chunks, ...last, '[DONE]'], { gapMs, headers: openAiHeaders });
}

/** One vector for each input; base64 is what the official SDK asks for. */
function embeddings(request: OpenAiRequest): Answer {
  const inputs = Array.isArray(request.input) ? request.input : [request.input];
  const vector = [0.5, -0.25, 0.125];
  const embedding =
    request.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
  const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding }));
  return json(
    { object: 'list', data, model: request.model, usage: { prompt_tokens: 9, total_tokens: 9 } },
    { headers: openAiHeaders },
  );
}

function answerPost(received: ReceivedRequest, path: string, facts: OpenAiScriptFacts): Answer | null {
  const request = requestSchema.parse(received.json());
  const gapMs = facts.gapMs ?? 0;
  if (path === '/v1/embeddings') return embeddings(request);
  if (path === '/v1/completions') return completion(request, facts.text ?? 'Hello from upstream.', gapMs);
  if (path !== '/v1/chat/completions') return null;
  const content = contentFor(request, facts);
  return request.stream ? streamedChat(request, content, gapMs) : wholeChat(request, content);
}

/** A script for `startScriptedUpstream` that behaves as OpenAI's API does. */
export function openAiScript(facts: OpenAiScriptFacts = {}): Script {
  return (received) => {
    const path = received.target.split('?')[0] ?? '';
    if (received.method === 'GET' && path === '/v1/models') {
      const data = (facts.models ?? ['gpt-test']).map((id) => ({ id, object: 'model', created, owned_by: 'openai' }));
      return json({ object: 'list', data });
    }
    const answer = received.method === 'POST' ? answerPost(received, path, facts) : null;
    const error = {
      message: `Unknown request URL: ${received.method} ${path}`,
      type: 'invalid_request_error',
      param: null,
      code: 'unknown_url',
    };
    return answer ?? json({ error }, { status: 404 });
  };
}
