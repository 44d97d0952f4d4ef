/** What an upstream of Anthropic's messages is sent. */
import { describe, expect, test } from 'vitest';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart, FunctionTool, ToolResultPart } from '../../../../gateway/chat/request.ts';
import { encodeRequest } from '../../../../gateway/dialects/anthropic-messages/encode-request.ts';
import {} from '../../../../gateway/dialects/anthropic-messages/index.ts';
import type { WireQuirks } from '../../../../gateway/dialects/codec.ts';
import { plainRequest } from './codec-driver.ts';

/** The body as the wire has it, of any shape. */
type Body = ReturnType<typeof JSON.parse>;

function encode(change: Partial<ChatRequest>, model = 'claude-sonnet-4-5', quirks: WireQuirks = {}) {
  const notes = new FidelityNotes();
  const body: Body = JSON.parse(JSON.stringify(encodeRequest({ ...plainRequest, ...change }, { model, quirks }, notes)));
  const noted = (list: FidelityNotes['dropped']): string[] => list.map(({ field }) => field);
  return { body, dropped: noted(notes.dropped), emulated: noted(notes.emulated) };
}

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const user = (...parts: ContentPart[]): ChatMessage => ({ role: 'user', parts });
const assistant = (...parts: ContentPart[]): ChatMessage => ({ role: 'assistant', parts });
const call = (id: string, input = '{}'): ContentPart => ({ type: 'tool-call', id, name: 'f', kind: 'function', input });
const sealed: ContentPart = { type: 'reasoning', text: 'Hm.', seal: { maker: 'anthropic', data: 'S' }, redacted: false };
const tool: FunctionTool = { kind: 'function', name: 'f', description: null, parameters: { type: 'object', properties: {} } };

function result(callId: string, words = 'ok'): ChatMessage {
  const part: ToolResultPart = { type: 'tool-result', callId, name: null, content: [text(words)], isError: false };
  return { role: 'tool', parts: [part] };
}

function turnsOf(messages: readonly ChatMessage[], model?: string) {
  const { body, ...noted } = encode({ messages }, model);
  return { turns: body.messages, system: body.system, ...noted };
}

const block = (words: string) => ({ type: 'text', text: words });
const wireCall = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'f', input });
const wireResult = (id: string, content: unknown = 'ok') => ({ type: 'tool_result', tool_use_id: id, content });

