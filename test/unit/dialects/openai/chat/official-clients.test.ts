/** OpenAI's own program library and Vercel's put our streams together as they were meant. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../../gateway/chat/usage.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { completionCodec } from '../../../../../gateway/dialects/openai/completions/index.ts';
import { embeddingsCodec } from '../../../../../gateway/dialects/openai/embeddings/index.ts';
import { answerOptions, start, writeStream } from './sse-text.ts';

const events: readonly ChatEvent[] = [
  start,
  { type: 'usage', usage: { ...unknownUsage, inputTokens: 1, outputTokens: 0 }, raw: null },
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'see' },
  { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'S' }, redacted: false },
  { type: 'text', text: 'Hel' },
  { type: 'tool-start', index: 0, id: 'call_1', name: 'weather', kind: 'function' },
  { type: 'tool-start', index: 1, id: 'call_2', name: 'clock', kind: 'function' },
  { type: 'tool-input', index: 1, text: '{"zone":' },
  { type: 'tool-input', index: 0, text: '{"city":"Oslo"}' },
  { type: 'tool-input', index: 1, text: '"CET"}' },
  { type: 'tool-end', index: 0 },
  { type: 'text', text: 'lo' },
  { type: 'citation', citation: { url: 'https://a', title: 'A', quote: null, start: 0, end: 5 } },
  { type: 'finish', reason: 'tool-calls' },
  { type: 'usage', usage: { ...unknownUsage, inputTokens: 5, outputTokens: 3 }, raw: null },
];

const messages = [{ role: 'user' as const, content: 'hi' }];

/** Answers every request with these bytes, without a network. */
function fetchOf(body: string, type = 'text/event-stream'): typeof fetch {
  return async () => new Response(body, { headers: { 'content-type': type } });
}

function client(body: string, type?: string): OpenAI {
  return new OpenAI({ apiKey: 'x', baseURL: 'http://127.0.0.1:9/v1', fetch: fetchOf(body, type), maxRetries: 0 });
}

const calls = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  { id: 'call_2', type: 'function', function: { name: 'clock', arguments: '{"zone":"CET"}' } },
];

describe('the library of OpenAI', () => {
  test('puts a streamed chat answer together', async () => {
    const stream = client(writeStream(chatCodec, events)).chat.completions.stream({ model: 'm', messages });
    const answer = await stream.finalChatCompletion();
    expect(answer).toMatchObject({
      id: 'chatcmpl-1',
      model: 'm',
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
      choices: [{ message: { role: 'assistant', content: 'Hello', tool_calls: calls }, finish_reason: 'tool_calls' }],
    });
  });

  test('reads a refusal, custom tools and several answers', async () => {
    const several: readonly ChatEvent[] = [
      start,
      { type: 'refusal', text: 'No', choice: 1 },
      { type: 'logprobs', tokens: [{ token: 'é', logprob: -1, top: [] }] },
      { type: 'finish', reason: 'content-filter', choice: 1 },
      { type: 'finish', reason: 'length' },
    ];
    const stream = client(writeStream(chatCodec, several)).chat.completions.stream({ model: 'm', messages, n: 2 });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const refusals = chunks.flatMap(({ choices }) => choices).filter(({ index }) => index === 1);
    expect(refusals.map(({ delta }) => delta.refusal ?? '').join('')).toBe('No');
    expect(chunks.flatMap(({ choices }) => choices[0]?.logprobs?.content ?? [])).toEqual([
      { token: 'é', logprob: -1, bytes: [195, 169], top_logprobs: [] },
    ]);
  });

  test('reads a whole chat answer', async () => {
    const body = JSON.stringify(chatCodec.encodeAnswer(events, answerOptions()));
    const answer = await client(body, 'application/json').chat.completions.create({ model: 'm', messages });
    expect(answer.choices[0]?.message).toMatchObject({
      content: 'Hello',
      reasoning_content: 'Let me see',
      tool_calls: calls,
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://a', title: 'A', start_index: 0, end_index: 5 } }],
    });
  });

  test('reads a streamed completion', async () => {
    const stream = await client(writeStream(completionCodec, events)).completions.create({
      model: 'm',
      prompt: 'hi',
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe('Hello');
  });

  test('reads vectors, which it asks for in base64', async () => {
    const request = embeddingsCodec.decodeRequest(
      { model: 'm', input: 'a', encoding_format: 'base64' },
      { model: null, stream: null },
    );
    const answer = { model: 'm', vectors: [[1, -0.5]], usage: null, rawUsage: null };
    const body = JSON.stringify(embeddingsCodec.encodeAnswer(answer, request));
    const { data } = await client(body, 'application/json').embeddings.create({ model: 'm', input: 'a' });
    expect(data[0]?.embedding).toEqual([1, -0.5]);
  });
});

describe('the library of Vercel', () => {
  test('finds text, thoughts, calls and usage in a streamed chat answer', async () => {
    const fetch = fetchOf(writeStream(chatCodec, events));
    const provider = createOpenAICompatible({
      name: 'gate',
      baseURL: 'http://127.0.0.1:9/v1',
      apiKey: 'x',
      fetch,
      includeUsage: true,
    });
    const result = streamText({ model: provider('m'), prompt: 'hi', maxRetries: 0 });
    expect(await result.text).toBe('Hello');
    expect(await result.reasoningText).toBe('Let me see');
    expect((await result.toolCalls).map(({ toolName, toolCallId }) => [toolName, toolCallId])).toEqual([
      ['weather', 'call_1'],
      ['clock', 'call_2'],
    ]);
    expect(await result.usage).toMatchObject({ inputTokens: 5, outputTokens: 3 });
    expect(await result.finishReason).toBe('tool-calls');
  });
});
