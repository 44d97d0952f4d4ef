/** What an upstream of OpenAI's format is asked, and what is said about what it cannot be asked. */
import { describe, expect, test } from 'vitest';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatRequest, ContentPart, FunctionTool } from '../../../../../gateway/chat/request.ts';
import type { WireQuirks } from '../../../../../gateway/dialects/codec.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { plainRequest } from './sse-text.ts';

function encode(fields: Partial<ChatRequest>, quirks: WireQuirks = {}) {
  const notes = new FidelityNotes();
  const body = chatCodec.encodeRequest({ ...plainRequest, stream: false, ...fields }, { model: 'up', quirks }, notes);
  const told = (list: readonly { readonly field: string }[]) => list.map(({ field }) => field);
  return { body: JSON.parse(JSON.stringify(body)), emulated: told(notes.emulated), dropped: told(notes.dropped) };
}

const text = (words: string) => ({ type: 'text', text: words }) as const;
const message = (role: ChatRequest['messages'][number]['role'], ...parts: readonly ContentPart[]) => ({
  messages: [{ role, parts }],
});
const tool: FunctionTool = { kind: 'function', name: 'f', description: null, parameters: { type: 'object' } };
const base = { model: 'up', messages: [{ role: 'user', content: 'hi' }], stream: false };

describe('a plain request', () => {
  test('asks for nothing that the client did not', () => {
    expect(encode({})).toEqual({ body: base, emulated: [], dropped: [] });
  });

  test('asks a stream for its usage, unless the provider refuses the question', () => {
    const stream_options = { include_usage: true };
    expect(encode({ stream: true }).body).toEqual({ ...base, stream: true, stream_options });
    expect(encode({ stream: true }, { noStreamOptions: true }).body).toEqual({ ...base, stream: true });
    expect(encode({ stream: true }, { refusedFields: ['stream_options'] })).toMatchObject({
      body: { ...base, stream: true },
      dropped: [],
    });
  });

  test("names the output limit in the provider's way", () => {
    expect(encode({ maxOutputTokens: 5 }).body).toEqual({ ...base, max_tokens: 5 });
    expect(encode({ maxOutputTokens: 5 }, { maxTokensField: 'max_completion_tokens' }).body).toEqual({
      ...base,
      max_completion_tokens: 5,
    });
  });

  test('carries every wish under its name', () => {
    const { body, dropped, emulated } = encode({
      tools: [tool],
      temperature: 0,
      topP: 0.5,
      topK: 4,
      minP: 0.1,
      frequencyPenalty: 1,
      presencePenalty: -1,
      repeatPenalty: 1.1,
      seed: 7,
      stop: ['a'],
      choices: 2,
      logprobs: { top: 3 },
      logitBias: { 5: 1 },
      reasoning: { effort: 'high' },
      verbosity: 'low',
      serviceTier: 'flex',
      endUser: 'u',
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      parallelToolCalls: false,
    });
    expect(body).toEqual({
      ...base,
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      parallel_tool_calls: false,
      temperature: 0,
      top_p: 0.5,
      top_k: 4,
      min_p: 0.1,
      frequency_penalty: 1,
      presence_penalty: -1,
      repetition_penalty: 1.1,
      seed: 7,
      stop: ['a'],
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      logit_bias: { 5: 1 },
      reasoning_effort: 'high',
      verbosity: 'low',
      service_tier: 'flex',
      user: 'u',
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
    });
    expect([...dropped, ...emulated]).toEqual([]);
  });

  test('leaves out what the provider refuses, and says so', () => {
    expect(encode({ seed: 7, topK: 4 }, { refusedFields: ['top_k', 'min_p'] })).toEqual({
      body: { ...base, seed: 7 },
      emulated: [],
      dropped: ['top_k'],
    });
  });

  test.each([
    [{ budgetTokens: 31_999 }, { reasoning_effort: 'high' }, ['reasoning.budget_tokens'], []],
    [{ budgetTokens: 2_000 }, { reasoning_effort: 'low' }, ['reasoning.budget_tokens'], []],
    [{ budgetTokens: 0 }, { reasoning_effort: 'none' }, ['reasoning.budget_tokens'], []],
    [{ budgetTokens: -1 }, {}, [], ['reasoning.budget_tokens']],
    [
      { effort: 'low' as const, budgetTokens: 9, show: false },
      { reasoning_effort: 'low' },
      [],
      ['reasoning.show', 'reasoning.budget_tokens'],
    ],
  ])('says %j as an effort', (reasoning, fields, emulated, dropped) => {
    expect(encode({ reasoning })).toEqual({ body: { ...base, ...fields }, emulated, dropped });
  });

  test('stops at four words, and says that there were more', () => {
    expect(encode({ stop: ['a', 'b', 'c', 'd', 'e'] })).toMatchObject({
      body: { stop: ['a', 'b', 'c', 'd'] },
      dropped: ['stop'],
    });
  });
});