describe('turns', () => {
  test('neighbours of one role become one turn, and instructions at the head the system prompt', () => {
    const { turns, system } = turnsOf([
      { role: 'system', parts: [text('Be kind.')] },
      { role: 'developer', parts: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
      user(text('a')),
      user(text('b'), text('  ')),
      assistant(text('c')),
      assistant({ type: 'refusal', text: 'No.' }),
      user(text('d')),
    ]);
    expect(system).toEqual([block('Be kind.'), { ...block('Be brief.'), cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect(turns).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
      { role: 'assistant', content: [block('c'), block('No.')] },
      { role: 'user', content: [block('d')] },
    ]);
  });

  test('a lone instruction is plain text', () => {
    expect(turnsOf([{ role: 'system', parts: [text('Be kind.')] }, user(text('a'))]).system).toBe('Be kind.');
  });

  test('instructions in the middle go into a turn of the user, and the ledger says so', () => {
    const { turns, emulated } = turnsOf([user(text('a')), assistant(text('b')), { role: 'developer', parts: [text('Now.')] }]);
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('<system>\nNow.\n</system>')] });
    expect(emulated).toEqual(['messages.*.role']);
  });

  test('results stand first in the turn behind their calls, in order', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(text('I go.'), call('a'), call('b', '{"x":1}')),
      user(text('wait')),
      result('a'),
      result('b', 'done'),
    ]);
    expect(turns.slice(1)).toEqual([
      { role: 'assistant', content: [block('I go.'), wireCall('a'), wireCall('b', { x: 1 })] },
      { role: 'user', content: [wireResult('a'), wireResult('b', 'done'), block('wait')] },
    ]);
    expect(emulated).toEqual([]);
  });

  test('a late result is put behind its call, a missing one is made up, a strange one becomes text', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(call('a'), call('b'), call('c')),
      result('a'),
      assistant(text('hm')),
      result('b'),
      result('z', 'who?'),
    ]);
    expect(turns[2].content).toEqual([wireResult('a'), wireResult('b'), { ...wireResult('c', '(no result)'), is_error: true }]);
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('The result of the tool call z:'), block('who?')] });
    expect(emulated).toEqual(['messages.*.content.*', 'messages.*.tool_calls']);
  });

  test('ids are mapped to the letters Anthropic takes, each once, and results follow them', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(call('call:1'), call('call.1')),
      result('call:1', 'one'),
      result('call.1', 'two'),
      assistant(call('call:1')),
      result('call:1', 'three'),
    ]);
    const ids = turns.map(({ content }: Body) =>
      content.map(({ id, tool_use_id, content: said }: Body) => [id ?? tool_use_id, said]),
    );
    expect(ids.slice(1)).toEqual([
      [
        ['call_1', undefined],
        ['call_1_2', undefined],
      ],
      [
        ['call_1', 'one'],
        ['call_1_2', 'two'],
      ],
      [['call_1_3', undefined]],
      [['call_1_3', 'three']],
    ]);
    expect(emulated).toEqual(['messages.*.content.*.id']);
  });

  test('the user begins, even where a client has the assistant begin', () => {
    const { turns, emulated } = turnsOf([assistant(text('Welcome.')), user(text('Hi'))]);
    expect(turns[0]).toEqual({ role: 'user', content: [block('(continued)')] });
    expect(emulated).toEqual(['messages.*']);
  });

  test('instructions without any message are what the user says', () => {
    const { turns, system } = turnsOf([{ role: 'system', parts: [text('Write a poem.')] }]);
    expect([turns, system]).toEqual([[{ role: 'user', content: [block('Write a poem.')] }], undefined]);
  });

  test('words to go on from are trimmed where a model takes them, and closed by the user where it does not', () => {
    const messages = [user(text('a')), assistant(text('The answer is ( \n'))];
    expect(turnsOf(messages).turns.at(-1)).toEqual({ role: 'assistant', content: [block('The answer is (')] });
    const { turns, emulated } = turnsOf(messages, 'claude-opus-4-6');
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('(continue)')] });
    expect(emulated).toEqual(['messages']);
  });

  test('thoughts are sent back with their seals, but not in words to go on from', () => {
    const hidden: ContentPart = { type: 'reasoning', text: '', seal: { maker: 'anthropic', data: 'H' }, redacted: true };
    const { turns } = turnsOf([user(text('a')), assistant(sealed, hidden, text('b')), user(text('c'))]);
    expect(turns[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'S' },
      { type: 'redacted_thinking', data: 'H' },
      block('b'),
    ]);
    const prefill = turnsOf([user(text('a')), assistant(sealed, text('b'))]);
    expect(prefill.turns[1].content).toEqual([block('b')]);
    expect(prefill.dropped).toEqual(['messages.*.reasoning']);
  });

  test('broken input of a call is kept whole in a field', () => {
    const { turns, emulated } = turnsOf([
      user(text('a')),
      assistant(call('a', '{"x":'), call('b', ''), call('c', '[1]')),
      result('a'),
      result('b'),
      result('c'),
    ]);
    expect(turns[1].content.map(({ input }: Body) => input)).toEqual([{ _raw: '{"x":' }, {}, { _raw: '[1]' }]);
    expect(emulated).toEqual(['messages.*.content.*.input']);
  });

  test('blocks of its own dialect are sent as they came', () => {
    const json = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const native: ContentPart = { type: 'native', dialect: 'anthropic-messages', name: 'server_tool_use', json };
    expect(turnsOf([user(text('a')), assistant(native, text('b')), user(text('c'))]).turns[1].content).toEqual([
      json,
      block('b'),
    ]);
  });
});

