/** A scripted OpenAI for conformance suites: it knows nothing, but it respects every wish of a request that such suites measure. */
import { z } from 'zod';
import type { Schema } from './agent-model/agent-turn.ts';
import { textOf } from './agent-model/reading.ts';
import type { ReceivedRequest, Script } from './scripted-upstream.ts';
import { type Answer, json, sse } from './upstream-answers.ts';

const chatSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown().optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  n: z.number().int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  reasoning_effort: z.string().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().nullish(),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }) })).nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .looseObject({ type: z.string(), json_schema: z.looseObject({ schema: z.unknown().optional() }).nullish() })
    .nullish(),
});
type ChatBody = z.infer<typeof chatSchema>;

interface Reply {
  /** Words of thought. */
  readonly thoughts: readonly string[];
  readonly words: readonly string[];
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[];
  readonly reason: 'stop' | 'length' | 'tool_calls';
}

/** A value that a schema allows. */
function exampleOf(value: unknown): unknown {
  const schema = (typeof value === 'object' && value !== null ? value : {}) as Schema & { const?: unknown };
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const { properties = {} } = schema;
  const values: Readonly<Record<string, unknown>> = { boolean: true, number: 1.5, integer: 42, string: 'Ada', array: [] };
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items)] : [];
  if (schema.type !== 'object') return values[String(schema.type)] ?? null;
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, exampleOf(one)]));
}

function replyTo(body: ChatBody): Reply {
  const thinks = typeof body.reasoning_effort === 'string' && body.reasoning_effort !== 'none';
  const thoughts = thinks ? ['Let', ' me', ' think', ' of', ' it.'] : [];
  const last = body.messages.at(-1);
  const isNamed = typeof body.tool_choice === 'object' && body.tool_choice !== null;
  const wantsCall = body.tool_choice === 'required' || isNamed || last?.role !== 'tool';
  if (body.tools && body.tools.length > 0 && body.tool_choice !== 'none' && wantsCall) {
    const named = z.looseObject({ function: z.looseObject({ name: z.string() }) }).safeParse(body.tool_choice);
    const tool = body.tools.find((one) => one.function.name === named.data?.function.name) ?? body.tools[0];
    const input = JSON.stringify(exampleOf(tool?.function.parameters));
    const count = body.parallel_tool_calls === false || isNamed ? 1 : 2;
    const calls = Array.from({ length: count }, (_, index) => ({ id: `call_${index}`, name: tool?.function.name ?? '', input }));
    return { thoughts, words: [], calls, reason: 'tool_calls' };
  }
  const words = wordsOf(body);
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY;
  const left = Math.max(0, limit - thoughts.length);
  const reason = words.length > left ? 'length' : 'stop';
  return { thoughts: thoughts.slice(0, limit), words: words.slice(0, left), calls: [], reason };
}

/** It says again what it was told, so that whoever asks whether it was told finds it. */
function wordsOf({ messages, response_format: format, stop }: ChatBody): readonly string[] {
  const schema = format?.json_schema?.schema;
  const isJson = format !== null && format !== undefined && format.type !== 'text';
  const heard = messages.map(({ content }) => textOf(content)).join(' ');
  const text = isJson
    ? JSON.stringify(schema === undefined ? { answer: 42 } : exampleOf(schema))
    : `I was told: ${heard} That is all.`;
  const ends = (typeof stop === 'string' ? [stop] : (stop ?? [])).map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends)).match(/\s*\S+|\s+$/g) ?? [];
}

function usageOf(body: ChatBody, { thoughts, words, calls }: Reply) {
  const input = Math.ceil(JSON.stringify(body.messages).length / 4);
  const output = Math.max(1, thoughts.length + words.length + calls.length * 8) * (body.n ?? 1);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thoughts.length },
  };
}

const logprobOf = (token: string, count: number) => ({
  token,
  logprob: -0.25,
  bytes: [...Buffer.from(token)],
  top_logprobs: Array.from({ length: count }, (_, rank) => ({
    token: rank === 0 ? token : `${token}${rank}`,
    logprob: -0.25 - rank,
    bytes: [...Buffer.from(token)],
  })),
});

