/** The `ai` SDK through the real gateway, by its OpenAI-compatible provider and by its OpenAI provider's chat models. */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, isStepCount, Output, RetryError, streamText, tool } from 'ai';
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

const kinds = ['openai-compatible', 'openai'] as const;

function provide(kind: (typeof kinds)[number]) {
  const address = { baseURL: lab.baseUrl, apiKey: lab.clientKey };
  if (kind === 'openai') {
    const openai = createOpenAI(address);
    return { chat: (id: string) => openai.chat(id), embed: (id: string) => openai.embedding(id) };
  }
  const facts = { name: 'gatehouse', includeUsage: true, supportsStructuredOutputs: true };
  const compatible = createOpenAICompatible({ ...address, ...facts });
  return { chat: (id: string) => compatible.chatModel(id), embed: (id: string) => compatible.embeddingModel(id) };
}

function weatherTool(calls: unknown[]) {
  return tool({
    description: 'The weather.',
    inputSchema: z.object({ city: z.string() }),
    execute: (input) => {
      calls.push(input);
      return Promise.resolve(toolResult);
    },
  });
}

const cases = kinds.flatMap((kind) => sdkTargets.map((target) => ({ kind, ...target })));

describe.each(cases)('@ai-sdk/$kind with $provider', ({ kind, chat, tools, embed, says, saysOfTool }) => {
  test('generates text and sees its usage', async () => {
    const { text, usage, finishReason } = await generateText({ model: provide(kind).chat(chat), prompt: question });
    expect(text).toContain(says);
    expect(finishReason).toBe('stop');
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: chat, stream: false });
    expect([usage.inputTokens, usage.outputTokens]).toEqual([row.usage.inputTokens, row.usage.outputTokens]);
  });

  test('streams text in pieces and sees the usage it asked for', async () => {
    const result = streamText({ model: provide(kind).chat(chat), prompt: question });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.join('')).toContain(says);
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: chat, stream: true });
    const usage = await result.usage;
    expect([usage.inputTokens, usage.outputTokens]).toEqual([row.usage.inputTokens, row.usage.outputTokens]);
  });

  test.each([false, true])('completes a tool loop in two steps (streamed: %s)', async (stream) => {
    const rows = await lab.countRows();
    const calls: unknown[] = [];
    const asked = {
      model: provide(kind).chat(tools),
      prompt: question,
      tools: { weather: weatherTool(calls) },
      stopWhen: isStepCount(4),
    };
    const text = stream ? await streamText(asked).text : (await generateText(asked)).text;
    expect(text).toContain(saysOfTool);
    expect(calls).toEqual([{ city: expect.any(String) }]);
    expect(await lab.countRows()).toBe(rows + 2);
    expectAnsweredRow(await lab.newestRow(), { model: tools, stream });
  });

  test('gets an object that fits its schema', async () => {
    const Weather = z.object({ city: z.string(), degrees: z.number() });
    const { output } = await generateText({
      model: provide(kind).chat(chat),
      prompt: question,
      output: Output.object({ schema: Weather }),
    });
    expect(Weather.parse(output)).toEqual(output);
    expectAnsweredRow(await lab.newestRow(), { model: chat, stream: false });
  });

  test('embeds several values', async () => {
    const { embeddings, usage } = await embedMany({ model: provide(kind).embed(embed), values: ['an apple', 'a pear'] });
    expect(embeddings).toHaveLength(2);
    for (const embedding of embeddings) expect(embedding.every((value) => Number.isFinite(value))).toBe(true);
    const row = await lab.newestRow();
    expectAnsweredRow(row, { model: embed, stream: false, dialect: 'openai-embeddings' });
    expect(usage.tokens).toBe(row.usage.inputTokens);
  });
});

async function errorOf(asked: Promise<unknown>): Promise<APICallError> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (!APICallError.isInstance(last)) throw new Error(`An APICallError was expected, not ${String(last)}.`);
  return last;
}

describe.each(kinds)('@ai-sdk/%s', (kind) => {
  test.each([
    { status: 400, attempts: 1 },
    { status: 429, attempts: 3 },
    { status: 500, attempts: 3 },
  ] as const)('tells a $status in the words of the upstream', async ({ status, attempts }) => {
    const rows = await lab.countRows();
    lab.upstream.next(...Array.from({ length: attempts }, () => openAiError(status, { 'retry-after': '0' })));
    const error = await errorOf(generateText({ model: provide(kind).chat('lab/gpt-test'), prompt: question, maxRetries: 0 }));
    expect(error.statusCode).toBe(status);
    expect(error.responseBody).toContain('"message":');
    expect(await lab.countRows()).toBe(rows + 1);
    expect(await lab.newestRow()).toMatchObject({ state: 'upstream_error', status, attempts });
  });

  test('tells a wrong key and an unknown model by their status, and asks once', async () => {
    const rows = await lab.countRows();
    const error = await errorOf(generateText({ model: provide(kind).chat('nobody/none'), prompt: question }));
    expect([error.statusCode, error.isRetryable]).toEqual([404, false]);
    expect(await lab.countRows()).toBe(rows + 1);
    expect(await lab.newestRow()).toMatchObject({ state: 'rejected', errorKind: 'unknown-model' });
    const stranger = createOpenAI({ baseURL: lab.baseUrl, apiKey: 'sk-someone-else' });
    const refused = await errorOf(generateText({ model: stranger.chat('demo/hello'), prompt: question }));
    expect([refused.statusCode, refused.isRetryable]).toEqual([401, false]);
  });

  test('sees a stream that breaks off as an error, not as a shorter answer', async () => {
    let text = '';
    const errors: unknown[] = [];
    const result = streamText({
      model: provide(kind).chat('demo/cut'),
      prompt: question,
      onError: ({ error }) => errors.push(error),
    });
    const read = async () => {
      for await (const piece of result.textStream) text += piece;
    };
    await read().catch((error: unknown) => errors.push(error));
    expect(text.length).toBeGreaterThan(5);
    expect(errors.map(String)).toContainEqual(expect.stringContaining('broke off'));
    expect(await lab.newestRow()).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated' });
  });
});
