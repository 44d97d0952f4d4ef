/** Ollama's own SDK, fed from our encoders without a network, sees what the events say. */
import { Ollama } from 'ollama';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import type { ChatCodec } from '../../../../gateway/dialects/codec.ts';
import { ollama, ollamaEmbeddings, ollamaLegacyEmbeddings } from '../../../../gateway/dialects/ollama/index.ts';
import { encodePs, encodeShow, encodeTags, encodeVersion } from '../../../../gateway/dialects/ollama/encode-lists.ts';
import { encodeLoaded, isLoadRequest, isUnloadRequest } from '../../../../gateway/dialects/ollama/request/load-request.ts';
import { listed, unknownAbilities } from '../listed-models.ts';
import { answerOptions, call, chat, encodeText, generate, nowhere, png, start, stop, usage } from './samples.ts';

interface Asked {
  path: string;
  body: unknown;
}

/** An SDK whose server is this function; what it asked last is kept. */
function clientOf(answer: (asked: Asked) => Response): { readonly client: Ollama; readonly asked: Asked } {
  const asked: Asked = { path: '', body: null };
  const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.path = new URL(url instanceof Request ? url.url : url).pathname;
    asked.body = typeof init?.body === 'string' ? JSON.parse(init.body) : null;
    return Promise.resolve(answer(asked));
  };
  return { client: new Ollama({ host: 'http://gateway', fetch: fetch as typeof globalThis.fetch }), asked };
}

/** In pieces of five bytes, as a network might. */
function streamed(text: string): Response {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, index) => bytes.subarray(index * 5, index * 5 + 5));
  return new Response(ReadableStream.from(pieces.map((piece) => new Uint8Array(piece))));
}

function answering(codec: ChatCodec, events: readonly ChatEvent[]) {
  return clientOf(({ body }) => {
    const request = codec.decodeRequest(body, nowhere);
    const options = answerOptions({ request });
    return request.stream ? streamed(encodeText(codec, events, options)) : Response.json(codec.encodeAnswer(events, options));
  });
}

const toolEvents: readonly ChatEvent[] = [
  start,
  { type: 'reasoning', text: 'Which ' },
  { type: 'reasoning', text: 'city?' },
  { type: 'text', text: 'Paris – ' },
  { type: 'text', text: 'I look.' },
  ...call(0, 'weather', ['{"city":"', 'Paris"}']),
  ...call(1, 'now', ['']),
  usage,
  { type: 'finish', reason: 'tool-calls' },
];

const messages = [{ role: 'user', content: 'Weather?', images: [png] }];

