/** What is read from a chat request, and how a bad one is refused. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import { decodeChatRequest } from '../../../../../gateway/dialects/openai/chat/request/decode-request.ts';

const place = { model: null, stream: null };
const user = { role: 'user', content: 'hi' };
const weather = { type: 'function', function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' } } };
const clock = { type: 'function', function: { name: 'clock' } };

function decode(fields: object) {
  return decodeChatRequest({ model: 'm', messages: [user], ...fields }, place);
}

function refusal(run: () => unknown): GatewayError {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a chat request', () => {
  test('needs only a model and messages, and unknown fields are no fault', () => {
    expect(decode({ future: { field: 1 }, temperature: 2 })).toEqual({
      model: 'm',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      toolChoice: { type: 'auto' },
      responseFormat: { type: 'text' },
      maxOutputTokens: null,
      stream: false,
      streamUsage: false,
      temperature: 2,
      unread: ['future'],
    });
  });

  test('treats null like a missing field', () => {
    const nulls = { tools: null, tool_choice: null, response_format: null, max_tokens: null, stream: null, stream_options: null };
    expect(decode(nulls)).toEqual(decode({}));
  });

  test('keeps the parts in order, also of kinds to come', () => {
    const content = [
      { type: 'text', text: 'What is ' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      { type: 'hologram', data: 1 },
      { type: 'text', text: 'this?' },
    ];
    expect(decode({ messages: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
      { type: 'text', text: 'What is ' },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
      { type: 'native', dialect: 'OpenAI chat', name: 'hologram', json: { type: 'hologram', data: 1 } },
      { type: 'text', text: 'this?' },
    ]);
  });

  test('reads a tool loop: null content beside calls, and a result that is a list of parts', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city": "Os' } };
    const { messages } = decode({
      messages: [
        user,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'rain' }] },
        { role: 'assistant', content: '' },
      ],
    });
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool-call', id: 'call_1', kind: 'function', name: 'weather', input: '{"city": "Os' }],
      },
      {
        role: 'tool',
        parts: [{ type: 'tool-result', callId: 'call_1', name: null, content: [{ type: 'text', text: 'rain' }], isError: false }],
      },
      { role: 'assistant', parts: [] },
    ]);
  });

  test('pairs legacy function calls with their results by name', () => {
    const { messages, tools, toolChoice, echo } = decode({
      functions: [{ name: 'weather', parameters: { type: 'object' } }],
      function_call: { name: 'weather' },
      messages: [
        user,
        { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{}' } },
        { role: 'function', name: 'weather', content: 'rain' },
      ],
    });
    expect(tools.map((tool) => tool.name)).toEqual(['weather']);
    expect(toolChoice).toEqual({ type: 'tool', name: 'weather' });
    expect(echo).toEqual({ functions: true });
    expect(messages[1]?.parts).toMatchObject([{ type: 'tool-call', id: 'weather' }]);
    expect(messages[2]).toMatchObject({ role: 'tool', parts: [{ callId: 'weather', name: 'weather' }] });
  });

  test('gives a tool without parameters an empty object schema', () => {
    const { tools } = decode({ tools: [clock] });
    expect(tools).toEqual([
      { kind: 'function', name: 'clock', description: null, parameters: { type: 'object', properties: {} } },
    ]);
  });

  test.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', function: { name: 'clock' } },
      { type: 'tool', name: 'clock' },
    ],
  ])('reads the tool choice %j', (choice, expected) => {
    expect(decode({ tools: [weather, clock], tool_choice: choice }).toolChoice).toEqual(expected);
  });

  test('reads which tools are allowed', () => {
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] };
    const { tools, toolChoice } = decode({
      tools: [weather, clock],
      tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    });
    expect(tools.map((tool) => tool.name)).toEqual(['weather', 'clock']);
    expect(toolChoice).toEqual({ type: 'allowed', mode: 'required', names: ['clock'] });
  });

  test.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
      { type: 'json-schema', schema: { type: 'object' }, name: 'x' },
    ],
    [
      { type: 'json_schema', json_schema: { name: 'x' } },
      { type: 'json-schema', schema: {}, name: 'x' },
    ],
  ])('reads the response format %j', (format, expected) => {
    expect(decode({ response_format: format }).responseFormat).toEqual(expected);
  });

  test('takes the new name of the output limit before the old one', () => {
    expect(decode({ max_tokens: 5 }).maxOutputTokens).toBe(5);
    expect(decode({ max_tokens: 5, max_completion_tokens: 7 }).maxOutputTokens).toBe(7);
  });

  test('knows that usage was asked for', () => {
    expect(decode({ stream: true, stream_options: { include_usage: true } })).toMatchObject({ stream: true, streamUsage: true });
  });
});

describe('a bad chat request is refused by the name of the field', () => {
  const withMessage = (message: unknown) => ({ messages: [user, message] });
  const withCall = (call: unknown) => withMessage({ role: 'assistant', content: null, tool_calls: [call] });

  test.each<[string, object]>([
    ['model', { model: undefined }],
    ['model', { model: 7 }],
    ['model', { model: '' }],
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages.1', withMessage('hi')],
    ['messages.1.role', withMessage({ content: 'hi' })],
    ['messages.1.role', withMessage({ role: 'robot', content: 'hi' })],
    ['messages.1.content', withMessage({ role: 'user', content: null })],
    ['messages.1.content', withMessage({ role: 'user', content: 7 })],
    ['messages.1.content.0.type', withMessage({ role: 'user', content: [{ text: 'hi' }] })],
    ['messages.1.content.0.text', withMessage({ role: 'user', content: [{ type: 'text' }] })],
    ['messages.1.tool_call_id', withMessage({ role: 'tool', content: 'hi' })],
    ['messages.1.tool_calls.0.id', withCall({ type: 'function', function: { name: 'x', arguments: '' } })],
    ['messages.1.tool_calls.0.function', withCall({ id: 'c' })],
    ['messages.1.tool_calls.0.function.name', withCall({ id: 'c', function: { arguments: '' } })],
    ['messages.1.tool_calls.0.function.arguments', withCall({ id: 'c', function: { name: 'x', arguments: 7 } })],
    ['tools', { tools: {} }],
    ['tools.0.function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tools.0.function.parameters', { tools: [{ type: 'function', function: { name: 'x', parameters: [] } }] }],
    ['tool_choice', { tools: [weather], tool_choice: 'maybe' }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice.function.name', { tools: [weather], tool_choice: { type: 'function', function: { name: 'clock' } } }],
    ['function_call.name', { functions: [{ name: 'a' }], function_call: { name: 'b' } }],
    ['response_format.type', { response_format: { type: 'yaml' } }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['response_format.json_schema.schema', { response_format: { type: 'json_schema', json_schema: { schema: 'x' } } }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_completion_tokens', { max_completion_tokens: 1.5 }],
    ['stream', { stream: 'yes' }],
    ['stream_options.include_usage', { stream_options: { include_usage: 1 } }],
  ])('%s of %j', (field, fields) => {
    const error = refusal(() => decode(fields));
    expect(error).toMatchObject({ kind: 'bad-request', status: 400, field });
    expect(error.message).toMatch(/^[a-z_.0-9]+ .*\.$/);
    expect(error.message.startsWith(`${field} `)).toBe(true);
  });

  test.each([null, 'text', [], 7])('a body that is %j', (body) => {
    expect(refusal(() => decodeChatRequest(body, place))).toMatchObject({ kind: 'bad-request', field: undefined });
  });
});
