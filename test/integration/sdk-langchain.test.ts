/** LangChain's OpenAI client through the real gateway: chat, streams, a tool loop, structured output and embeddings. */
import { type AIMessageChunk, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { concat } from '@langchain/core/utils/stream';
import { ChatOpenAI, OpenAI as CompletionOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { expectAnsweredRow } from '../support/check-row.ts';
import { type Lab, startLab } from '../support/lab.ts';
import { openAiError } from '../support/openai-errors.ts';
import { labFacts, question, sdkTargets, toolResult } from '../support/sdk-cases.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(labFacts);
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** LangChain's own type of a message's usage comes out as `never` under strict options. */
const usageSchema = z.object({ input_tokens: z.number(), output_tokens: z.number() });

const chatWith = (model: string, fields: object = {}) =>
  new ChatOpenAI({ model, apiKey: lab.clientKey, configuration: { baseURL: lab.baseUrl }, ...fields });

const weather = (calls: unknown[]) =>
  tool(
    (input: { city: string }) => {
      calls.push(input);
      return toolResult;
    },
    { name: 'weather', description: 'The weather.', schema: z.object({ city: z.string() }) },
  );

/** The pieces of a stream as one message. (LangChain's own `streaming: true` would fetch a tokenizer from the internet.) */
async function joined(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | null = null;
  for await (const piece of stream) whole = whole ? concat(whole, piece) : piece;
  if (!whole) throw new Error('The stream was empty.');
  return whole;
}

describe.each(sdkTargets)('with $provider', ({ chat, tools, embed, says, saysOfTool }) => {
  test('invokes a model and sees its usage', async () => {
    const answer = await chatWith(chat).invoke(question);
    expect(answer.text).toContain(says);
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: chat, stream: false });
    expect(answer.usage_metadata).toMatchObject({ input_tokens: row.usage.inputTokens, output_tokens: row.usage.outputTokens });
  });

  test.each([true, false])('streams in pieces (usage asked for: %s)', async (streamUsage) => {
    const pieces: string[] = [];
    const inputTokens: number[] = [];
    for await (const piece of await chatWith(chat, { streamUsage }).stream(question)) {
      pieces.push(piece.text);
      if (piece.usage_metadata) inputTokens.push(usageSchema.parse(piece.usage_metadata).input_tokens);
    }
    expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(4);
    expect(pieces.join('')).toContain(says);
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: chat, stream: true });
    expect(inputTokens).toEqual(streamUsage ? [row.usage.inputTokens] : []);
  });

  test.each([false, true])('completes a tool loop: call, result, final answer (streamed: %s)', async (streamed) => {
    const rows = await lab.countRows();
    const calls: unknown[] = [];
    const weatherTool = weather(calls);
    const model = chatWith(tools).bindTools([weatherTool]);
    const ask = async () => (streamed ? await joined(await model.stream(messages)) : await model.invoke(messages));
    const messages: BaseMessage[] = [new HumanMessage(question)];
    const asked = await ask();
    messages.push(asked);
    for (const call of asked.tool_calls ?? []) messages.push(await weatherTool.invoke({ ...call, type: 'tool_call' }));
    expect((await ask()).text).toContain(saysOfTool);
    expect(calls).toEqual([{ city: expect.any(String) }]);
    expect(await lab.countRows()).toBe(rows + 2);
    expectAnsweredRow(await lab.newestRow(), { model: tools, stream: streamed });
  });

  test('gets an object that fits its schema', async () => {
    const Weather = z.object({ city: z.string(), degrees: z.number() });
    const structured = chatWith(chat).withStructuredOutput(Weather, { method: 'jsonSchema' });
    const answer = await structured.invoke(question);
    expect(Weather.parse(answer)).toEqual(answer);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream: false });
  });

  test('embeds documents', async () => {
    const embeddings = new OpenAIEmbeddings({ model: embed, apiKey: lab.clientKey, configuration: { baseURL: lab.baseUrl } });
    const vectors = await embeddings.embedDocuments(['an apple', 'a pear']);
    expect(vectors).toHaveLength(2);
    for (const vector of vectors) expect(vector.every((value) => Number.isFinite(value))).toBe(true);
    expectAnsweredRow(await lab.newestRow(), { model: embed, stream: false, dialect: 'openai-embeddings' });
  });

  test('completes a prompt by the legacy door', async () => {
    const model = new CompletionOpenAI({ model: chat, apiKey: lab.clientKey, configuration: { baseURL: lab.baseUrl } });
    expect((await model.invoke('const fruit = ')).length).toBeGreaterThan(10);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream: false, dialect: 'openai-completions' });
  });
});

test.each([
  { status: 400, attempts: 1 },
  { status: 500, attempts: 3 },
] as const)('a lasting $status is thrown with its status and the words of the upstream', async ({ status, attempts }) => {
  const rows = await lab.countRows();
  lab.upstream.next(...Array.from({ length: attempts }, () => openAiError(status, { 'retry-after': '0' })));
  const asked = chatWith('lab/gpt-test', { maxRetries: 0 }).invoke(question);
  await expect(asked).rejects.toMatchObject({ status, message: expect.stringMatching(/Unsupported value|server had an error/) });
  expect(await lab.countRows()).toBe(rows + 1);
  expect(await lab.newestRow()).toMatchObject({ state: 'upstream_error', status, attempts });
});

test('a wrong key and an unknown model are thrown after one request', async () => {
  const rows = await lab.countRows();
  const stranger = chatWith('demo/hello', { apiKey: 'sk-someone-else' });
  await expect(stranger.invoke(question)).rejects.toMatchObject({ status: 401 });
  await expect(chatWith('nobody/none').invoke(question)).rejects.toMatchObject({ status: 404 });
  expect(await lab.countRows()).toBe(rows + 1);
  expect(await lab.newestRow()).toMatchObject({ state: 'rejected', errorKind: 'unknown-model' });
});

test('a stream that breaks off is thrown, not taken for a shorter answer', async () => {
  let text = '';
  const read = async () => {
    for await (const piece of await chatWith('demo/cut', { maxRetries: 0 }).stream(question)) text += piece.text;
  };
  await expect(read()).rejects.toThrow('broke off');
  expect(text.length).toBeGreaterThan(5);
  expect(await lab.newestRow()).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated' });
});
