/** What programs of this dialect ask, as the inner language hears it. */
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { openAiResponses } from '../../../../../gateway/dialects/openai/responses/index.ts';

const noPlace = { model: null, stream: null };
const decode = (body: object) => decodeRequest({ model: 'm', ...body }, noPlace);
const text = (value: string) => ({ type: 'text', text: value });
const parameters = { type: 'object', properties: {} };

describe('the settings of a request', () => {
  test('every one that has a word is read', () => {
    const request = decode({
      input: 'hi',
      max_output_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 3,
      include: ['message.output_text.logprobs'],
      service_tier: 'flex',
      safety_identifier: 'u',
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      parallel_tool_calls: false,
      reasoning: { effort: 'xhigh', summary: 'detailed' },
      text: { verbosity: 'high', format: { type: 'json_schema', name: 'n', strict: true, schema: { type: 'object' } } },
      truncation: 'disabled',
      stream_options: { include_obfuscation: false },
    });
    expect(request).toEqual({
      model: 'm',
      messages: [{ role: 'user', parts: [text('hi')] }],
      tools: [],
      toolChoice: { type: 'auto' },
      maxOutputTokens: 50,
      stream: false,
      streamUsage: true,
      temperature: 0.5,
      topP: 0.9,
      logprobs: { top: 3 },
      serviceTier: 'flex',
      endUser: 'u',
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      parallelToolCalls: false,
      reasoning: { effort: 'xhigh', show: true },
      verbosity: 'high',
      responseFormat: { type: 'json-schema', name: 'n', strict: true, schema: { type: 'object' } },
      unread: [],
      echo: expect.objectContaining({ temperature: 0.5 }),
    });
  });

  test('every form of a choice of tools is read', () => {
    const tools = [{ type: 'function', name: 'f', parameters }, { type: 'web_search' }];
    const choice = (value: unknown) => decode({ input: 'hi', tools, tool_choice: value });
    expect(choice('required').toolChoice).toEqual({ type: 'required' });
    expect(choice({ type: 'function', name: 'f' }).toolChoice).toEqual({ type: 'tool', name: 'f' });
    expect(choice({ type: 'custom', name: 'c' }).toolChoice).toEqual({ type: 'tool', name: 'c' });
    const allowed = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] };
    expect(choice(allowed)).toMatchObject({
      toolChoice: { type: 'allowed', mode: 'required', names: ['f'] },
      unread: ['tool_choice.tools.1'],
    });
    expect(choice({ type: 'web_search' })).toMatchObject({ toolChoice: { type: 'auto' }, unread: ['tool_choice'] });
  });

  test('what has no word is named, and none of it is a fault', () => {
    const { unread } = decode({
      input: [{ role: 'assistant', phase: 'commentary', content: 'a' }],
      previous_response_id: 'resp_1',
      truncation: 'auto',
      max_tool_calls: 3,
      moderation: null,
      include: ['web_search_call.results'],
      stream_options: { other: 1 },
      tools: [{ type: 'function', name: 'f', parameters, defer_loading: true }],
    });
    expect(unread.toSorted()).toEqual([
      'include.0',
      'input.0.phase',
      'max_tool_calls',
      'previous_response_id',
      'stream_options.other',
      'tools.0.defer_loading',
      'truncation',
    ]);
  });

  test.each([
    [{}, 'input'],
    [{ input: 3 }, 'input'],
    [{ input: ['x'] }, 'input.0'],
    [{ input: [{}] }, 'input.0.type'],
    [{ input: [{ role: 'robot', content: 'x' }] }, 'input.0.role'],
    [{ input: [{ role: 'user' }] }, 'input.0.content'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input.0.content.0.text'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:text/html;base64,AAAA' }] }] },
      'input.0.content.0.image_url',
    ],
    [{ input: [{ role: 'user', content: [{ type: 'input_file' }] }] }, 'input.0.content.0'],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'f' }] }, 'input.0.arguments'],
    [{ input: [{ type: 'function_call_output', output: 'x' }] }, 'input.0.call_id'],
    [{ input: 'hi', temperature: 'hot' }, 'temperature'],
    [{ input: 'hi', reasoning: { effort: 'much' } }, 'reasoning.effort'],
    [{ input: 'hi', text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ input: 'hi', tools: [{ type: 'function' }] }, 'tools.0.name'],
    [{ input: 'hi', tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function' }] }] }, 'tools.0.tools.0.name'],
    [{ input: 'hi', tool_choice: 'always' }, 'tool_choice'],
    [{ input: 'hi', metadata: { a: 1 } }, 'metadata.a'],
  ])('%j is refused by its field %s', (body, field) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ kind: 'bad-request', field }));
  });

  test.each([{}, { input: 3 }])('what may stand in the input is told to who sends %j: text or a list', (body) => {
    expect(() => decode(body)).toThrow(/^input .*text or a list of items\.$/);
  });

  test.each(['background', 'conversation', 'prompt'])('%s means state at OpenAI, so it is not left out silently', (field) => {
    expect(() => decode({ input: 'hi', [field]: field === 'background' ? true : 'x' })).toThrow(
      expect.objectContaining({ kind: 'untranslatable', field }),
    );
  });

  test('a body that passes through is only looked at for its model and whether it streams', () => {
    const body = Buffer.from('{"model":"a/b","input":"hi","stream":true,"odd":1.50}');
    const request = openAiResponses.readRequest([body], noPlace);
    expect(request.head).toEqual({ model: 'a/b', stream: true, usageAsked: true });
    const written = Buffer.concat([...request.write({ model: 'b', askUsage: true })]).toString();
    expect(written).toBe('{"model":"b","input":"hi","stream":true,"odd":1.50}');
    expect(openAiResponses.upstreamPath('b', true)).toBe('/responses');
  });
});
