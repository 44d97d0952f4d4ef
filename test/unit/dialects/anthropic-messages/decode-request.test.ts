/** What clients of Anthropic's messages ask, as the inner language says it. */
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../gateway/chat/request.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/decode-request.ts';

const base = { model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const pixel = 'iVBORw0KGgo=';

function messagesOf(messages: readonly unknown[]): readonly ChatMessage[] {
  return decodeRequest({ ...base, messages }).messages;
}

/** The parts of the one message that this content makes. */
function partsOf(role: string, content: unknown): readonly unknown[] {
  const [message, ...others] = messagesOf([{ role, content }]);
  expect(others).toEqual([]);
  return message?.parts ?? [];
}

function refusalOf(body: unknown): unknown {
  try {
    return decodeRequest(body);
  } catch (error) {
    return error;
  }
}

describe('the request', () => {
  test('a plain request is read with everything else at its default', () => {
    expect(decodeRequest(base)).toEqual({
      model: 'claude-x',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      toolChoice: { type: 'auto' },
      responseFormat: { type: 'text' },
      maxOutputTokens: 100,
      stream: false,
      streamUsage: true,
      unread: [],
    });
  });

  test('sampling, stops and the user behind the client are kept', () => {
    const request = decodeRequest({
      ...base,
      stream: true,
      temperature: 0.3,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: '{"device_id":"d"}', team: 'x' },
      service_tier: 'standard_only',
    });
    expect(request).toMatchObject({ stream: true, temperature: 0.3, topP: 0.9, topK: 5, stop: ['END'] });
    expect(request).toMatchObject({ endUser: '{"device_id":"d"}', serviceTier: 'default', unread: ['metadata.team'] });
  });

  test('what has no word is named by its path and never refused', () => {
    const { unread } = decodeRequest({
      ...base,
      context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
      container: 'c1',
      mcp_servers: [{ type: 'url', url: 'https://x' }],
      betas: ['b'],
      speed: 'fast',
      diagnostics: null,
      fallbacks: [],
      output_config: { effort: 'extreme', task_budget: { total: 5 } },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', citations: [{ type: 'x' }], odd: 1 }], extra: true }],
    });
    expect([...unread].sort()).toEqual([
      'betas',
      'container',
      'context_management',
      'mcp_servers',
      'messages.0.content.0.citations',
      'messages.0.content.0.odd',
      'messages.0.extra',
      'output_config.effort',
      'output_config.task_budget',
      'speed',
    ]);
  });

  test.each([
    [{ model: 'm', messages: [] }, 'max_tokens'],
    [{ ...base, max_tokens: 0 }, 'max_tokens'],
    [{ ...base, max_tokens: '5' }, 'max_tokens'],
    [{ ...base, model: '' }, 'model'],
    [{ ...base, messages: 'Hi' }, 'messages'],
    [{ ...base, messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
    [{ ...base, messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ ...base, messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages.0.content.0.text'],
    [{ ...base, messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages.0.content.0.tool_use_id'],
    [
      { ...base, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'x' } }] }] },
      'messages.0.content.0.source.type',
    ],
    [{ ...base, temperature: 'hot' }, 'temperature'],
    [{ ...base, tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ ...base, tools: [{ input_schema: {} }] }, 'tools.0.name'],
    [{ ...base, stop_sequences: [1] }, 'stop_sequences.0'],
  ])('a refusal names the field at fault: %j', (body, field) => {
    expect(refusalOf(body)).toMatchObject({ kind: 'bad-request', field });
  });

  test('a schema for the answer is read from both of its places', () => {
    const schema = { type: 'object', properties: {} };
    const format = { type: 'json_schema', schema };
    expect(decodeRequest({ ...base, output_config: { format } }).responseFormat).toEqual({ type: 'json-schema', schema });
    expect(decodeRequest({ ...base, output_format: format }).responseFormat).toEqual({ type: 'json-schema', schema });
    expect(decodeRequest({ ...base, output_format: { type: 'xml' } }).unread).toEqual(['output_format']);
  });

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 31999, display: 'omitted' } }, { budgetTokens: 31999, show: false }],
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { budgetTokens: 2048, show: true }],
    [{ thinking: { type: 'adaptive' } }, { budgetTokens: -1 }],
    [
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } },
      { effort: 'max', show: true },
    ],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { effort: 'none' }],
    [{ thinking: { type: 'between_tools' } }, { effort: 'minimal' }],
    [{ output_config: { effort: 'low' } }, { effort: 'low' }],
    [{}, undefined],
  ])('the wish to think is read from %j', (fields, reasoning) => {
    expect(decodeRequest({ ...base, ...fields }).reasoning).toEqual(reasoning);
  });
});