describe('structured output', () => {
  test('by a schema has a name, made up where the client gave none', () => {
    const schema = { type: 'object' };
    expect(encode({ responseFormat: { type: 'json-schema', schema } }).body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    });
    const given = { type: 'json-schema', schema, name: 'a b', strict: true } as const;
    expect(encode({ responseFormat: given }).body.response_format.json_schema).toEqual({ name: 'a_b', strict: true, schema });
  });

  test('as JSON is spoken of in a message, without which OpenAI refuses it', () => {
    const asked = { responseFormat: { type: 'json' } } as const;
    expect(encode({ ...asked, ...message('user', text('as json')) })).toMatchObject({ body: { messages: [{}] }, emulated: [] });
    const { body, emulated } = encode(asked);
    expect(body.messages).toEqual([
      { role: 'system', content: 'Answer in JSON.' },
      { role: 'user', content: 'hi' },
    ]);
    expect(emulated).toEqual(['response_format']);
    expect(encode({ ...asked, ...message('system', text('Be brief.')) }).body.messages[0].content).toBe(
      'Be brief.\nAnswer in JSON.',
    );
  });
});

describe('tools', () => {
  test.each([
    [{ type: 'auto' }, undefined],
    [{ type: 'none' }, 'none'],
    [{ type: 'required' }, 'required'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
    [
      { type: 'tool', name: 'c' },
      { type: 'custom', custom: { name: 'c' } },
    ],
    [
      { type: 'allowed', mode: 'auto', names: ['f'] },
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] } },
    ],
  ] as const)('the choice %j is written', (toolChoice, expected) => {
    const custom = { kind: 'custom', name: 'c', description: null } as const;
    expect(encode({ tools: [tool, custom], toolChoice }).body.tool_choice).toEqual(expected);
  });

  test('that are none leave nothing to choose', () => {
    expect(encode({ toolChoice: { type: 'none' }, parallelToolCalls: true }).body).toEqual(base);
  });

  test('of other kinds keep their form', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' } as const;
    const json = { type: 'web_search', x: 1 };
    const tools = [
      { kind: 'custom', name: 'c', description: 'd', grammar } as const,
      { kind: 'native', dialect: 'OpenAI chat', name: 'web_search', json } as const,
      { ...tool, description: 'e', strict: true },
    ];
    expect(encode({ tools }).body.tools).toEqual([
      { type: 'custom', custom: { name: 'c', description: 'd', format: { type: 'grammar', grammar } } },
      json,
      { type: 'function', function: { name: 'f', description: 'e', strict: true, parameters: { type: 'object' } } },
    ]);
  });
});

test('a request of this format is written again as it was read', () => {
  const body = {
    model: 'up',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: 'https://a', detail: 'auto' } },
        ],
        name: 'n',
      },
      {
        role: 'assistant',
        content: 'Look',
        reasoning_content: 'Hm',
        tool_calls: [{ id: 'i', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'i', content: 'x' },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 9,
    tools: [{ type: 'function', function: { name: 'f', description: 'd', strict: true, parameters: { type: 'object' } } }],
    tool_choice: 'required',
    parallel_tool_calls: true,
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } },
    temperature: 0.5,
    stop: ['a', 'b'],
    n: 2,
    user: 'u',
    reasoning_effort: 'minimal',
    service_tier: 'priority',
  };
  const notes = new FidelityNotes();
  const request = chatCodec.decodeRequest(body, { model: null, stream: null });
  const quirks = { maxTokensField: 'max_completion_tokens', reasoningField: 'reasoning_content' } as const;
  expect(chatCodec.encodeRequest(request, { model: 'up', quirks }, notes)).toEqual(body);
  expect([...request.unread, ...notes.dropped, ...notes.emulated]).toEqual([]);
});