describe('media', () => {
  const base64 = (mediaType: string, data = 'aGk=') => ({ type: 'base64' as const, mediaType, data });
  const contentOf = (...parts: ContentPart[]) => turnsOf([user(...parts)]).turns[0].content;

  test('pictures and documents are sent in the shapes the API has', () => {
    expect(
      contentOf(
        { type: 'image', source: base64('image/png'), cache: { ttl: null } },
        { type: 'image', source: { type: 'url', url: 'https://a/b.png', mediaType: null } },
        { type: 'file', source: base64('application/pdf'), name: 'r.pdf' },
        { type: 'file', source: base64('text/csv; charset=utf-8') },
        { type: 'file', source: { type: 'url', url: 'https://a/b.pdf', mediaType: null } },
        { type: 'file', source: base64('image/gif') },
      ),
    ).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' }, cache_control: { type: 'ephemeral' } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'r.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' } },
      { type: 'document', source: { type: 'url', url: 'https://a/b.pdf' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'aGk=' } },
    ]);
  });

  test.each<ContentPart>([
    { type: 'image', source: base64('image/heic') },
    { type: 'image', source: { type: 'url', url: 'gs://a/b.png', mediaType: null } },
    { type: 'file', source: base64('application/zip') },
    { type: 'audio', source: base64('audio/wav') },
  ])('what Anthropic does not take is refused by its place, never left out: %j', (part) => {
    expect(() => contentOf(text('Look:'), part)).toThrow(
      expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.1' }),
    );
  });

  test('a tool result keeps its pictures', () => {
    const image: ContentPart = { type: 'image', source: base64('image/png'), detail: 'low' };
    const shown: ChatMessage = {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'a', name: null, content: [text('See'), image], isError: true }],
    };
    const { turns, dropped } = turnsOf([user(text('a')), assistant(call('a')), shown]);
    expect(turns[2].content[0]).toMatchObject({ is_error: true, content: [block('See'), { type: 'image' }] });
    expect(dropped).toEqual(['messages.*.content.*.content.*.detail']);
  });
});

describe('tools', () => {
  test('functions, native tools and the choice among them', () => {
    const json = { type: 'web_search_20250305', name: 'web_search' };
    const native = { kind: 'native' as const, dialect: 'anthropic-messages', name: json.type, json };
    const { body } = encode({
      tools: [{ ...tool, description: 'Does.', cache: { ttl: '5m' } }, native],
      toolChoice: { type: 'tool', name: 'f' },
      parallelToolCalls: false,
    });
    expect(body.tools).toEqual([
      { name: 'f', description: 'Does.', input_schema: tool.parameters, cache_control: { type: 'ephemeral', ttl: '5m' } },
      json,
    ]);
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'f', disable_parallel_tool_use: true });
  });

  test.each([
    [{ toolChoice: { type: 'auto' } }, undefined],
    [
      { toolChoice: { type: 'auto' }, parallelToolCalls: false },
      { type: 'auto', disable_parallel_tool_use: true },
    ],
    [{ toolChoice: { type: 'required' }, parallelToolCalls: true }, { type: 'any' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
  ] as const)('the choice %j is said as %j', (change, choice) => {
    expect(encode({ tools: [tool], ...change }).body.tool_choice).toEqual(choice);
  });

  test('a choice without tools is not said', () => {
    expect(encode({ toolChoice: { type: 'required' } }).body).not.toHaveProperty('tool_choice');
  });

  test('a schema is made one of an object, with alternatives at its top joined', () => {
    const schemas = [
      {},
      { anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: {} } }], required: ['c'], properties: { c: {} } },
    ];
    const { body, emulated } = encode({ tools: schemas.map((parameters) => ({ ...tool, parameters })) });
    expect(body.tools.map(({ input_schema }: Body) => input_schema)).toEqual([
      { type: 'object' },
      { type: 'object', properties: { a: { type: 'string' }, b: {}, c: {} }, required: ['c'] },
    ]);
    expect(emulated).toEqual(['tools.*.parameters']);
  });

  test('strict schemas are brought within what the API enforces, for models that enforce any', () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1, description: 'Count' } } };
    const strict = { ...tool, strict: true, parameters };
    const { body, dropped } = encode({ tools: Array.from({ length: 21 }, () => strict) });
    expect(body.tools[0]).toMatchObject({
      strict: true,
      input_schema: { additionalProperties: false, properties: { n: { type: 'integer', description: 'Count (minimum: 1)' } } },
    });
    expect([body.tools[20].strict, dropped]).toEqual([undefined, ['tools.*.strict']]);
    expect(encode({ tools: [strict] }, 'glm-5').body.tools[0]).toMatchObject({ input_schema: parameters });
  });
});