function chat(body: ChatBody): Answer {
  const reply = replyTo(body);
  const head = {
    id: 'chatcmpl-1',
    created: 1_763_600_000,
    model: body.model,
    system_fingerprint: 'fp_1',
    service_tier: 'default',
  };
  const usage = usageOf(body, reply);
  const choices = Array.from({ length: body.n ?? 1 }, (_, index) => index);
  const logprobs = (words: readonly string[]) =>
    body.logprobs ? { content: words.map((word) => logprobOf(word, body.top_logprobs ?? 0)), refusal: null } : null;
  const calls = reply.calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: input } }));
  if (!body.stream) {
    const content = reply.calls.length > 0 ? null : reply.words.join('');
    const thought = reply.thoughts.length > 0 && { reasoning_content: reply.thoughts.join('') };
    const message = { role: 'assistant', content, refusal: null, ...thought, ...(calls.length > 0 && { tool_calls: calls }) };
    const whole = choices.map((index) => ({ index, message, logprobs: logprobs(reply.words), finish_reason: reply.reason }));
    return json({ ...head, object: 'chat.completion', choices: whole, usage });
  }
  const chunk = (some: readonly object[], more: object = {}) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: some,
    ...more,
  });
  const parts = choices.flatMap((index) => [
    { index, delta: { role: 'assistant', content: '' }, finish_reason: null },
    ...reply.thoughts.map((reasoning_content) => ({ index, delta: { reasoning_content }, finish_reason: null })),
    ...reply.words.map((content) => ({ index, delta: { content }, logprobs: logprobs([content]), finish_reason: null })),
    ...calls.map((call, place) => ({ index, delta: { tool_calls: [{ ...call, index: place }] }, finish_reason: null })),
    { index, delta: {}, finish_reason: reply.reason },
  ]);
  const end = body.stream_options?.include_usage ? [chunk([], { usage })] : [];
  return sse([...parts.map((part) => chunk([part])), ...end, '[DONE]']);
}

function refuse(message: string, param: string | null = null): Answer {
  return json({ error: { message, type: 'invalid_request_error', param, code: null } }, { status: 400 });
}

function embeddings(received: ReceivedRequest): Answer {
  const read = z
    .looseObject({ model: z.string(), input: z.union([z.string(), z.array(z.unknown()).min(1)]) })
    .safeParse(received.json());
  if (!read.success) return refuse('input is missing', 'input');
  const { input, dimensions, encoding_format: format, model } = read.data;
  const inputs = Array.isArray(input) ? input : [input];
  const vectors = inputs.map((one) =>
    Array.from({ length: typeof dimensions === 'number' ? dimensions : 8 }, (_, index) =>
      Math.fround(1 / (index + String(one).length + 1)),
    ),
  );
  const written = vectors.map((vector) =>
    format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector,
  );
  const data = written.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return json({ object: 'list', data, model, usage: { prompt_tokens: inputs.length * 3, total_tokens: inputs.length * 3 } });
}

function completion(received: ReceivedRequest): Answer {
  const read = z
    .looseObject({ model: z.string(), prompt: z.unknown().optional(), max_tokens: z.number().nullish() })
    .safeParse(received.json());
  if (!read.success) return refuse('model is missing', 'model');
  const words = `${String(read.data.prompt)} and so on.`.match(/\s*\S+/g) ?? [];
  const limit = read.data.max_tokens ?? 16;
  const reason = words.length > limit ? 'length' : 'stop';
  const choices = [{ text: words.slice(0, limit).join(''), index: 0, logprobs: null, finish_reason: reason }];
  const usage = {
    prompt_tokens: 4,
    completion_tokens: Math.min(limit, words.length),
    total_tokens: 4 + Math.min(limit, words.length),
  };
  return json({ id: 'cmpl-1', object: 'text_completion', created: 1_763_600_000, model: read.data.model, choices, usage });
}

/** The model's name. */
export const probeModel = 'probe-model';

/** Answers `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings` and `/v1/models`. */
export const probeScript: Script = (received) => {
  const path = received.target.split('?')[0];
  if (received.method === 'GET' && path === '/v1/models') {
    return json({ object: 'list', data: [{ id: probeModel, object: 'model', created: 1_763_600_000, owned_by: 'openai' }] });
  }
  try {
    if (path === '/v1/embeddings') return embeddings(received);
    if (path === '/v1/completions') return completion(received);
    if (path !== '/v1/chat/completions') return json({ error: { message: 'not here' } }, { status: 404 });
    const read = chatSchema.safeParse(received.json());
    return read.success
      ? chat(read.data)
      : refuse(read.error.issues[0]?.message ?? '', read.error.issues[0]?.path.join('.') ?? null);
  } catch {
    return refuse('the body is no JSON');
  }
};
