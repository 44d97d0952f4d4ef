/** What we write, read by Anthropic's own SDK. */
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { encodeTokenCount } from '../../../../gateway/dialects/anthropic-messages/count-tokens.ts';
import { encodeAnthropicModels } from '../../../../gateway/dialects/anthropic-messages/encode-model-list.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';
import { encodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/encode-answer.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';
import { listed } from '../listed-models.ts';
import { answerOptions, encodeStream } from './codec-driver.ts';
import { callStart, input, interleaved, interleavedContent, start, stop, usage } from './written-answers.ts';

/** A client whose requests are answered by these, in order. */
function clientOf(...answers: readonly Response[]) {
  const left = [...answers];
  const fetch = async (): Promise<Response> => left.shift() ?? new Response('no more answers', { status: 500 });
  return new Anthropic({ apiKey: 'k', baseURL: 'http://gateway.test', maxRetries: 0, fetch });
}

const sse = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const json = (value: unknown, status = 200) =>
  new Response(typeof value === 'string' ? value : JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json' },
  });

const asked = { model: 'm', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };

async function streamed(events: readonly ChatEvent[]) {
  return clientOf(sse(encodeStream(events)))
    .messages.stream(asked)
    .finalMessage();
}

describe("the SDK's stream", () => {
  test('interleaved calls, thoughts with seals and text are put together as they were meant', async () => {
    const message = await streamed(interleaved);
    expect(JSON.parse(JSON.stringify(message.content))).toEqual(interleavedContent);
    expect(message).toMatchObject({
      id: 'msg_abc',
      model: 'gpt-x',
      role: 'assistant',
      stop_reason: 'tool_use',
      stop_sequence: null,
    });
    expect(message.usage).toMatchObject({
      input_tokens: 6,
      cache_creation_input_tokens: 4,
      cache_read_input_tokens: 20,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 3 },
    });
  });

  test('the stream and the whole answer say the same', async () => {
    const { content, usage: counted, ...rest } = encodeAnswer(interleaved, answerOptions());
    const message = await streamed(interleaved);
    expect(message).toMatchObject(rest);
    expect(JSON.parse(JSON.stringify(message.content))).toEqual(content);
    expect(message.usage.output_tokens).toBe(counted.output_tokens);
    const whole = await clientOf(json(encodeAnswer(interleaved, answerOptions()))).messages.create(asked);
    expect(whole.content).toEqual(interleavedContent);
  });

  test('an answer of which nobody counted the tokens is complete, with the estimate of its input', async () => {
    const message = await streamed([start, { type: 'text', text: 'Hello' }, stop]);
    expect(message.usage).toMatchObject({ input_tokens: 7, output_tokens: 0, cache_read_input_tokens: 0 });
    expect(message.stop_reason).toBe('end_turn');
  });

  test('hidden thoughts, thoughts without a seal and citations arrive', async () => {
    const citation = { url: 'https://a', title: 'A', quote: 'q', start: 0, end: 3 };
    const message = await streamed([
      start,
      { type: 'reasoning', text: 'bare' },
      { type: 'reasoning-end', seal: null, redacted: false },
      { type: 'reasoning-end', seal: { maker: 'openai', data: 'h' }, redacted: true },
      { type: 'text', text: 'See' },
      { type: 'citation', citation },
      stop,
    ]);
    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'bare', signature: '' },
      { type: 'redacted_thinking', data: 'gatehouse.openai.h' },
      {
        type: 'text',
        text: 'See',
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://a',
            title: 'A',
            cited_text: 'q',
            encrypted_index: 'gatehouse.none',
          },
        ],
      },
    ]);
  });

  test('an error inside the stream reaches the program as an error', async () => {
    const error = new GatewayError('upstream-failed', 'The provider is overloaded.', { status: 529 });
    const broken = encodeStream([start, { type: 'text', text: 'Hel' }, stop]).split('event: content_block_stop')[0];
    const client = clientOf(sse(broken + anthropicMessages.encodeStreamError(error)));
    await expect(client.messages.stream(asked).finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' });
  });

  test('an error answer has the class that the SDK knows for its status', async () => {
    const error = new GatewayError('upstream-rate-limit', 'Slow down.');
    const client = clientOf(json(anthropicMessages.encodeError(error), error.status));
    await expect(client.messages.create(asked)).rejects.toBeInstanceOf(Anthropic.RateLimitError);
  });
});

