/** What Ollama is asked: everything that it has a word for, in its own words, and a note for every detail that is lost. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../../../../gateway/chat/request.ts';
import type { ChatCodec } from '../../../../gateway/dialects/codec.ts';
import { chat, generate, plainRequest, png, target } from './samples.ts';

const image: ContentPart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } };
const text = (words: string): ContentPart => ({ type: 'text', text: words });

function write(change: Partial<ChatRequest>, codec: ChatCodec = chat) {
  const notes = new FidelityNotes();
  const body = codec.encodeRequest({ ...plainRequest, ...change }, target, notes);
  return { body, emulated: notes.emulated.map(({ field }) => field), dropped: notes.dropped.map(({ field }) => field) };
}

const writeMessages = (...messages: readonly ChatMessage[]) => write({ messages });

describe('a chat request to Ollama', () => {
  test("has the model's name there and always says whether it streams", () => {
    expect(write({}).body).toEqual({ model: 'library/qwen3:8b', messages: [{ role: 'user', content: 'Hi' }], stream: true });
    expect(write({ stream: false }).body).toMatchObject({ stream: false });
  });

  test('has every option that it claims to have', () => {
    const { body } = write({
      temperature: 0,
      topP: 0.5,
      topK: 4,
      minP: 0.1,
      frequencyPenalty: 0.2,
      presencePenalty: 0.3,
      repeatPenalty: 1.1,
      seed: 0,
      stop: ['x'],
      maxOutputTokens: 9,
      logprobs: { top: 2 },
    });
    expect(body).toMatchObject({
      logprobs: true,
      top_logprobs: 2,
      options: {
        temperature: 0,
        top_p: 0.5,
        top_k: 4,
        min_p: 0.1,
        frequency_penalty: 0.2,
        presence_penalty: 0.3,
        repeat_penalty: 1.1,
        seed: 0,
        stop: ['x'],
        num_predict: 9,
      },
    });
  });

  test.each([
    [{ effort: 'none' }, false],
    [{ effort: 'minimal' }, 'low'],
    [{ effort: 'medium' }, 'medium'],
    [{ effort: 'xhigh' }, 'max'],
    [{ budgetTokens: 0 }, false],
    [{ budgetTokens: 4096 }, true],
    [{ budgetTokens: -1 }, true],
    [{ show: true }, true],
    [{}, undefined],
  ] as const)('thinks as wished: %j', (reasoning, think) => {
    expect(new Map(Object.entries(Object(write({ reasoning }).body))).get('think')).toBe(think);
  });

  test('says which wishes for thinking and probabilities it could only come near to', () => {
    expect(write({ reasoning: { effort: 'xhigh' } }).emulated).toEqual(['reasoning.effort']);
    expect(write({ reasoning: { effort: 'high', budgetTokens: 9, show: false } }).dropped).toEqual([
      'reasoning.show',
      'reasoning.budget_tokens',
    ]);
    expect(write({ logprobs: { top: 30 } })).toMatchObject({ body: { top_logprobs: 20 }, emulated: ['logprobs.top'] });
  });

  test('asks for JSON or a schema', () => {
    const schema = { type: 'object' };
    expect(write({ responseFormat: { type: 'json' } }).body).toHaveProperty('format', 'json');
    expect(write({ responseFormat: { type: 'json-schema', schema, name: 'a', strict: true } }).body).toHaveProperty(
      'format',
      schema,
    );
  });

  test('holds pictures in the one alphabet that Go reads, with their padding', () => {
    const source = { type: 'base64', mediaType: 'image/png', data: '-_-_-w' } as const;
    const { body } = writeMessages({
      role: 'user',
      parts: [text('a'), { type: 'image', source, detail: 'low' }, text('b'), image],
    });
    expect(body).toMatchObject({ messages: [{ role: 'user', content: 'a\n\nb', images: ['+/+/+w==', png] }] });
  });

  test('takes thoughts, text and calls back', () => {
    const { body } = writeMessages({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Hm', seal: null, redacted: false },
        text('So'),
        { type: 'tool-call', id: 'c1', name: 'a', kind: 'function', input: '{"b":1}' },
        { type: 'tool-call', id: 'c2', name: 'n', kind: 'function', input: '' },
      ],
    });
    const calls = [
      { id: 'c1', function: { index: 0, name: 'a', arguments: { b: 1 } } },
      { id: 'c2', function: { index: 1, name: 'n', arguments: {} } },
    ];
    expect(body).toMatchObject({ messages: [{ role: 'assistant', content: 'So', thinking: 'Hm', tool_calls: calls }] });
  });

  test.each(['{"a":', '[1]', '"text"', 'null'])('wraps arguments that are no JSON object, and says so: %s', (input) => {
    const part: ContentPart = { type: 'tool-call', id: 'c', name: 'a', kind: 'function', input };
    const { body, emulated } = writeMessages({ role: 'assistant', parts: [part] });
    expect(body).toMatchObject({ messages: [{ tool_calls: [{ function: { arguments: { INVALID_JSON: input } } }] }] });
    expect(emulated).toEqual(['messages.*.content.*.input']);
  });

  test('names the tool of each result, and sends one message for each', () => {
    const { body, dropped } = writeMessages(
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'a', kind: 'function', input: '{}' }] },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'c1', name: null, content: [text('1'), text('2')], isError: true },
          { type: 'tool-result', callId: 'c9', name: 'z', content: [], isError: false },
        ],
      },
    );
    expect(body).toMatchObject({
      messages: [
        { role: 'assistant' },
        { role: 'tool', content: '1\n\n2', tool_name: 'a', tool_call_id: 'c1' },
        { role: 'tool', content: '', tool_name: 'z', tool_call_id: 'c9' },
      ],
    });
    expect(dropped).toEqual(['messages.*.content.*.is_error']);
  });

  test('gives instructions as system messages', () => {
    const { body, emulated } = writeMessages(
      { role: 'developer', parts: [text('Be kind.')] },
      { role: 'user', parts: [], name: 'Eve' },
    );
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: '' },
      ],
    });
    expect(emulated).toEqual(['messages.*.role']);
  });

  test('offers tools whose schemas Go can read', () => {
    const { body, dropped } = write({
      tools: [
        {
          kind: 'function',
          name: 'a',
          description: null,
          strict: true,
          parameters: {
            properties: { any: true, inner: { type: 'object', required: true, properties: { x: false } } },
            $defs: {},
          },
        },
      ],
    });
    const properties = { any: {}, inner: { type: 'object', properties: { x: {} } } };
    expect(body).toMatchObject({
      tools: [{ type: 'function', function: { name: 'a', parameters: { type: 'object', properties, $defs: {} } } }],
    });
    expect(JSON.stringify(body)).not.toContain('required');
    expect(dropped).toEqual(['tools.*.strict']);
  });

  test('leaves out what its provider refuses, and says so', () => {
    const notes = new FidelityNotes();
    const request = { ...plainRequest, reasoning: { effort: 'high' } } as const;
    const body = chat.encodeRequest(request, { model: 'm', quirks: { refusedFields: ['think', 'logprobs'] } }, notes);
    expect(body).not.toHaveProperty('think');
    expect(notes.dropped.map(({ field }) => field)).toEqual(['think']);
  });

  test.each<ContentPart>([
    { type: 'image', source: { type: 'url', url: 'https://a.b/c.png', mediaType: null } },
    { type: 'image', source: { type: 'file-id', id: 'f' } },
    { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' } },
  ])('is not sent without a part that it has no place for: $type', (part) => {
    const act = () => writeMessages({ role: 'user', parts: [text('a'), part] });
    expect(act).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.1' }));
  });
});

describe('a generate request to Ollama', () => {
  test('has the one prompt, the instructions, the pictures and the gap', () => {
    const messages: readonly ChatMessage[] = [
      { role: 'system', parts: [text('a'), text('b')] },
      { role: 'developer', parts: [text('c')] },
      { role: 'user', parts: [image, text('Say')] },
    ];
    const { body } = write({ messages, suffix: 'end', stream: false, temperature: 1 }, generate);
    expect(body).toEqual({
      model: 'library/qwen3:8b',
      prompt: 'Say',
      suffix: 'end',
      system: 'a\n\nb\n\nc',
      images: [png],
      options: { temperature: 1 },
      stream: false,
    });
  });

  const said = (role: ChatMessage['role']): ChatMessage => ({ role, parts: [text('x')] });

  test.each<[string, Partial<ChatRequest>]>([
    ['messages', { messages: [] }],
    ['messages', { messages: [said('user'), said('assistant'), said('user')] }],
    ['messages', { messages: [said('user'), said('system')] }],
    ['messages', { messages: [{ role: 'user', parts: [image] }] }],
    ['tools', { tools: [{ kind: 'function', name: 'a', description: null, parameters: {} }] }],
  ])('is refused for more than one prompt, naming %s', (field, change) => {
    expect(() => write(change, generate)).toThrow(GatewayError);
    expect(() => write(change, generate)).toThrow(expect.objectContaining({ kind: 'untranslatable', field }));
  });
});
