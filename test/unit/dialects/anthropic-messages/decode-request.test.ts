/** What clients of Anthropic's messages ask, as the inner language says it. */
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';

const base = { model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };

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

  test('tools that are added and removed in the middle of a conversation are offered as they stand at its end', () => {
    const define = (name: string, description: string) => ({ name, description, input_schema: { type: 'object' } });
    const addition = (definition: object) => ({ type: 'tool_addition', tool: { type: 'tool_definition', definition } });
    const { tools, messages } = decodeRequest({
      ...base,
      tools: [define('a', 'old'), define('b', 'old')],
      messages: [
        ...base.messages,
        { role: 'system', content: [addition(define('a', 'new')), addition(define('c', 'new')), { type: 'tool_addition' }] },
        { role: 'system', content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'b' } }] },
      ],
    });
    expect(tools).toMatchObject([
      { name: 'a', description: 'new' },
      { name: 'c', description: 'new' },
    ]);
    expect(messages).toHaveLength(1);
  });

  test.each(['auto', 'none'])('the choice %s is read as it is', (type) => {
    expect(decodeRequest({ ...base, tool_choice: { type } }).toolChoice).toEqual({ type });
  });
});