describe("the SDK's loop over tools", () => {
  const seal = { maker: 'gemini', data: 'ts' } as const;
  const calls: ChatEvent[] = [
    start,
    { type: 'text', text: 'I look.' },
    callStart(0, { name: 'weather', seal }),
    input(0, '{"city":"Oslo"}'),
    { type: 'tool-end', index: 0 },
    stop,
  ];
  const words: ChatEvent[] = [start, { type: 'text', text: 'Rain.' }, usage, stop];
  const weather = {
    type: 'custom' as const,
    name: 'weather',
    description: 'The weather of a city',
    input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
    parse: (content: unknown) => content,
    run: async (content: unknown) => `rain in ${Object(content).city}`,
  };

  /** A gateway in one function: calls the tool first, and speaks when it has the result. */
  function answer(body: unknown, read: ChatRequest[]): Response {
    try {
      const request = decodeRequest(body);
      read.push(request);
      const events = request.messages.at(-1)?.role === 'tool' ? words : calls;
      return request.stream ? sse(encodeStream(events)) : json(encodeAnswer(events, answerOptions()));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return json(anthropicMessages.encodeError(error), error.status);
    }
  }

  test.each([true, false])('a call is run, and its result and the seals come back as they were (stream: %s)', async (stream) => {
    const read: ChatRequest[] = [];
    const fetch = async (_url: unknown, init?: { readonly body?: unknown }) => answer(JSON.parse(String(init?.body)), read);
    const client = new Anthropic({ apiKey: 'k', baseURL: 'http://gateway.test', maxRetries: 0, fetch });
    const last = await client.beta.messages.toolRunner({ ...asked, stream, tools: [weather] }).runUntilDone();
    expect(last.content).toMatchObject([{ type: 'text', text: 'Rain.' }]);
    expect(read.at(-1)?.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'I look.' },
          { type: 'tool-call', id: 'call_0', name: 'weather', kind: 'function', input: '{"city":"Oslo"}', seal },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 'call_0',
            name: null,
            content: [{ type: 'text', text: 'rain in Oslo' }],
            isError: false,
          },
        ],
      },
    ]);
  });

  test('a thread, of which a gateway keeps nothing, goes on with the whole conversation', async () => {
    const read: ChatRequest[] = [];
    const fetch = async (_url: unknown, init?: { readonly body?: unknown }) => answer(JSON.parse(String(init?.body)), read);
    const client = new Anthropic({ apiKey: 'k', baseURL: 'http://gateway.test', maxRetries: 0, fetch });
    const thread = client.beta.messages.thread({ model: 'm', max_tokens: 100 });
    for (const words of ['One?', 'Two?', 'Three?']) await thread.send({ role: 'user', content: words });
    expect(read.map(({ messages }) => messages.length)).toEqual([1, 3, 5]);
  });
});

describe("the SDK's other calls", () => {
  test('models are listed, and tokens counted', async () => {
    const models = [listed('a/b', { createdAtSeconds: 1_700_000_000 }), listed('c', { displayName: 'See' })];
    const client = clientOf(json(encodeAnthropicModels(models)), json(encodeTokenCount(42)));
    const list = await client.models.list();
    expect(list.data).toEqual([
      { type: 'model', id: 'a/b', display_name: 'a/b', created_at: '2023-11-14T22:13:20Z' },
      { type: 'model', id: 'c', display_name: 'See', created_at: '1970-01-01T00:00:00Z' },
    ]);
    expect(list.hasNextPage()).toBe(false);
    expect(await client.messages.countTokens(asked)).toEqual({ input_tokens: 42 });
  });
});
