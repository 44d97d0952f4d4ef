/** Forms that one dialect alone has, said to every upstream: custom tools, namespaces, Gemini's array streams, kept responses. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { answerWith } from '../support/matrix/cells.ts';
import { speakers, wireModels } from '../support/matrix/matrix-lab.ts';
import { listAt, reach, textAt } from '../support/matrix/reach.ts';
import type { Heard, Speaker, Written } from '../support/matrix/sayings.ts';
import { said } from '../support/matrix/scenarios.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

const kinds = {
  'openai-chat': 'openai-compatible',
  'openai-responses': 'openai-compatible',
  'anthropic-messages': 'anthropic-compatible',
  gemini: 'gemini-compatible',
  ollama: 'ollama',
} as const;

interface Side {
  readonly speaker: Speaker;
  readonly upstream: ScriptedUpstream;
  readonly model: string;
  /** What was asked of it, the newest last. */
  readonly heard: Heard[];
  /** How it answers from now on. */
  written: Written;
}

const sides = new Map<string, Side>();
let gateway: RunningGateway;
let client: OpenAI;

beforeAll(async () => {
  for (const speaker of speakers) {
    const heard: Heard[] = [];
    const upstream = await startScriptedUpstream((received) => {
      if (received.method !== 'POST') return json({ data: [], models: [] });
      const asked = speaker.hear(received.target, received.json());
      heard.push(asked);
      return answerWith(speaker, sideOf(speaker).written, asked.stream);
    });
    const model = `${speaker.dialect}/${wireModels[speaker.dialect]}`;
    sides.set(speaker.dialect, { speaker, upstream, model, heard, written: { text: said, finish: 'stop' } });
  }
  const providers = [...sides.values()].map(({ speaker: { dialect }, upstream }) => ({
    id: dialect,
    kind: kinds[dialect],
    baseUrl: dialect === 'ollama' ? upstream.origin : upstream.baseUrl,
    dialects: [dialect],
  }));
  gateway = await startGateway({ config: { version: 1, providers } });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
});

afterAll(async () => {
  await gateway.stop();
  for (const { upstream } of sides.values()) await upstream.stop();
});

function sideOf({ dialect }: Speaker): Side {
  const side = sides.get(dialect);
  if (!side) throw new Error(`nobody speaks ${dialect}`);
  return side;
}

const patch = '*** Begin Patch\n+ “x” \\ "y" \t🍏\n*** End Patch';
const translated = speakers.filter(({ dialect }) => dialect !== 'openai-responses');

/** The custom tool as those see it who know functions alone. */
const emulatedCall: Written = { calls: [{ id: 'call_9', name: 'apply_patch', args: { input: patch } }], finish: 'tool-calls' };

describe.each(translated)('a custom tool, asked of $dialect', (speaker) => {
  const side = () => sideOf(speaker);
  const tools = [{ type: 'custom' as const, name: 'apply_patch', description: 'Changes files.' }];

  test.each([true, false])('by a program of Responses, with its result (streamed: %s)', async (stream) => {
    side().written = emulatedCall;
    const body = { model: side().model, input: 'Do it.', tools, store: false };
    const first = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
    expect(first.output).toMatchObject([{ type: 'custom_tool_call', name: 'apply_patch', input: patch }]);
    const [call] = first.output;
    if (call?.type !== 'custom_tool_call') throw new Error('no call came');
    side().written = { text: said, finish: 'stop' };
    const result = { type: 'custom_tool_call_output' as const, call_id: call.call_id, output: 'Done “it”.' };
    const input = [{ role: 'user' as const, content: 'Do it.' }, call, result];
    expect((await client.responses.create({ ...body, input })).output_text).toBe(said);
    const asked = side().heard.at(-1);
    expect(asked?.tools.map(({ name }) => name)).toEqual(['apply_patch']);
    const turns = asked?.turns ?? [];
    expect(turns.flatMap(({ calls }) => calls.map(({ args }) => args))).toEqual([{ input: patch }]);
    expect(turns.flatMap(({ results }) => results.map(({ text }) => text))).toEqual(['Done “it”.']);
  });
});

describe.each(translated.filter(({ dialect }) => dialect !== 'openai-chat'))(
  'a custom tool of chat, asked of $dialect',
  (speaker) => {
    test('is called with its text', async () => {
      const side = sideOf(speaker);
      side.written = emulatedCall;
      const tool = { type: 'custom' as const, custom: { name: 'apply_patch', description: 'Changes files.' } };
      const messages = [{ role: 'user' as const, content: 'Do it.' }];
      const { choices } = await client.chat.completions.create({ model: side.model, messages, tools: [tool] });
      expect(choices[0]?.message.tool_calls).toMatchObject([{ type: 'custom', custom: { name: 'apply_patch', input: patch } }]);
    });
  },
);

describe.each(translated)('tools in a namespace, asked of $dialect', (speaker) => {
  test.each([true, false])('are called by their own names (streamed: %s)', async (stream) => {
    const side = sideOf(speaker);
    const inside = { type: 'function', name: 'read', parameters: { type: 'object', properties: {} }, strict: false };
    const body = {
      model: side.model,
      input: 'Read.',
      store: false,
      stream: false as const,
      tools: [{ type: 'namespace', name: 'files', description: 'Files.', tools: [inside] }] as unknown as OpenAI.Responses.Tool[],
    };
    side.written = { calls: [{ id: 'call_1', name: 'files__read', args: { a: 1 } }], finish: 'tool-calls' };
    const response = stream
      ? await client.responses.stream({ ...body, stream: true }).finalResponse()
      : await client.responses.create(body);
    expect(side.heard.at(-1)?.tools.map(({ name }) => name)).toEqual(['files__read']);
    expect(response.output).toMatchObject([{ type: 'function_call', namespace: 'files', name: 'read', arguments: '{"a":1}' }]);
  });
});

describe.each(speakers)("Gemini's stream as one array, asked of $dialect", (speaker) => {
  test('is sound JSON, whole and in pieces', async () => {
    const side = sideOf(speaker);
    side.written = { text: said, finish: 'stop' };
    const headers = { 'x-goog-api-key': gateway.clientKey, 'content-type': 'application/json' };
    const url = `${gateway.url}/v1beta/models/${encodeURIComponent(side.model)}:streamGenerateContent`;
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] });
    const response = await fetch(url, { method: 'POST', headers, body });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const answers: unknown = await response.json();
    const words = listAt(answers).map((one) => textAt(one, 'candidates', 0, 'content', 'parts', 0, 'text'));
    expect(words.length).toBeGreaterThan(1);
    expect(words.join('')).toBe(said);
    expect(reach(listAt(answers).at(-1), 'candidates', 0, 'finishReason')).toBe('STOP');
    expect(side.heard.at(-1)?.stream).toBe(true);
  });
});

describe.each(translated)('a response that is continued by its id, asked of $dialect', (speaker) => {
  test.each([true, false])('brings its turns along (streamed: %s)', async (stream) => {
    const side = sideOf(speaker);
    side.written = { text: 'Two.', finish: 'stop' };
    const body = { model: side.model, input: 'One?' };
    const first = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
    await client.responses.create({ model: side.model, input: 'Three?', previous_response_id: first.id });
    const turns = side.heard.at(-1)?.turns.map(({ role, text }) => [role, text]);
    expect(turns).toEqual([
      ['user', 'One?'],
      ['assistant', 'Two.'],
      ['user', 'Three?'],
    ]);
    expect((await client.responses.retrieve(first.id)).output_text).toBe('Two.');
  });
});