describe('settings', () => {
  test('the required limit is chosen where the client gave none', () => {
    const { body, emulated } = encode({ maxOutputTokens: null });
    expect([body.max_tokens, emulated]).toEqual([32_000, ['max_output_tokens']]);
    expect(encode({ maxOutputTokens: null }, 'claude-3-haiku-20240307').body.max_tokens).toBe(4096);
    expect(encode({ maxOutputTokens: null }, 'claude-3-7-sonnet-latest').body.max_tokens).toBe(32_000);
  });

  test('sampling stays within what Claude takes', () => {
    const { body, emulated, dropped } = encode({ temperature: 1.7, topP: 0.5, topK: 3, stop: ['\n', 'END'], endUser: 'u' });
    expect(body).toMatchObject({ temperature: 1, top_k: 3, stop_sequences: ['END'], metadata: { user_id: 'u' } });
    expect([emulated, dropped]).toEqual([['temperature'], ['top_p', 'stop']]);
    expect(encode({ temperature: 0.5, topP: 0.5 }, 'kimi-k3').body).toMatchObject({ temperature: 0.5, top_p: 0.5 });
    expect(encode({ temperature: 0.5, topK: 2 }, 'claude-opus-4-7').dropped).toEqual(['temperature', 'top_k']);
  });

  test('tiers and users that Anthropic does not know are left out and noted', () => {
    expect(encode({ serviceTier: 'flex', endUser: 'x'.repeat(257) }).dropped).toEqual(['service_tier', 'end_user']);
    expect(encode({ serviceTier: 'default' }).body.service_tier).toBe('standard_only');
  });

  test('a schema for the answer is sent as one the API enforces', () => {
    const schema = {
      type: 'object',
      properties: {
        minimum: { type: 'string', format: 'regex' },
        at: { oneOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      },
      $defs: { p: { type: 'object', properties: {}, additionalProperties: true } },
    };
    const { body, emulated, dropped } = encode({ responseFormat: { type: 'json-schema', schema, name: 'n', description: 'd' } });
    expect(body.output_config.format).toEqual({
      type: 'json_schema',
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          minimum: { type: 'string', description: 'format: regex' },
          at: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
        },
        $defs: { p: { type: 'object', properties: {}, additionalProperties: false } },
      },
    });
    expect([emulated, dropped]).toEqual([['response_format.schema'], ['response_format.description']]);
  });

  test('fields that a provider refuses are left out and noted', () => {
    const { body, dropped } = encode({ topK: 3 }, 'm', { refusedFields: ['top_k', 'metadata'] });
    expect([body.top_k, dropped]).toEqual([undefined, ['top_k']]);
  });

  test('only the last four cache marks stay', () => {
    const cache = { ttl: null };
    const marked = (words: string): ContentPart => ({ type: 'text', text: words, cache });
    const { body, dropped } = encode({
      tools: [{ ...tool, cache }],
      messages: [
        { role: 'system', parts: [marked('s')] },
        user(marked('1'), marked('2')),
        assistant(marked('3')),
        user(marked('4')),
      ],
    });
    expect(JSON.stringify(body).match(/cache_control/g)?.length).toBe(4);
    expect([body.tools[0].cache_control, body.system, dropped]).toEqual([undefined, 's', ['messages.*.cache_control']]);
  });
});

