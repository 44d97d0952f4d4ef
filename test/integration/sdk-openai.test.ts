/** The official `openai` SDK through the real gateway: everything people do with it, against the demo and against an OpenAI. */
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { expectAnsweredRow } from '../support/check-row.ts';
import { type Lab, startLab } from '../support/lab.ts';
import { labFacts, question, sdkTargets, toolResult, weatherSchema } from '../support/sdk-cases.ts';

let lab: Lab;
let client: OpenAI;

beforeAll(async () => {
  lab = await startLab(labFacts);
  client = new OpenAI({ baseURL: lab.baseUrl, apiKey: lab.clientKey });
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const messages = [{ role: 'user' as const, content: question }];

/** A tool loop by the SDK's own runner, which notes how the tool was called. */
function weatherTools(calls: unknown[]) {
  const callWeather = (input: object) => {
    calls.push(input);
    return toolResult;
  };
  const parse = (text: string): object => z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const weather = { name: 'weather', description: 'The weather.', parameters: weatherSchema, parse };
  return [{ type: 'function' as const, function: { ...weather, function: callWeather } }];
}

describe.each(sdkTargets)('with $provider', ({ provider, chat, tools, embed, says, saysOfTool }) => {
  test('a whole answer arrives with its words and its usage', async () => {
    const { data, response } = await client.chat.completions.create({ model: chat, messages }).withResponse();
    expect(data.choices[0]?.message.content).toContain(says);
    expect(data.choices[0]?.finish_reason).toBe('stop');
    const row = await lab.newestRow();
    expect(response.headers.get('x-request-id')).toBe(row.id);
    expectAnsweredRow(row, { model: chat, stream: false });
    expect(data.usage).toMatchObject({
      prompt_tokens: row.usage.inputTokens,
      completion_tokens: row.usage.outputTokens,
      total_tokens: (row.usage.inputTokens ?? 0) + (row.usage.outputTokens ?? 0),
    });
  });

  test('a stream arrives piece by piece, without a usage chunk that was not asked for, and is counted all the same', async () => {
    const pieces: string[] = [];
    let chunks = 0;
    for await (const chunk of await client.chat.completions.create({ model: chat, messages, stream: true })) {
      chunks += 1;
      expect(chunk.usage ?? null).toBeNull();
      expect(chunk.choices).toHaveLength(1);
      pieces.push(chunk.choices[0]?.delta.content ?? '');
    }
    expect(chunks).toBeGreaterThan(4);
    expect(pieces.join('')).toContain(says);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream: true });
  });

  test('a stream that asked for usage ends with exactly one chunk of it', async () => {
    const stream = client.chat.completions.stream({ model: chat, messages, stream_options: { include_usage: true } });
    const usages: unknown[] = [];
    stream.on('chunk', (chunk) => {
      if (chunk.choices.length === 0) usages.push(chunk.usage);
    });
    const answer = await stream.finalChatCompletion();
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: chat, stream: true });
    expect(usages).toMatchObject([{ prompt_tokens: row.usage.inputTokens, completion_tokens: row.usage.outputTokens }]);
    expect(answer.choices[0]?.message.content).toContain(says);
  });

  test.each([false, true])('a tool loop completes: call, result, final answer (streamed: %s)', async (stream) => {
    const before = await lab.countRows();
    const calls: unknown[] = [];
    const body = { model: tools, messages, tools: weatherTools(calls) };
    const runner = stream
      ? client.chat.completions.runTools({ ...body, stream: true })
      : client.chat.completions.runTools({ ...body, stream: false });
    expect(await runner.finalContent()).toContain(saysOfTool);
    expect(calls).toEqual([{ city: expect.any(String) }]);
    expect(await lab.countRows()).toBe(before + 2);
    expectAnsweredRow(await lab.newestRow(), { model: tools, stream });
  });

  test('a JSON schema answer is parsed by the SDK', async () => {
    const Weather = z.object({ city: z.string(), degrees: z.number() });
    const answer = await client.chat.completions.parse({
      model: chat,
      messages,
      response_format: zodResponseFormat(Weather, 'weather'),
    });
    expect(Weather.parse(answer.choices[0]?.message.parsed)).toEqual(answer.choices[0]?.message.parsed);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream: false });
  });

  test.each([undefined, 'float'] as const)('embeddings arrive as numbers, by base64 and by %s', async (encoding) => {
    const input = ['an apple', 'a pear'];
    const asked = { model: embed, input, ...(encoding && { encoding_format: encoding }) };
    const { data, usage } = await client.embeddings.create(asked);
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    for (const { embedding } of data) {
      expect(embedding.length).toBeGreaterThan(2);
      expect(embedding.every((value) => Number.isFinite(value))).toBe(true);
    }
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: embed, stream: false, dialect: 'openai-embeddings' });
    expect(usage.prompt_tokens).toBe(row.usage.inputTokens);
  });

  test.each([false, true])('a legacy completion fills the gap before its suffix (streamed: %s)', async (stream) => {
    const asked = { model: chat, prompt: 'const fruit = ', suffix: ';\n', max_tokens: 200 };
    let text = '';
    if (stream) {
      for await (const chunk of await client.completions.create({ ...asked, stream: true })) {
        expect(chunk.choices).toHaveLength(1);
        text += chunk.choices[0]?.text ?? '';
      }
    } else text = (await client.completions.create(asked)).choices[0]?.text ?? '';
    expect(text.length).toBeGreaterThan(10);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream, dialect: 'openai-completions' });
    if (provider === 'lab')
      expect(lab.upstream.requests.at(-1)?.json()).toMatchObject({ prompt: 'const fruit = ', suffix: ';\n' });
  });

  test('the model is in the list and can be asked for by itself', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    const listed = provider === 'demo' ? ['demo/hello', 'demo/tools', 'demo/embed', 'demo/cut', 'demo/error-429'] : [chat];
    expect(ids).toEqual(expect.arrayContaining(listed));
    for (const id of listed) expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' });
  });
});

test('nothing of the upstream but rate limits and its own time reaches the client, and nothing of the client but the body goes up', async () => {
  const { response } = await client.chat.completions.create({ model: 'lab/gpt-test', messages }).withResponse();
  for (const name of ['set-cookie', 'cf-ray', 'alt-svc', 'openai-organization']) expect(response.headers.get(name)).toBeNull();
  expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9999');
  expect(response.headers.get('openai-processing-ms')).toBe('312');
  const received = lab.upstream.requests.at(-1);
  expect(received?.header('authorization')).toBe('Bearer sk-lab-0123456789abcdef');
  expect(received?.rawHeaders.join('\n')).not.toContain(lab.clientKey);
  expect(received?.rawHeaders.join('\n').toLowerCase()).not.toContain('x-stainless');
  expect(received?.json()).toEqual({ model: 'gpt-test', messages });
});