describe('system prompts', () => {
  test('a system prompt of blocks keeps its cache marks and loses what only bills', () => {
    const { messages, unread } = decodeRequest({
      ...base,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=1f;' },
        { type: 'text', text: 'You are kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: '' },
      ],
    });
    expect(messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'You are kind.', cache: { ttl: '1h' } }] });
    expect(unread).toEqual(['system.billing_header']);
  });

  test('a system message in the middle of a conversation stays where it is', () => {
    const roles = messagesOf([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'system', content: [{ type: 'text', text: 'Now be brief.' }] },
      { role: 'user', content: 'c' },
    ]).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'system', 'user']);
  });
});

describe('content', () => {
  test('tool results become messages of their own and keep their place among other blocks', () => {
    const messages = messagesOf([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'sunny', cache_control: { type: 'ephemeral' } },
          { type: 'tool_result', tool_use_id: 't2', is_error: true },
          { type: 'text', text: 'and now?' },
          {
            type: 'tool_result',
            tool_use_id: 't3',
            content: [
              { type: 'text', text: 'x' },
              { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
            ],
          },
        ],
      },
    ]);
    const result = { type: 'tool-result', name: null };
    const image = { type: 'image', source: { type: 'url', url: 'https://a/b.png', mediaType: null } };
    expect(messages).toEqual([
      {
        role: 'tool',
        parts: [{ ...result, callId: 't1', isError: false, content: [{ type: 'text', text: 'sunny' }], cache: { ttl: null } }],
      },
      { role: 'tool', parts: [{ ...result, callId: 't2', isError: true, content: [] }] },
      { role: 'user', parts: [{ type: 'text', text: 'and now?' }] },
      { role: 'tool', parts: [{ ...result, callId: 't3', isError: false, content: [{ type: 'text', text: 'x' }, image] }] },
    ]);
  });

  test('calls keep their input as JSON text', () => {
    const call = { type: 'tool_use', id: 't1', name: 'look', input: { a: [1] }, caller: { type: 'direct' } };
    expect(partsOf('assistant', [{ type: 'text', text: 'I look.' }, call, { type: 'tool_use', id: 't2', name: 'wait' }])).toEqual(
      [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', id: 't1', name: 'look', kind: 'function', input: '{"a":[1]}' },
        { type: 'tool-call', id: 't2', name: 'wait', kind: 'function', input: '{}' },
      ],
    );
  });

  test('pictures are taken from all three sources, and checked', () => {
    const images = [
      { type: 'image', source: { type: 'base64', media_type: 'image/PNG', data: pixel } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
      { type: 'image', source: { type: 'file', file_id: 'f1' } },
    ];
    expect(partsOf('user', images).map((part) => Object(part).source)).toEqual([
      { type: 'base64', mediaType: 'image/png', data: pixel },
      { type: 'url', url: 'https://a/b.png', mediaType: null },
      { type: 'file-id', id: 'f1' },
    ]);
    const unsound = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '###' } };
    expect(refusalOf({ ...base, messages: [{ role: 'user', content: [unsound] }] })).toMatchObject({
      field: 'messages.0.content.0.source',
    });
  });

  test('documents of bytes stay files, documents of text become text with their title and context', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' };
    expect(partsOf('user', [{ type: 'document', source: pdf, title: 'Report', cache_control: { type: 'ephemeral' } }])).toEqual([
      {
        type: 'file',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
        name: 'Report',
        cache: { ttl: null },
      },
    ]);
    expect(partsOf('user', [{ type: 'document', source: { type: 'url', url: 'https://a/b' } }])).toEqual([
      { type: 'file', source: { type: 'url', url: 'https://a/b', mediaType: 'application/pdf' } },
    ]);
    expect(partsOf('user', [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grass.' } }])).toEqual([
      { type: 'text', text: 'Grass.' },
    ]);
    const blocks = [
      { type: 'text', text: 'one' },
      { type: 'image', source: { type: 'url', url: 'https://a' } },
      { type: 'text', text: 'two' },
    ];
    const [text, image] = partsOf('user', [
      { type: 'document', source: { type: 'content', content: blocks }, title: 'T', context: 'C "quoted"' },
    ]);
    expect(text).toEqual({ type: 'text', text: '<document title="T" context="C \\"quoted\\"">\none\ntwo\n</document>' });
    expect(image).toMatchObject({ type: 'image' });
  });

  test('search results that the client found are text for every model', () => {
    const block = { type: 'search_result', source: 'https://a', title: 'A', content: [{ type: 'text', text: 'Found.' }] };
    expect(partsOf('user', [{ ...block, citations: { enabled: false } }])).toEqual([
      { type: 'text', text: '<search_result source="https://a" title="A">\nFound.\n</search_result>' },
    ]);
  });

  test('blocks of Anthropic alone are kept whole for its own dialect', () => {
    const used = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } };
    expect(partsOf('assistant', [used])).toEqual([
      { type: 'native', dialect: 'anthropic-messages', name: 'server_tool_use', json: used },
    ]);
    expect(anthropicMessages.chat?.abilities.dialect).toBe('anthropic-messages');
  });

  test('empty text says nothing', () => {
    expect(
      messagesOf([
        { role: 'user', content: '' },
        { role: 'assistant', content: [{ type: 'text', text: '' }] },
      ]),
    ).toEqual([]);
  });
});

