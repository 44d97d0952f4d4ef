/** SDKs of every dialect do a tool loop of three turns, with two calls at once, at upstreams of every dialect. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, isStepCount, type LanguageModel, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agentProviders,
  agentScript,
  counts,
  finalText,
  type JournalEntry,
  upstreamModels,
  upstreamNames,
} from '../support/agent-model/index.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

const task = { files: ['/notes/one', '/notes/zwei ü', '/notes/three'], content: 'A "note" – ünï 🍏\n' } as const;
const prompt = 'Write the note.';
const journal: JournalEntry[] = [];
let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(agentScript(task, [], journal));
  gateway = await startGateway({ config: { version: 1, providers: agentProviders(upstream.origin) } });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

beforeEach(() => void journal.splice(0));

/** By the dialect that each speaks. */
const frontEnds: Readonly<Record<string, (id: string) => LanguageModel>> = {
  'openai-compatible (chat)': (id) =>
    createOpenAICompatible({ name: 'g', baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, includeUsage: true })(id),
  'openai (chat)': (id) => createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey }).chat(id),
  'openai (responses)': (id) => createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey }).responses(id),
  'anthropic (messages)': (id) => createAnthropic({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey })(id),
  'google (gemini)': (id) => createGoogleGenerativeAI({ baseURL: `${gateway.url}/v1beta`, apiKey: gateway.clientKey })(id),
};

const argumentsSchema = z.object({ path: z.string(), content: z.string() });
const written = task.files.map((path) => ({ path, content: task.content }));

/** Three requests, none refused by the provider's own rules, and every one with its tokens in the log. */
async function expectThreeTurns(): Promise<void> {
  expect(journal.map(({ asked, turn }) => [asked.results.length, turn.calls.length])).toEqual([
    [0, 2],
    [2, 1],
    [3, 0],
  ]);
  expect(journal.flatMap(({ asked }) => asked.faults)).toEqual([]);
  const { items } = await gateway.call('requests.list', { limit: 3 });
  expect(items.map(({ state, usage }) => [state, usage.inputTokens, usage.outputTokens])).toEqual(
    Array(3).fill(['ok', counts.input, counts.output]),
  );
}

describe.each(upstreamNames)('at an upstream of the dialect %s', (name) => {
  const id = `${name}/${upstreamModels[name]}`;

  describe.each(Object.keys(frontEnds))('@ai-sdk/%s', (frontEnd) => {
    test.each([true, false])('writes all files and counts all tokens (streamed: %s)', async (isStream) => {
      const calls: unknown[] = [];
      const writeFile = tool({
        inputSchema: argumentsSchema,
        execute: (input) => Promise.resolve(calls.push(input) > 0 ? 'Written.' : ''),
      });
      const model = frontEnds[frontEnd]?.(id) ?? '';
      const asked = { model, prompt, tools: { write_file: writeFile }, stopWhen: isStepCount(5), maxRetries: 0 };
      const result = isStream ? streamText(asked) : await generateText(asked);
      expect(await result.text).toBe(finalText);
      const usage = await result.totalUsage;
      expect([usage.inputTokens, usage.outputTokens]).toEqual([3 * counts.input, 3 * counts.output]);
      expect(calls).toEqual(written);
      await expectThreeTurns();
    });
  });

  test.each([false, true])('@langchain/openai writes all files (through responses: %s)', async (useResponsesApi) => {
    const model = new ChatOpenAI({
      model: id,
      apiKey: gateway.clientKey,
      useResponsesApi,
      maxRetries: 0,
      configuration: { baseURL: `${gateway.url}/v1` },
    }).bindTools([{ name: 'write_file', description: 'Writes.', schema: argumentsSchema }]);
    const messages: BaseMessage[] = [new HumanMessage(prompt)];
    const calls: unknown[] = [];
    let last = await model.invoke(messages);
    while ((last.tool_calls ?? []).length > 0) {
      calls.push(...(last.tool_calls ?? []).map(({ args }) => args));
      const results = (last.tool_calls ?? []).map(
        (call) => new ToolMessage({ content: 'Written.', tool_call_id: call.id ?? '' }),
      );
      messages.push(last, ...results);
      last = await model.invoke(messages);
    }
    expect(last.text).toBe(finalText);
    expect(calls).toEqual(written);
    await expectThreeTurns();
  });
});
