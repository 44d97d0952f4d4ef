/** What the demo answers: texts, structured answers, tool calls, vectors, lists and refusals. */
import { describe, expect, test } from 'vitest';
import { createDemo } from '../../../gateway/demo/demo.ts';
import { ask, chat, chunksOf, createClock, createListener, post, textOf, timeouts } from './ask.ts';

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tool = (name: string) => ({ type: 'function', function: { name, parameters: schema } });
const sample = { city: 'example', days: 3 };

function messageOf(heard: ReturnType<typeof chat>) {
  return JSON.parse(heard.body).choices[0];
}

describe('demo/hello', () => {
  test('quotes the last user message, and says the same whole and streamed', () => {
    const messages = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'What   is\nlove?' },
    ];
    const whole = chat('hello', { messages });
    expect(textOf(whole)).toContain('You wrote: “What is love?”.');
    expect(textOf(chat('hello', { messages, stream: true }))).toBe(textOf(whole));
  });

  test('gives the same bytes to the same question at the same time', () => {
    expect(chat('hello', { stream: true }).body).toBe(chat('hello', { stream: true }).body);
  });

  test('gives every answer an id of its own', () => {
    const send = createDemo({ now: () => 1_700_000_000_000, pace: 0, wait: runAtOnce });
    const ids = [1, 2, 3].map(() => {
      const { heard, handler } = createListener(() => 0);
      post(send, '/chat/completions', { model: 'hello', messages: [{ role: 'user', content: 'Hi' }] }, handler);
      return JSON.parse(heard.body).id;
    });
    expect(new Set(ids).size).toBe(3);
  });

  test('quotes no more than the beginning of a long message, and never half a character', () => {
    const text = textOf(chat('hello', { messages: [{ role: 'user', content: '😀'.repeat(10_000) }] }));
    expect(text).toContain(`${'😀'.repeat(80)}…`);
    expect(text.length).toBeLessThan(600);
    expect(text.isWellFormed()).toBe(true);
  });

  test('streams a piece every 20 ms and is done within 1.5 s', () => {
    const heard = chat('hello', { stream: true });
    expect(heard.headers).toEqual({ 'content-type': 'text/event-stream; charset=utf-8' });
    expect(heard.atMs.slice(0, 3)).toEqual([50, 70, 90]);
    expect(heard.pieces.length).toBeGreaterThan(30);
    expect(heard.atMs.at(-1)).toBeLessThan(1_500);
    expect(heard.body.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('streams also a very long answer within 1.5 s', () => {
    const items = { type: 'array', minItems: 500, items: { type: 'string', minLength: 40 } };
    const heard = chat('hello', {
      stream: true,
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: items } },
    });
    expect(JSON.parse(textOf(heard))).toHaveLength(500);
    expect(heard.atMs.at(-1)).toBeLessThan(1_500);
  });

  test('reports usage: input from the messages, output as the pieces sent', () => {
    const { usage } = JSON.parse(chat('hello').body);
    expect(usage).toMatchObject({ prompt_tokens: 4, total_tokens: 4 + usage.completion_tokens });
    const chunks = chunksOf(chat('hello', { stream: true, stream_options: { include_usage: true } }));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(usage.completion_tokens);
    expect(chunksOf(chat('hello', { stream: true })).some((chunk) => 'usage' in chunk)).toBe(false);
  });

  test('stops at the output limit and says so', () => {
    const heard = chat('hello', { max_tokens: 3 });
    expect(messageOf(heard)).toMatchObject({ message: { content: 'Hello! You wrote:' }, finish_reason: 'length' });
    expect(JSON.parse(heard.body).usage.completion_tokens).toBe(3);
  });

  test('stops before a stop word', () => {
    expect(messageOf(chat('hello', { stop: ['nowhere', ' wrote'] }))).toMatchObject({
      message: { content: 'Hello! You' },
      finish_reason: 'stop',
    });
  });

  test('answers in JSON when JSON is asked for, by schema when there is one', () => {
    expect(JSON.parse(textOf(chat('hello', { response_format: { type: 'json_object' } })))).toEqual({
      answer: expect.any(String),
    });
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    expect(JSON.parse(textOf(chat('hello', { response_format: format, stream: true })))).toEqual(sample);
  });

  test('calls a tool only when it must', () => {
    const tools = [tool('weather'), tool('clock')];
    expect(messageOf(chat('hello', { tools })).message.tool_calls).toBeUndefined();
    expect(messageOf(chat('hello', { tools, tool_choice: 'required' }))).toMatchObject({
      message: {
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'weather', arguments: JSON.stringify(sample) } }],
      },
      finish_reason: 'tool_calls',
    });
    const named = chat('hello', { tools, tool_choice: { type: 'function', function: { name: 'clock' } } });
    expect(messageOf(named).message.tool_calls[0].function.name).toBe('clock');
  });
});

