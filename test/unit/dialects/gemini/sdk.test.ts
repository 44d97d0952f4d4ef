/** Google's own SDK reads what we write and writes what we read, over a socket of this machine. */
import { createServer, type Server } from 'node:http';
import { GoogleGenAI } from '@google/genai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { batchEmbeddings } from '../../../../gateway/dialects/gemini/embeddings.ts';
import { encodeAnswer } from '../../../../gateway/dialects/gemini/answer/encode-answer.ts';
import { encodeError, encodeStreamError } from '../../../../gateway/dialects/gemini/encode-error.ts';
import { encodeGeminiModel, encodeGeminiModels } from '../../../../gateway/dialects/gemini/encode-model-list.ts';
import { createStreamEncoder } from '../../../../gateway/dialects/gemini/answer/stream-encoder.ts';
import { encodeTokenCount } from '../../../../gateway/dialects/gemini/count-tokens.ts';
import { answerOptions, start } from './wire-samples.ts';
import { listed } from '../listed-models.ts';

interface Asked {
  readonly path: string;
  readonly body: unknown;
}
interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly text: string;
}

let server: Server;
let client: GoogleGenAI;
let reply: (asked: Asked) => Reply;

beforeEach(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const {
        status = 200,
        type = 'application/json',
        text: body,
      } = reply({ path: request.url ?? '', body: text === '' ? null : JSON.parse(text) });
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  client = new GoogleGenAI({
    apiKey: 'k',
    httpOptions: { baseUrl: `http://127.0.0.1:${port}`, apiVersion: 'v1beta', timeout: 5000 },
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const events: readonly ChatEvent[] = [
  start,
  { type: 'reasoning', text: 'hm' },
  { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'abc' }, redacted: false },
  { type: 'text', text: 'Hel' },
  { type: 'text', text: 'lo' },
  { type: 'tool-start', index: 0, id: 'call_1', name: 'weather', kind: 'function' },
  { type: 'tool-input', index: 0, text: '{"city":' },
  { type: 'tool-input', index: 0, text: '"Rome"}' },
  { type: 'finish', reason: 'tool-calls' },
  { type: 'usage', usage: { ...unknownUsage, inputTokens: 10, outputTokens: 8, reasoningTokens: 3 }, raw: {} },
];

function streamed(given: readonly ChatEvent[]): Reply {
  const encoder = createStreamEncoder(answerOptions());
  return { type: 'text/event-stream', text: given.map((event) => encoder.push(event)).join('') + encoder.end() };
}

/** How many chunks the stream has. */
async function drain(stream: Promise<AsyncIterable<unknown>>): Promise<number> {
  const iterator = (await stream)[Symbol.asyncIterator]();
  let count = 0;
  while (!(await iterator.next()).done) count += 1;
  return count;
}

test('a streamed answer arrives whole: thoughts, text, call, finish and usage', async () => {
  reply = () => streamed(events);
  const stream = await client.models.generateContentStream({ model: 'm', contents: 'hi' });
  let text = '';
  const calls = [];
  let last;
  for await (const chunk of stream) {
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) if (!part.thought) text += part.text ?? '';
    calls.push(...(chunk.functionCalls ?? []));
    last = chunk;
  }
  expect(text).toBe('Hello');
  expect(calls).toEqual([{ id: 'call_1', name: 'weather', args: { city: 'Rome' } }]);
  expect(last?.candidates?.[0]?.finishReason).toBe('STOP');
  expect(last?.usageMetadata).toMatchObject({
    promptTokenCount: 10,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 3,
    totalTokenCount: 18,
  });
});

test('a whole answer arrives whole', async () => {
  reply = () => ({ text: JSON.stringify(encodeAnswer(events, answerOptions())) });
  const answer = await client.models.generateContent({ model: 'm', contents: 'hi' });
  expect(answer.text).toBe('Hello');
  expect(answer.functionCalls).toEqual([{ id: 'call_1', name: 'weather', args: { city: 'Rome' } }]);
  expect(answer.modelVersion).toBe('m-1');
});

test('a chat that the SDK keeps brings calls, results and the foreign seal back', async () => {
  const requests: ChatRequest[] = [];
  reply = ({ body }) => {
    requests.push(decodeRequest(body, { model: 'm', stream: true }));
    return streamed(events);
  };
  const chat = client.chats.create({
    model: 'm',
    config: { systemInstruction: 'be brief', thinkingConfig: { includeThoughts: true } },
  });
  await drain(chat.sendMessageStream({ message: 'hi' }));
  const functionResponse = { id: 'call_1', name: 'weather', response: { output: 'sunny' } };
  await drain(chat.sendMessageStream({ message: [{ functionResponse }] }));
  expect(requests[1]?.messages).toEqual([
    { role: 'system', parts: [{ type: 'text', text: 'be brief' }] },
    { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm', seal: { maker: 'anthropic', data: 'abc' }, redacted: false },
        { type: 'text', text: 'Hello' },
        { type: 'tool-call', id: 'call_1', name: 'weather', kind: 'function', input: '{"city":"Rome"}' },
      ],
    },
    {
      role: 'tool',
      parts: [
        { type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'sunny' }], isError: false },
      ],
    },
  ]);
  expect(requests[1]).toMatchObject({ reasoning: { show: true }, unread: [] });
});

test('errors arrive with their status, before a stream and inside one', async () => {
  const error = new GatewayError('upstream-rate-limit', 'Too many requests.');
  reply = () => ({ status: 429, text: encodeError(error) });
  await expect(client.models.generateContent({ model: 'm', contents: 'hi' })).rejects.toMatchObject({ status: 429 });
  const encoder = createStreamEncoder(answerOptions());
  const begun = events
    .slice(0, 4)
    .map((event) => encoder.push(event))
    .join('');
  reply = () => ({ type: 'text/event-stream', text: begun + encodeStreamError(error) });
  const stream = client.models.generateContentStream({ model: 'm', contents: 'hi' });
  await expect(drain(stream)).rejects.toThrow(/Too many requests/);
});

test('embeddings, counts and model lists are what the SDK expects', async () => {
  reply = ({ path, body }) => {
    const place = { model: 'e', stream: null };
    if (path.endsWith(':batchEmbedContents')) {
      const request = batchEmbeddings.decodeRequest(body, place);
      const vectors = request.inputs.map((_, index) => [index, request.dimensions ?? 0]);
      return {
        text: JSON.stringify(batchEmbeddings.encodeAnswer({ model: 'e', vectors, usage: null, rawUsage: null }, request)),
      };
    }
    if (path.endsWith(':countTokens')) return { text: JSON.stringify(encodeTokenCount(1)) };
    const model = listed('m', { displayName: 'M', contextLength: 5 });
    return { text: JSON.stringify(path.endsWith('/models/m') ? encodeGeminiModel(model) : encodeGeminiModels([model])) };
  };
  const { embeddings } = await client.models.embedContent({
    model: 'e',
    contents: ['a', 'b'],
    config: { outputDimensionality: 2 },
  });
  expect(embeddings).toEqual([{ values: [0, 2] }, { values: [1, 2] }]);
  const { totalTokens } = await client.models.countTokens({ model: 'e', contents: 'hi' });
  expect(totalTokens).toBe(1);
  const names = [];
  for await (const model of await client.models.list()) names.push(model.name);
  expect(names).toEqual(['models/m']);
  expect(await client.models.get({ model: 'm' })).toMatchObject({ name: 'models/m', inputTokenLimit: 5 });
});
