/** Official programs' libraries as clients of this dialect, without a network. */
import { createOpenAI } from '@ai-sdk/openai';
import { dynamicTool, generateText, isStepCount, jsonSchema, streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import type { ChatMessage, ChatRequest } from '../../../../../gateway/chat/request.ts';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { createStreamEncoder, encodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { expandReferences } from '../../../../../gateway/dialects/openai/responses/request/turns.ts';
import { answerOptions } from './options.ts';
import { startEvent, usageEvent } from './write-events.ts';

const events: readonly ChatEvent[] = [
  startEvent,
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'look.' },
  { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'SEAL' }, redacted: false },
  { type: 'text', text: 'It is ' },
  { type: 'text', text: 'noon.' },
  { type: 'citation', citation: { url: 'https://a.example', title: 'A', quote: null, start: 0, end: 5 } },
  { type: 'tool-start', index: 0, id: 'c0', name: 'clock', kind: 'function', seal: { maker: 'gemini', data: 'SIGN' } },
  { type: 'tool-start', index: 1, id: 'c1', name: 'clock', kind: 'function' },
  { type: 'tool-input', index: 1, text: '{"zone":' },
  { type: 'tool-input', index: 0, text: '{"zone":"UTC"}' },
  { type: 'tool-input', index: 1, text: '"CET"}' },
  usageEvent,
  { type: 'finish', reason: 'tool-calls' },
];

/** Answers each request from what it asks, keeps it, and knows the items of its own whole answers again. */
function gateway(...answers: readonly (readonly ChatEvent[])[]) {
  const requests: ChatRequest[] = [];
  const kept = new Map<unknown, unknown>();
  const fetch = async (_input: unknown, init?: { readonly body?: unknown }): Promise<Response> => {
    const body = expandReferences(JSON.parse(String(init?.body)), (id) => kept.get(id) ?? null);
    const request = decodeRequest(body, { model: null, stream: null });
    const answer = answers[requests.length] ?? events;
    requests.push(request);
    const options = { ...answerOptions(), request, id: `req_${requests.length}` };
    const whole = encodeAnswer(answer, options);
    for (const item of whole.output) kept.set(item.id, item);
    if (!request.stream) return Response.json(whole);
    const encoder = createStreamEncoder(options);
    const text = answer.map((event) => encoder.push(event)).join('') + encoder.end();
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
  return { requests, fetch };
}

const address = { apiKey: 'k', baseURL: 'http://127.0.0.1/v1' };
const zone = {
  type: 'object',
  properties: { zone: { type: 'string' } },
  required: ['zone'],
  additionalProperties: false,
} as const;
const clock = { type: 'function', name: 'clock', parameters: zone, strict: true } as const;

describe('openai', () => {
  test('a whole answer and a streamed one hold the same text and calls', async () => {
    const { fetch } = gateway();
    const client = new OpenAI({ ...address, fetch });
    const asked = { model: 'gpt-5', input: 'time?', tools: [{ ...clock, parameters: { ...zone } }] };
    const whole = await client.responses.create(asked);
    const streamed = await client.responses.stream(asked).finalResponse();
    for (const response of [whole, streamed]) {
      expect(response.output_text).toBe('It is noon.');
      const calls = response.output.filter((item) => item.type === 'function_call');
      expect(calls).toMatchObject([{ arguments: '{"zone":"UTC"}' }, { arguments: '{"zone":"CET"}' }]);
    }
  });

  test('the next turn brings every seal back to where its maker wants it', async () => {
    const { fetch, requests } = gateway();
    const client = new OpenAI({ ...address, fetch });
    const { output } = await client.responses.stream({ model: 'gpt-5', input: 'time?' }).finalResponse();
    const history: OpenAI.Responses.ResponseInput = JSON.parse(JSON.stringify(output));
    const results = ['c0', 'c1'].map((id) => ({ type: 'function_call_output' as const, call_id: id, output: '12:00' }));
    await client.responses.create({ model: 'gpt-5', input: [{ role: 'user', content: 'time?' }, ...history, ...results] });
    const messages: readonly ChatMessage[] = requests.at(-1)?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
    expect(messages[1]?.parts).toEqual([
      { type: 'reasoning', text: 'Let me look.', seal: { maker: 'anthropic', data: 'SEAL' }, redacted: false },
      { type: 'text', text: 'It is noon.' },
      {
        type: 'tool-call',
        id: 'c0',
        name: 'clock',
        kind: 'function',
        input: '{"zone":"UTC"}',
        seal: { maker: 'gemini', data: 'SIGN' },
      },
      { type: 'tool-call', id: 'c1', name: 'clock', kind: 'function', input: '{"zone":"CET"}' },
    ]);
  });

  test('an answer in a format is parsed', async () => {
    const { fetch } = gateway([startEvent, { type: 'text', text: '{"a":1}' }, { type: 'finish', reason: 'stop' }]);
    const format = { type: 'json_schema' as const, name: 'n', schema: { type: 'object' } };
    const parsed = await new OpenAI({ ...address, fetch }).responses.create({ model: 'm', input: 'x', text: { format } });
    expect(parsed).toMatchObject({ output_text: '{"a":1}', text: { format } });
  });
});

describe('ai', () => {
  const tools = { clock: dynamicTool({ inputSchema: jsonSchema({ ...zone }), execute: () => Promise.resolve('12:00') }) };

  test('a stream is read with its thoughts, text, source, calls and usage', async () => {
    const { fetch } = gateway();
    const model = createOpenAI({ ...address, fetch }).responses('gpt-5');
    const result = streamText({ model, prompt: 'time?', tools });
    expect(await result.text).toBe('It is noon.');
    expect(await result.reasoningText).toBe('Let me look.');
    expect(await result.sources).toMatchObject([{ url: 'https://a.example' }]);
    expect((await result.toolCalls).map(({ input }) => input)).toEqual([{ zone: 'UTC' }, { zone: 'CET' }]);
    expect(await result.finishReason).toBe('tool-calls');
    expect(await result.usage).toMatchObject({ inputTokens: 11, outputTokens: 5 });
  });

  test('a whole answer is read alike', async () => {
    const { fetch } = gateway();
    const result = await generateText({ model: createOpenAI({ ...address, fetch }).responses('gpt-5'), prompt: 'time?', tools });
    expect(result.text).toBe('It is noon.');
    expect(result.toolCalls.map(({ input }) => input)).toEqual([{ zone: 'UTC' }, { zone: 'CET' }]);
    expect(result.usage).toMatchObject({ inputTokens: 11, outputTokens: 5 });
  });

  test.each([
    ['named by their ids alone', {}],
    ['said again', { store: false }],
  ])('a second step finds the first one whole, its items %s', async (_way, settings) => {
    const { fetch, requests } = gateway(events, [
      startEvent,
      { type: 'text', text: 'Noon.' },
      { type: 'finish', reason: 'stop' },
    ]);
    const model = createOpenAI({ ...address, fetch }).responses('gpt-5');
    const result = await generateText({
      model,
      prompt: 'time?',
      tools,
      stopWhen: isStepCount(2),
      providerOptions: { openai: settings },
    });
    expect(result.text).toBe('Noon.');
    const messages = requests.at(-1)?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
    expect(messages[1]?.parts).toMatchObject([
      { type: 'reasoning', text: 'Let me look.', seal: { maker: 'anthropic', data: 'SEAL' } },
      { type: 'text', text: 'It is noon.' },
      { type: 'tool-call', id: 'c0', seal: { maker: 'gemini', data: 'SIGN' } },
      { type: 'tool-call', id: 'c1' },
    ]);
  });
});