describe('demo/tools', () => {
  const tools = [tool('weather'), tool('clock')];
  const user = { role: 'user', content: 'Weather?' };

  test('calls the first tool, streamed with arguments that join to the same JSON', () => {
    const chunks = chunksOf(chat('tools', { tools, stream: true }));
    const calls = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    expect(calls[0]).toMatchObject({
      index: 0,
      id: expect.stringMatching(/^call_/),
      function: { name: 'weather', arguments: '' },
    });
    expect(JSON.parse(calls.map((call) => call.function.arguments).join(''))).toEqual(sample);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls');
  });

  test('tells the result of its call instead of calling again', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
    const asked = [user, { role: 'assistant', content: null, tool_calls: [call] }];
    const messages = [...asked, { role: 'tool', tool_call_id: 'call_1', content: '12 degrees, rain' }];
    expect(textOf(chat('tools', { tools, messages }))).toMatch(/^I called weather, and it answered: “12 degrees, rain”/);
    const again = chat('tools', { tools, messages: [...messages, { role: 'assistant', content: 'Rain.' }, user] });
    expect(messageOf(again).finish_reason).toBe('tool_calls');
  });

  test('says so when it may not or cannot call', () => {
    expect(textOf(chat('tools'))).toContain('Offer me a tool');
    expect(messageOf(chat('tools', { tools, tool_choice: 'none' })).finish_reason).toBe('stop');
  });
});

describe('demo/embed', () => {
  function embed(fields: object) {
    return JSON.parse(ask('/embeddings', { model: 'embed', ...fields }).body);
  }
  const nearness = (one: number[], other: number[]) => one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

  test('gives vectors of length 1, 256 numbers unless told otherwise', () => {
    const { data, usage } = embed({ input: ['one two', 'three', [7, 8, 9]] });
    for (const { embedding } of data) {
      expect(embedding).toHaveLength(256);
      expect(nearness(embedding, embedding)).toBeCloseTo(1, 5);
    }
    expect(usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
    expect(embed({ input: 'x', dimensions: 3072 }).data[0].embedding).toHaveLength(3072);
    expect(embed({ input: '!?', dimensions: 1 }).data[0].embedding.map(Math.abs)).toEqual([1]);
  });

  test('puts texts that share words nearer to each other', () => {
    const [cat, kitten, tax] = embed({ input: ['the cat sat down', 'The cat ran.', 'annual tax report'] }).data.map(
      (each: { embedding: number[] }) => each.embedding,
    );
    expect(nearness(cat, kitten)).toBeGreaterThan(nearness(cat, tax) + 0.2);
  });

  test('gives the same numbers as base64', () => {
    const asked = { input: 'one two', dimensions: 8 };
    const bytes = Buffer.from(embed({ ...asked, encoding_format: 'base64' }).data[0].embedding, 'base64');
    const decoded = Array.from({ length: 8 }, (_number, index) => bytes.readFloatLE(index * 4));
    expect(decoded).toEqual(embed(asked).data[0].embedding.map(Math.fround));
  });
});

describe('the demo as a server', () => {
  test('completes a legacy prompt, whole and streamed', () => {
    const whole = JSON.parse(ask('/completions', { model: 'hello', prompt: 'Hi', suffix: 'x' }).body);
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ text: expect.stringContaining('“Hi”'), finish_reason: 'stop' }],
    });
    const chunks = chunksOf(ask('/completions', { model: 'hello', prompt: 'Hi', suffix: 'x', stream: true }));
    expect(chunks.map((chunk) => chunk.choices[0].text).join('')).toBe(whole.choices[0].text);
  });

  test('lists every model, also when asked with a query', () => {
    const clock = createClock();
    const { heard, handler } = createListener(clock.now);
    const send = createDemo({ now: clock.now, pace: 1, wait: clock.wait });
    send({ method: 'GET', origin: '', path: '/models?limit=9', headers: [], body: null, timeouts }, handler);
    clock.run();
    const ids = JSON.parse(heard.body).data.map((model: { id: string }) => model.id);
    expect(ids.join(' ')).toBe('hello tools embed error-400 error-401 error-429 error-500 error-529 slow stall cut');
  });

  test.each([
    ['an unknown model', '/chat/completions', { model: 'gpt', messages: [{ role: 'user', content: 'x' }] }, 404, 'model'],
    [
      'a chat with the embedding model',
      '/chat/completions',
      { model: 'embed', messages: [{ role: 'user', content: 'x' }] },
      404,
      'model',
    ],
    ['vectors of a chat model', '/embeddings', { model: 'hello', input: 'x' }, 404, 'model'],
    ['several answers', '/chat/completions', { model: 'hello', n: 2, messages: [{ role: 'user', content: 'x' }] }, 400, 'n'],
    ['several prompts', '/completions', { model: 'hello', prompt: ['a', 'b'] }, 400, 'prompt'],
    ['too many dimensions', '/embeddings', { model: 'embed', input: 'x', dimensions: 3073 }, 400, 'dimensions'],
    ['a bad field', '/chat/completions', { model: 'hello', messages: [{ role: 'x' }] }, 400, 'messages.0.role'],
    ['what is no JSON', '/chat/completions', '{"model":', 400, null],
    ['an unknown path', '/responses', {}, 404, null],
  ])('refuses %s, naming the field', (_what, path, body, status, param) => {
    const heard = ask(path, body);
    expect(heard.status).toBe(status);
    expect(JSON.parse(heard.body).error).toMatchObject({ type: 'invalid_request_error', param });
  });
});

function runAtOnce(_delayMs: number, run: () => void): () => void {
  run();
  return () => undefined;
}