describe("Ollama's SDK", () => {
  test('gathers a streamed chat with thoughts, text, calls and counts', async () => {
    const { client, asked } = answering(chat, toolEvents);
    const seen = { thinking: '', content: '', calls: [] as unknown[], ends: [] as unknown[] };
    for await (const part of await client.chat({ model: 'a/b:c', messages, stream: true, think: 'high' })) {
      seen.thinking += part.message.thinking ?? '';
      seen.content += part.message.content;
      seen.calls.push(...(part.message.tool_calls ?? []));
      if (part.done) seen.ends.push([part.done_reason, part.prompt_eval_count, part.eval_count, part.total_duration]);
    }
    expect(asked.path).toBe('/api/chat');
    expect(seen).toMatchObject({
      thinking: 'Which city?',
      content: 'Paris – I look.',
      calls: [{ function: { name: 'weather', arguments: { city: 'Paris' } } }, { function: { name: 'now', arguments: {} } }],
      ends: [['stop', 26, 298, 0]],
    });
  });

  test('has the same whole', async () => {
    const { client } = answering(chat, toolEvents);
    const answer = await client.chat({ model: 'a/b:c', messages });
    expect(answer.message).toMatchObject({ role: 'assistant', thinking: 'Which city?', content: 'Paris – I look.' });
    expect(answer.message.tool_calls?.map((made) => made.function.name)).toEqual(['weather', 'now']);
    expect(new Date(answer.created_at).getTime()).toBe(1_767_225_600_000);
    expect(answer).toMatchObject({ model: 'openai/gpt-5:latest', done: true, prompt_eval_count: 26, eval_count: 298 });
  });

  test('sends a conversation with calls back, whose results find their calls', () => {
    const { client, asked } = answering(chat, toolEvents);
    return client
      .chat({ model: 'm', messages })
      .then(({ message }) => {
        const results = [
          { role: 'tool', tool_name: 'now', content: 'noon' },
          { role: 'tool', tool_name: 'weather', content: 'rain' },
        ];
        return client.chat({ model: 'm', messages: [...messages, message, ...results] });
      })
      .then(() => {
        const request = chat.decodeRequest(asked.body, nowhere);
        const ids = request.messages.flatMap(({ parts }) =>
          parts.map((part) => (part.type === 'tool-result' ? part.callId : null)),
        );
        expect(ids.filter((id) => id !== null)).toEqual(['call_1', 'call_0']);
        expect(request.unread).toEqual([]);
      });
  });

  test('gathers a generated text, streamed and whole', async () => {
    const { client, asked } = answering(generate, [
      start,
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Hi ü' },
      usage,
      stop,
    ]);
    let streamedText = '';
    for await (const part of await client.generate({ model: 'm', prompt: 'Say', stream: true })) streamedText += part.response;
    const whole = await client.generate({ model: 'm', prompt: 'Say', system: 'Be kind.', suffix: '.', images: [png] });
    expect(asked.path).toBe('/api/generate');
    expect([streamedText, whole.response, whole.thinking, whole.eval_count]).toEqual(['Hi ü', 'Hi ü', 'Hm', 298]);
  });

  test('loads and unloads a model', async () => {
    const { client } = clientOf(({ body }) => {
      expect(isLoadRequest(body)).toBe(true);
      return Response.json(encodeLoaded('m', 0, isUnloadRequest(body) ? 'unload' : 'load'));
    });
    expect((await client.generate({ model: 'm', prompt: '' })).done_reason).toBe('load');
    expect((await client.generate({ model: 'm', prompt: '', keep_alive: 0 })).done_reason).toBe('unload');
  });

  test('has vectors from both endpoints', async () => {
    const answer = {
      model: 'm',
      vectors: [
        [1, 2],
        [3, 4],
      ],
      usage: { ...unknownUsage, inputTokens: 5 },
      rawUsage: null,
    };
    const { client } = clientOf(({ path, body }) => {
      const codec = (path === '/api/embed' ? ollamaEmbeddings : ollamaLegacyEmbeddings).embeddings;
      if (!codec) throw new Error('no codec');
      return Response.json(codec.encodeAnswer(answer, codec.decodeRequest(body, nowhere)));
    });
    const embedded = await client.embed({ model: 'm', input: ['a', 'b'], truncate: true });
    expect(embedded).toMatchObject({
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      prompt_eval_count: 5,
    });
    expect((await client.embeddings({ model: 'm', prompt: 'a' })).embedding).toEqual([1, 2]);
  });

  test('lists and shows models, and knows what runs and which version', async () => {
    const model = listed('openai/gpt-5', {
      createdAtSeconds: 1_767_225_600,
      contextLength: 400_000,
      abilities: { ...unknownAbilities, vision: true },
    });
    const answers = new Map([
      ['/api/tags', encodeTags([model])],
      ['/api/show', encodeShow(model)],
      ['/api/ps', encodePs([], new Map())],
      ['/api/version', encodeVersion()],
    ]);
    const { client } = clientOf(({ path }) => Response.json(answers.get(path)));
    const { models } = await client.list();
    expect(models.map(({ name, modified_at }) => [name, new Date(modified_at).getTime()])).toEqual([
      ['openai/gpt-5', 1_767_225_600_000],
    ]);
    const shown = await client.show({ model: 'openai/gpt-5' });
    expect(shown.capabilities).toEqual(['completion', 'tools', 'vision']);
    expect((await client.ps()).models).toEqual([]);
    expect((await client.version()).version.split('.').map(Number)).toEqual([0, expect.toSatisfy((minor) => minor >= 14), 0]);
  });

  test('throws our errors in their own words', async () => {
    const error = new GatewayError('unknown-model', "model 'x' not found");
    const { client } = clientOf(
      () => new Response(ollama.encodeError(error), { status: error.status, headers: { 'content-type': 'application/json' } }),
    );
    await expect(client.chat({ model: 'x', messages })).rejects.toMatchObject({
      message: "model 'x' not found",
      status_code: 404,
    });
  });

  test('throws an error that breaks a stream off', async () => {
    const line = ollama.encodeStreamError(new GatewayError('upstream-reset', 'the provider hung up'));
    const text = chat.createStreamEncoder(answerOptions());
    const { client } = clientOf(() => streamed(text.push(start) + text.push({ type: 'text', text: 'a' }) + line));
    const read = async () => {
      for await (const part of await client.chat({ model: 'm', messages, stream: true })) expect(part.done).toBe(false);
    };
    await expect(read()).rejects.toThrow('the provider hung up');
  });
});