describe('thinking', () => {
  const ask = (change: Partial<ChatRequest>, model?: string) => {
    const { body, dropped, emulated } = encode({ maxOutputTokens: 64_000, ...change }, model);
    return { thinking: body.thinking, effort: body.output_config?.effort, dropped, emulated };
  };

  test.each([
    [{ effort: 'low' }, { type: 'enabled', budget_tokens: 4096 }],
    [{ effort: 'max' }, { type: 'enabled', budget_tokens: 48_000 }],
    [
      { budgetTokens: 2000, show: false },
      { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
    ],
    [{ budgetTokens: 5 }, { type: 'enabled', budget_tokens: 1024 }],
    [{ budgetTokens: 99_000 }, { type: 'enabled', budget_tokens: 63_999 }],
    [{ budgetTokens: -1 }, { type: 'enabled', budget_tokens: 12_000 }],
    [{ show: true }, { type: 'enabled', budget_tokens: 12_000, display: 'summarized' }],
    [{ show: false }, undefined],
    [{ effort: 'none' }, undefined],
    [{ budgetTokens: 0 }, undefined],
  ] as const)('a model that takes budgets is asked for %j so', (reasoning, thinking) => {
    expect(ask({ reasoning }).thinking).toEqual(thinking);
  });

  test('a budget leaves room for the answer, and is left out where there is none', () => {
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 8000 }).thinking.budget_tokens).toBe(6000);
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 1100 }).thinking.budget_tokens).toBe(1024);
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 1024 })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning'],
    });
  });

  test.each([
    ['claude-opus-4-6', { effort: 'xhigh' }, 'high', ['reasoning.effort']],
    ['claude-opus-4-7', { effort: 'xhigh' }, 'xhigh', []],
    ['anthropic/claude-sonnet-4.6', { effort: 'minimal' }, 'low', ['reasoning.effort']],
    ['claude-sonnet-5', { budgetTokens: 31_999 }, 'high', ['reasoning.budget_tokens']],
    ['claude-haiku-5-5', { budgetTokens: -1 }, undefined, []],
  ] as const)('%s thinks adaptively when asked for %j', (model, reasoning, effort, emulated) => {
    expect(ask({ reasoning }, model)).toEqual({ thinking: { type: 'adaptive' }, effort, dropped: [], emulated });
  });

  test.each([
    ['claude-opus-4-8', undefined, undefined],
    ['claude-sonnet-5', { type: 'disabled' }, undefined],
    ['claude-fable-5', undefined, 'low'],
    ['claude-opus-5-5', undefined, 'low'],
  ])('%s is told not to think as far as it can be', (model, thinking, effort) => {
    expect(ask({ reasoning: { effort: 'none' } }, model)).toMatchObject({ thinking, effort });
  });

  test.each([
    'claude-3-5-sonnet-20241022',
    'claude-opus-4-20250514',
    'claude-sonnet-4-5-20250929',
    'claude-3-7-sonnet',
    'minimax-m3',
  ])('%s is asked by a budget', (model) => expect(ask({ reasoning: { effort: 'low' } }, model).thinking.type).toBe('enabled'));

  test('a demanded call goes before thinking, except where a model always thinks', () => {
    const change: Partial<ChatRequest> = { tools: [tool], toolChoice: { type: 'required' }, reasoning: { effort: 'high' } };
    expect(ask(change)).toMatchObject({ thinking: undefined, dropped: ['reasoning'] });
    expect(ask(change, 'claude-sonnet-5')).toMatchObject({ thinking: { type: 'disabled' }, dropped: ['reasoning'] });
    expect(ask(change, 'claude-opus-5-5')).toMatchObject({ thinking: { type: 'adaptive' }, dropped: ['tool_choice'] });
  });

  test('a model that thinks is not sampled', () => {
    const { body, dropped } = encode({
      maxOutputTokens: 9000,
      reasoning: { effort: 'low' },
      temperature: 0.2,
      topP: 0.99,
      topK: 4,
    });
    expect([body.temperature, body.top_p, body.top_k, dropped]).toEqual([undefined, 0.99, undefined, ['temperature', 'top_k']]);
  });

  test('thinking pauses while calls without sealed thoughts wait for the model, where the API demands them', () => {
    const loop = [user(text('a')), assistant(call('t')), result('t')];
    const sealedLoop = [user(text('a')), assistant(sealed, call('t')), result('t')];
    const reasoning = { effort: 'low' } as const;
    expect(ask({ reasoning, messages: loop })).toMatchObject({ thinking: undefined, dropped: ['reasoning'] });
    expect(ask({ reasoning, messages: sealedLoop }).thinking.type).toBe('enabled');
    expect(ask({ reasoning, messages: [...loop, assistant(text('b')), user(text('c'))] }).thinking.type).toBe('enabled');
    expect(ask({ reasoning, messages: loop }, 'claude-opus-4-6').thinking.type).toBe('adaptive');
  });
});