describe('thoughts', () => {
  test('thoughts keep their seals, whoever made them', () => {
    expect(
      partsOf('assistant', [
        { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
        { type: 'thinking', thinking: 'So.', signature: 'gatehouse.openai.xyz' },
        { type: 'thinking', thinking: 'Bare.', signature: '' },
        { type: 'redacted_thinking', data: 'gatehouse.openai.hidden' },
        { type: 'redacted_thinking', data: 'EmwK' },
      ]),
    ).toEqual([
      { type: 'reasoning', text: 'Hm.', seal: { maker: 'anthropic', data: 'EqQB' }, redacted: false },
      { type: 'reasoning', text: 'So.', seal: { maker: 'openai', data: 'xyz' }, redacted: false },
      { type: 'reasoning', text: 'Bare.', seal: null, redacted: false },
      { type: 'reasoning', text: '', seal: { maker: 'openai', data: 'hidden' }, redacted: true },
      { type: 'reasoning', text: '', seal: { maker: 'anthropic', data: 'EmwK' }, redacted: true },
    ]);
  });

  test("Gemini's seals land on the call behind them, else on the text before them", () => {
    const seal = (data: string) => ({ type: 'thinking', thinking: '', signature: `gatehouse.gemini.${data}` });
    const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
    const content = [
      { type: 'text', text: 'Look:' },
      seal('a'),
      seal('b'),
      call('t1'),
      call('t2'),
      { type: 'text', text: 'Done.' },
      seal('c'),
    ];
    const made = { type: 'tool-call', name: 'f', kind: 'function', input: '{}' };
    expect(partsOf('assistant', content)).toEqual([
      { type: 'text', text: 'Look:', seal: { maker: 'gemini', data: 'a' } },
      { ...made, id: 't1', seal: { maker: 'gemini', data: 'b' } },
      { ...made, id: 't2' },
      { type: 'text', text: 'Done.', seal: { maker: 'gemini', data: 'c' } },
    ]);
  });
});

describe('tools', () => {
  test('functions keep schema, strictness and cache marks, and name what has no word', () => {
    const input_schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', additionalProperties: false };
    const request = decodeRequest({
      ...base,
      tools: [
        { name: 'read', description: 'Reads.', input_schema, strict: true, cache_control: { type: 'ephemeral', ttl: '5m' } },
        { type: 'custom', name: 'late', input_schema, defer_loading: true, eager_input_streaming: true },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
    expect(request.tools).toEqual([
      { kind: 'function', name: 'read', description: 'Reads.', parameters: input_schema, strict: true, cache: { ttl: '5m' } },
      { kind: 'function', name: 'late', description: null, parameters: input_schema },
    ]);
    expect(request.unread).toEqual(['tools.1.defer_loading', 'tools.1.eager_input_streaming']);
    expect(request).toMatchObject({ toolChoice: { type: 'required' }, parallelToolCalls: false });
  });

  test('tools that Anthropic defines are native', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    expect(decodeRequest({ ...base, tools: [search], tool_choice: { type: 'tool', name: 'web_search' } })).toMatchObject({
      tools: [{ kind: 'native', dialect: 'anthropic-messages', name: 'web_search_20250305', json: search }],
      toolChoice: { type: 'tool', name: 'web_search' },
    });
  });

  test.each(['auto', 'none'])('the choice %s is read as it is', (type) => {
    expect(decodeRequest({ ...base, tool_choice: { type } }).toolChoice).toEqual({ type });
  });
});
