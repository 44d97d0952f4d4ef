/** What a request of each format says that a policy may look at: found in its bytes, and in nothing that only looks like it. */
import { describe, expect, test } from 'vitest';
import type { DialectName } from '../../../gateway/dialects/dialect.ts';
import { dialects } from '../../../gateway/dialects/index.ts';

function sayings(dialect: DialectName, body: object) {
  const found = dialects.get(dialect);
  if (!found) throw new Error(`There is no dialect ${dialect}.`);
  const place = dialect === 'gemini' ? { model: 'm', stream: false } : { model: null, stream: null };
  const request = found.readRequest([Buffer.from(JSON.stringify({ model: 'm', ...body }))], place);
  return request.sayings();
}

function all(dialect: DialectName, body: object) {
  const said = sayings(dialect, body);
  return [said.maxOutputTokens(), said.tools(), said.images(), said.schema(), said.reasoning()];
}

const data = { mimeType: 'image/png', data: 'AAAA' };

test.each<[DialectName, object]>([
  [
    'openai-chat',
    {
      max_completion_tokens: 9,
      tools: [{}],
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://h/a.png' } }] }],
      response_format: { type: 'json_schema' },
      reasoning_effort: 'low',
    },
  ],
  [
    'openai-responses',
    {
      max_output_tokens: 9,
      tools: [{}],
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://h/a.png' }] }],
      text: { format: { type: 'json_object' } },
      reasoning: { effort: 'high' },
    },
  ],
  [
    'anthropic-messages',
    {
      max_tokens: 9,
      tools: [{}],
      messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'image', source: {} }] }] }],
      output_config: { format: { type: 'json_schema' } },
      thinking: { type: 'adaptive' },
    },
  ],
  [
    'gemini',
    {
      tools: [{}],
      contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }],
      generation_config: { maxOutputTokens: '9', responseSchema: {}, thinkingConfig: { thinkingBudget: 5 } },
    },
  ],
  [
    'ollama',
    {
      options: { num_predict: 9 },
      tools: [{}],
      messages: [{ role: 'user', content: '', images: ['AAAA'] }],
      format: {},
      think: true,
    },
  ],
])('%s: a request that says everything is read so', (dialect, body) => {
  expect(all(dialect, body)).toEqual([9, true, true, true, true]);
});

test.each<[DialectName, object]>([
  [
    'openai-chat',
    {
      max_tokens: 0,
      tools: [],
      messages: [{ role: 'user', content: 'a "tools" and an "image_url" in words' }],
      response_format: { type: 'text' },
      reasoning_effort: 'none',
    },
  ],
  ['openai-responses', { tools: [], input: 'text', text: { format: { type: 'text' } }, reasoning: {} }],
  ['anthropic-messages', { tools: [], messages: [{ role: 'user', content: 'image' }], thinking: { type: 'disabled' } }],
  [
    'gemini',
    {
      tools: [],
      contents: [{ parts: [{ inlineData: { ...data, mimeType: 'audio/wav' } }] }],
      generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
    },
  ],
  ['ollama', { options: { num_predict: -2 }, tools: [], messages: [{ images: [] }], format: '', think: false }],
  ['openai-embeddings', { input: 'a', dimensions: 3 }],
])('%s: a request that says nothing of it is not taken for one that does', (dialect, body) => {
  expect(all(dialect, body)).toEqual([null, false, false, false, false]);
});

describe('who speaks', () => {
  test.each<[DialectName, object]>([
    [
      'openai-chat',
      {
        messages: [
          { role: 'developer', content: 'Be short.' },
          { role: 'user', content: [{ type: 'text', text: 'one' }] },
          { role: 'assistant', content: 'so' },
          { role: 'user', content: 'two' },
        ],
      },
    ],
    [
      'openai-responses',
      {
        instructions: 'Be short.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'one' }] },
          { type: 'function_call', arguments: '{}' },
          { role: 'user', content: 'two' },
        ],
      },
    ],
    [
      'anthropic-messages',
      {
        system: [{ type: 'text', text: 'Be short.' }],
        messages: [
          { role: 'user', content: 'one' },
          { role: 'assistant', content: 'so' },
          { role: 'user', content: 'two' },
        ],
      },
    ],
    [
      'gemini',
      {
        system_instruction: { parts: [{ text: 'Be short.' }] },
        contents: [
          { parts: [{ text: 'one' }] },
          { role: 'model', parts: [{ text: 'so' }] },
          { role: 'user', parts: [{ text: 'two' }] },
        ],
      },
    ],
    [
      'ollama',
      {
        messages: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'one' },
          { role: 'user', content: 'two' },
        ],
      },
    ],
  ])('%s: the opening is the first instructions and words, whatever followed', (dialect, body) => {
    expect(sayings(dialect, body).opening()).toBe('["Be short.","one"]');
    expect(sayings(dialect, body).lastUserText()).toBe('two');
  });

  test('a prompt alone is the user’s words, and a request without any opens no session', () => {
    expect(sayings('ollama-generate', { prompt: 'one' }).opening()).toBe('["","one"]');
    expect(sayings('openai-responses', { input: 'one' }).opening()).toBe('["","one"]');
    expect(sayings('anthropic-messages', { messages: [] }).opening()).toBe('');
  });
});

test('metadata are texts by their names; a session is what the body calls one', () => {
  const said = sayings('openai-chat', { metadata: { team: 'a', n: 1, deep: {} }, prompt_cache_key: 'k', session_id: '' });
  expect([said.metadata(), said.session()]).toEqual([{ team: 'a', n: '1' }, 'k']);
  expect(sayings('anthropic-messages', { metadata: 'text' }).metadata()).toEqual({});
});

test('a field that cannot be parsed says nothing, and one that stands twice is refused', () => {
  const dialect = dialects.get('openai-chat');
  const read = (body: string) => dialect?.readRequest([Buffer.from(body)], { model: null, stream: null }).sayings();
  expect(read('{"model":"m","max_tokens":"\\u00"}')?.maxOutputTokens()).toBeNull();
  expect(() => read('{"model":"m","tools":[],"tools":[1]}')?.tools()).toThrow(/stands twice/);
});
