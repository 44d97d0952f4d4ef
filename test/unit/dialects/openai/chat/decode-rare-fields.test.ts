/** What only some clients send: media, thoughts, seals, custom tools, wishes of OpenAI's relatives, and what has no word. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import { decodeChatRequest } from '../../../../../gateway/dialects/openai/chat/request/decode-request.ts';

const place = { model: null, stream: null };
const user = { role: 'user', content: 'hi' };

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

describe('what only some clients send', () => {
  const parts = (content: unknown, role = 'user') => decode({ messages: [{ role, content }] }).messages[0]?.parts;

  test.each([
    [
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
      { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
    ],
    [
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, name: 'a.pdf' },
    ],
    [
      { type: 'file', file: { file_data: 'AAAA' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' } },
    ],
    [
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', source: { type: 'file-id', id: 'file-1' } },
    ],
    [
      { type: 'image_url', image_url: { url: 'https://a/b.png' } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png', mediaType: null } },
    ],
    [
      { type: 'image_url', image_url: 'https://a' },
      { type: 'image', source: { type: 'url', url: 'https://a', mediaType: null } },
    ],
    [
      { type: 'video_url', video_url: { url: 'https://v' } },
      { type: 'video', source: { type: 'url', url: 'https://v', mediaType: null } },
    ],
    [
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'a', cache: { ttl: '1h' } },
    ],
  ])('the part %j', (part, expected) => {
    expect(parts([part])).toEqual([expected]);
  });

  test('pictures are checked, and the refusal names the very one', () => {
    const bad = { type: 'image_url', image_url: { url: 'data:image/bmp;base64,AAAA' } };
    const error = refusal(() => parts([{ type: 'text', text: 'a' }, bad]));
    expect(error).toMatchObject({ kind: 'bad-request', field: 'messages.0.content.1.image_url', code: 'invalid_image' });
  });

  test.each([
    [{ reasoning_content: 'Hm' }, { text: 'Hm', seal: null, redacted: false }],
    [{ reasoning: 'Hm' }, { text: 'Hm', seal: null, redacted: false }],
    [
      {
        reasoning: 'Hm',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'S', format: 'anthropic-claude-v1' }],
      },
      { text: 'Hm', seal: { maker: 'anthropic', data: 'S' }, redacted: false },
    ],
    [
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'S', format: 'openai-responses-v1' }] },
      { text: '', seal: { maker: 'openai', data: 'S' }, redacted: false },
    ],
  ])('thoughts of the model in %j', (fields, thought) => {
    const [message] = decode({ messages: [{ role: 'assistant', content: 'a', ...fields }] }).messages;
    expect(message?.parts).toEqual([
      { type: 'reasoning', ...thought },
      { type: 'text', text: 'a' },
    ]);
  });

  test('what the model refused, and a call with its seal', () => {
    const call = { id: 'i', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 'S' } } };
    const [message] = decode({ messages: [{ role: 'assistant', content: null, refusal: 'No', tool_calls: [call] }] }).messages;
    expect(message?.parts).toEqual([
      { type: 'refusal', text: 'No' },
      { type: 'tool-call', id: 'i', kind: 'function', name: 'f', input: '{}', seal: { maker: 'gemini', data: 'S' } },
    ]);
  });

  test('custom tools with a grammar, tools of the provider, and calls of free text', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' };
    const search = { type: 'web_search', x: 1 };
    const { tools, toolChoice, messages } = decode({
      tools: [{ type: 'custom', custom: { name: 'c', description: 'd', format: { type: 'grammar', grammar } } }, search],
      tool_choice: { type: 'custom', custom: { name: 'c' } },
      messages: [user, { role: 'assistant', tool_calls: [{ id: 'i', type: 'custom', custom: { name: 'c', input: 'ls' } }] }],
    });
    expect(tools).toEqual([
      { kind: 'custom', name: 'c', description: 'd', grammar },
      { kind: 'native', dialect: 'OpenAI chat', name: 'web_search', json: search },
    ]);
    expect(toolChoice).toEqual({ type: 'tool', name: 'c' });
    expect(messages[1]?.parts).toEqual([{ type: 'tool-call', id: 'i', kind: 'custom', name: 'c', input: 'ls' }]);
  });

  test('two legacy calls of one function, each with its own result', () => {
    const call = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } };
    const result = { role: 'function', name: 'f', content: 'x' };
    const { messages } = decode({ messages: [user, call, result, call, result] });
    const ids = messages.flatMap((message) =>
      message.parts.flatMap((part) => (part.type === 'tool-call' ? part.id : part.type === 'tool-result' ? part.callId : [])),
    );
    expect(ids).toEqual(['f', 'f', 'f_2', 'f_2']);
  });

  test.each([
    [{ reasoning_effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ reasoning: { effort: 'low', exclude: true } }, { effort: 'low', show: false }],
    [{ reasoning: { max_tokens: 99 } }, { budgetTokens: 99 }],
    [{ reasoning: { enabled: true } }, { effort: 'medium' }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled' } }, { effort: 'medium' }],
    [{ thinking: { type: 'enabled', budget_tokens: 5 } }, { budgetTokens: 5 }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled' }, reasoning_effort: 'high' }, { effort: 'high' }],
  ])('how hard to think: %j', (fields, reasoning) => {
    expect(decode(fields)).toMatchObject({ reasoning, unread: [] });
  });

  test('every wish that has a word', () => {
    expect(
      decode({
        top_p: 0.5,
        top_k: 4,
        min_p: 0.1,
        repetition_penalty: 1.1,
        frequency_penalty: 1,
        presence_penalty: -1,
        seed: 7,
        stop: 'a',
        n: 2,
        logprobs: true,
        top_logprobs: 3,
        logit_bias: { 5: 1 },
        verbosity: 'low',
        service_tier: 'flex',
        user: 'u',
        safety_identifier: 's',
        metadata: { a: 'b' },
        prompt_cache_key: 'k',
        parallel_tool_calls: false,
      }),
    ).toMatchObject({
      topP: 0.5,
      topK: 4,
      minP: 0.1,
      repeatPenalty: 1.1,
      frequencyPenalty: 1,
      presencePenalty: -1,
      seed: 7,
      stop: ['a'],
      choices: 2,
      logprobs: { top: 3 },
      logitBias: { 5: 1 },
      verbosity: 'low',
      serviceTier: 'flex',
      endUser: 's',
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      parallelToolCalls: false,
      unread: [],
    });
  });

  test('what has no word is named by its path, wherever it stands', () => {
    const { unread } = decode({
      store: true,
      modalities: ['text', 'audio'],
      audio: { voice: 'a' },
      reasoning_effort: 'default',
      verbosity: 'huge',
      metadata: { a: 1 },
      stream_options: { include_usage: true, include_obfuscation: false, x: 1 },
      response_format: { type: 'json_schema', json_schema: { name: 'x', y: 1 } },
      tools: [{ type: 'function', function: { name: 'f', z: 1 }, w: 1 }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', v: 1 }], u: 1 },
        {
          role: 'assistant',
          content: 'a',
          audio: { id: 'x' },
          annotations: [],
          tool_calls: [{ id: 'i', function: { name: 'f' }, t: 1 }],
        },
      ],
    });
    expect([...unread].sort()).toEqual([
      'audio',
      'messages.0.content.0.v',
      'messages.0.u',
      'messages.1.audio',
      'messages.1.tool_calls.0.t',
      'metadata.a',
      'modalities',
      'reasoning_effort',
      'response_format.json_schema.y',
      'store',
      'stream_options.x',
      'tools.0.function.z',
      'tools.0.w',
      'verbosity',
    ]);
  });

  test('what says nothing is not worth a note', () => {
    const fields = {
      store: false,
      modalities: ['text'],
      audio: null,
      prediction: null,
      service_tier: 'auto',
      n: 1,
      stop: [],
      user: null,
    };
    expect(decode(fields)).toEqual(decode({}));
  });
});
