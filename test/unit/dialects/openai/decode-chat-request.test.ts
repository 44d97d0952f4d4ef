/** What is read from a chat request, and how a bad one is refused. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { decodeChatRequest } from '../../../../gateway/dialects/openai/chat/decode-request.ts';

const user = { role: 'user', content: 'hi' };
const weather = { type: 'function', function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' } } };
const clock = { type: 'function', function: { name: 'clock' } };

function decode(fields: object) {
  return decodeChatRequest({ model: 'm', messages: [user], ...fields });
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
      messages: [{ role: 'user', text: 'hi', mediaParts: 0, toolCalls: [], toolCallId: null }],
      tools: [],
      toolChoice: { type: 'auto' },
      responseFormat: { type: 'text' },
      maxOutputTokens: null,
      stream: false,
      streamUsage: false,
    });
  });

  test('treats null like a missing field', () => {
    const nulls = { tools: null, tool_choice: null, response_format: null, max_tokens: null, stream: null, stream_options: null };
    expect(decode(nulls)).toEqual(decode({}));
  });

  test('joins text parts and counts media parts, also of kinds to come', () => {
    const content = [
      { type: 'text', text: 'What is ' },
      { type: 'image_url', image_url: { url: 'data:,' } },
      { type: 'hologram', data: 1 },
      { type: 'text', text: 'this?' },
    ];
    expect(decode({ messages: [{ role: 'user', content }] }).messages[0]).toMatchObject({ text: 'What is this?', mediaParts: 2 });
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
    expect(messages[1]).toMatchObject({
      text: '',
      toolCalls: [{ id: 'call_1', name: 'weather', argumentsJson: '{"city": "Os' }],
    });
    expect(messages[2]).toMatchObject({ role: 'tool', text: 'rain', toolCallId: 'call_1' });
    expect(messages[3]).toMatchObject({ text: '', toolCalls: [] });
  });

  test('pairs legacy function calls with their results by name', () => {
    const { messages, tools, toolChoice } = decode({
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
    expect(messages[1]?.toolCalls[0]?.id).toBe(messages[2]?.toolCallId);
    expect(messages[2]?.role).toBe('tool');
  });

  test('gives a tool without parameters an empty object schema and leaves out tools that are no functions', () => {
    const { tools } = decode({ tools: [clock, { type: 'custom', custom: { name: 'grep' } }] });
    expect(tools).toEqual([{ name: 'clock', description: null, parameters: { type: 'object', properties: {} } }]);
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

  test('offers only the allowed tools', () => {
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] };
    const { tools, toolChoice } = decode({
      tools: [weather, clock],
      tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    });
    expect(tools.map((tool) => tool.name)).toEqual(['clock']);
    expect(toolChoice).toEqual({ type: 'required' });
  });

  test.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
      { type: 'json-schema', schema: { type: 'object' } },
    ],
    [
      { type: 'json_schema', json_schema: { name: 'x' } },
      { type: 'json-schema', schema: {} },
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
    expect(refusal(() => decodeChatRequest(body))).toMatchObject({ kind: 'bad-request', field: undefined });
  });
});
