/** Tools and settings as an upstream of Anthropic's messages is sent them. */
import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../../gateway/chat/request.ts';
import { assistant, type Body, encode, tool, user } from './written-requests.ts';

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

  test.each([
    ['claude-3-5-sonnet-20241022', 8192],
    ['claude-opus-4-1', 32_000],
    ['claude-opus-4-5', 64_000],
    ['claude-sonnet-4-6', 128_000],
    ['minimax-m3', 200_000],
  ])('a limit that %s does not take is lowered to %i', (model, most) => {
    const { body, emulated } = encode({ maxOutputTokens: 200_000 }, model);
    expect([body.max_tokens, emulated]).toEqual([most, most < 200_000 ? ['max_output_tokens'] : []]);
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
