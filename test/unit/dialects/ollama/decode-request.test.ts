/** What Ollama's clients send is read whole, by Ollama's own defaults, and what has no word is named. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ContentPart } from '../../../../gateway/chat/request.ts';
import { chat, generate, nowhere, png } from './samples.ts';

const hello = { role: 'user', content: 'Hi' };
const read = (change: object) => chat.decodeRequest({ model: 'm', messages: [hello], ...change }, nowhere);
const readMessages = (messages: readonly object[]) => read({ messages }).messages;
const partsOf = (messages: readonly object[]): readonly ContentPart[] => readMessages(messages).flatMap(({ parts }) => parts);

function refusal(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error('nothing was refused');
}

describe('a chat request', () => {
  test('streams unless it says that it must not', () => {
    expect(read({}).stream).toBe(true);
    expect(read({ stream: null }).stream).toBe(true);
    expect(read({ stream: false }).stream).toBe(false);
  });

  test('has every option under its own name', () => {
    const options = {
      temperature: 0,
      top_p: 0.9,
      top_k: 40,
      min_p: 0.05,
      seed: 42,
      stop: ['a', 'b'],
      num_predict: 100,
      repeat_penalty: 1.2,
      presence_penalty: 0.5,
      frequency_penalty: -0.5,
    };
    expect(read({ options })).toMatchObject({
      temperature: 0,
      topP: 0.9,
      topK: 40,
      minP: 0.05,
      seed: 42,
      stop: ['a', 'b'],
      maxOutputTokens: 100,
      repeatPenalty: 1.2,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      unread: [],
    });
  });

  test("leaves Ollama's words for no limit and any seed away", () => {
    const request = read({ options: { num_predict: -1, seed: -1, top_k: 0, stop: [], temperature: null } });
    expect(request.maxOutputTokens).toBeNull();
    for (const field of ['seed', 'topK', 'stop', 'temperature']) expect(request).not.toHaveProperty(field);
  });

  test('names what has no word in other dialects, and nothing that says nothing', () => {
    const { unread } = read({
      keep_alive: '5m',
      truncate: false,
      shift: true,
      template: '',
      context: [],
      format: '',
      options: { num_ctx: 8192, mirostat: 1, temperature: 1 },
      messages: [{ ...hello, mood: 'good', tool_calls: null }],
      tools: [{ type: 'function', function: { name: 'a', strict: true } }],
    });
    const expected = ['keep_alive', 'truncate', 'shift', 'options.num_ctx', 'options.mirostat', 'messages.0.mood'];
    expect(unread).toEqual([...expected, 'tools.0.function.strict']);
  });

  test('asks for thinking by a flag or an effort', () => {
    expect(read({}).reasoning).toBeUndefined();
    expect(read({ think: true }).reasoning).toEqual({ effort: 'medium', show: true });
    expect(read({ think: false }).reasoning).toEqual({ effort: 'none' });
    for (const effort of ['low', 'medium', 'high', 'max']) expect(read({ think: effort }).reasoning?.effort).toBe(effort);
  });

  test('asks for JSON, for a schema, or for text', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    expect(read({ format: 'json' }).responseFormat).toEqual({ type: 'json' });
    expect(read({ format: schema }).responseFormat).toEqual({ type: 'json-schema', schema });
    for (const format of ['', null]) expect(read({ format }).responseFormat).toEqual({ type: 'text' });
  });

  test('asks for probabilities', () => {
    expect(read({ logprobs: true }).logprobs).toEqual({ top: 0 });
    expect(read({ logprobs: true, top_logprobs: 5 }).logprobs).toEqual({ top: 5 });
    expect(read({ top_logprobs: 5 }).logprobs).toBeUndefined();
  });

  test('offers tools, with or without a type, a description and arguments', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const { tools } = read({
      tools: [
        { type: 'function', function: { name: 'weather', description: 'Tells it.', parameters } },
        { function: { name: 'now' } },
      ],
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'weather', description: 'Tells it.', parameters },
      { kind: 'function', name: 'now', description: null, parameters: { type: 'object', properties: {} } },
    ]);
  });

  test('shows pictures as bare base64 or as data URLs, of the type that their bytes tell', () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]).toString('base64');
    const webp = Buffer.from('RIFF\0\0\0\0WEBPVP8 ').toString('base64');
    const wav = Buffer.from('RIFF\0\0\0\0WAVEfmt ').toString('base64');
    const parts = partsOf([{ role: 'user', content: 'See', images: [png, `data:image/gif;base64,R0lGODlh`, jpeg, webp, wav] }]);
    const types = parts.map((part) => ('source' in part && part.source.type === 'base64' ? part.source.mediaType : part.type));
    expect(types).toEqual(['image/png', 'image/gif', 'image/jpeg', 'image/webp', 'audio/wav', 'text']);
    expect(parts[0]).toEqual({ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } });
  });

  test('brings thoughts back before the text and the calls that followed them', () => {
    const message = {
      role: 'assistant',
      content: 'So.',
      thinking: 'Hm.',
      tool_calls: [{ function: { name: 'a', arguments: { b: 1 } } }],
    };
    expect(partsOf([message])).toEqual([
      { type: 'reasoning', text: 'Hm.', seal: null, redacted: false },
      { type: 'text', text: 'So.' },
      { type: 'tool-call', id: 'call_0_0', name: 'a', kind: 'function', input: '{"b":1}' },
    ]);
  });

  test('takes roles in any case and refuses unknown ones', () => {
    expect(readMessages([{ role: 'System', content: 'Be kind.' }]).map(({ role }) => role)).toEqual(['system']);
    expect(refusal(() => readMessages([{ role: 'narrator', content: '' }])).field).toBe('messages.0.role');
  });

  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: [{ role: 'user', content: ['Hi'] }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', images: ['no base64!'] }] }, 'messages.0.images.0'],
    [{ messages: [{ role: 'assistant', tool_calls: [{ function: {} }] }] }, 'messages.0.tool_calls.0.function.name'],
    [{ options: { temperature: 'hot' } }, 'options.temperature'],
    [{ options: { stop: [1] } }, 'options.stop.0'],
    [{ think: 'hard' }, 'think'],
    [{ format: 'xml' }, 'format'],
    [{ stream: 'yes' }, 'stream'],
    [{ tools: [{ type: 'function' }] }, 'tools.0.function'],
    [{ model: '' }, 'model'],
  ])('is refused by the very field: %j', (change, field) => {
    expect(refusal(() => read(change))).toMatchObject({ kind: 'bad-request', field });
  });
});

describe("a tool's result finds its call", () => {
  const calls = (...made: readonly object[]) => ({ role: 'assistant', content: '', tool_calls: made });
  const made = (name: string, id?: string) => ({ ...(id && { id }), function: { name, arguments: {} } });
  const results = (messages: readonly object[]) =>
    partsOf(messages).flatMap((part) => (part.type === 'tool-result' ? [[part.callId, part.name]] : []));

  test('by its id, whatever the order', () => {
    const messages = [
      calls(made('a', 'id-1'), made('a', 'id-2')),
      { role: 'tool', content: '2', tool_call_id: 'id-2' },
      { role: 'tool', content: '1', tool_call_id: 'id-1', tool_name: 'a' },
    ];
    expect(results(messages)).toEqual([
      ['id-2', 'a'],
      ['id-1', 'a'],
    ]);
  });

  test("by its tool's name, and the first of several calls first", () => {
    const messages = [
      calls(made('a'), made('b'), made('a')),
      { role: 'tool', content: '', tool_name: 'b' },
      { role: 'tool', content: '', name: 'a' },
      { role: 'tool', content: '', tool_name: 'a' },
    ];
    expect(results(messages)).toEqual([
      ['call_0_1', 'b'],
      ['call_0_0', 'a'],
      ['call_0_2', 'a'],
    ]);
  });

  test('by its place when it names nothing, over several turns', () => {
    const messages = [
      hello,
      calls(made('a'), made('b')),
      { role: 'tool', content: '1' },
      { role: 'tool', content: '2' },
      calls(made('c')),
      { role: 'tool', content: '3' },
    ];
    expect(results(messages)).toEqual([
      ['call_1_0', 'a'],
      ['call_1_1', 'b'],
      ['call_4_0', 'c'],
    ]);
  });

  test('and not one that the user has cut short', () => {
    const messages = [calls(made('a')), hello, calls(made('b')), { role: 'tool', content: '' }];
    expect(results(messages)).toEqual([['call_2_0', 'b']]);
  });

  test('or keeps what it says when there is no such call', () => {
    expect(results([hello, { role: 'tool', content: '', tool_call_id: 'lost', tool_name: 'z' }])).toEqual([['lost', 'z']]);
    expect(results([hello, { role: 'tool', content: '' }])).toEqual([['call_1', null]]);
  });
});

describe('a generate request', () => {
  const ask = (change: object) => generate.decodeRequest({ model: 'm', prompt: 'Say', ...change }, nowhere);

  test('is one prompt with its pictures, behind its instructions', () => {
    const request = ask({ system: 'Be kind.', images: [png] });
    expect(request.messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['system', ['text']],
      ['user', ['image', 'text']],
    ]);
    expect(request.stream).toBe(true);
    expect(request).not.toHaveProperty('suffix');
  });

  test('may ask for what fits into a gap', () => {
    expect(ask({ suffix: 'end' }).suffix).toBe('end');
  });

  test('of the Python client, which writes every field, names nothing as unread', () => {
    const empty = { system: '', template: '', context: [], raw: false, images: [], format: '', options: {}, keep_alive: null };
    expect(ask(empty)).toMatchObject({ unread: [], responseFormat: { type: 'text' } });
  });

  test('names the template, the raw prompt and the context that others have no word for', () => {
    const { unread } = ask({ raw: true, template: '{{ .Prompt }}', context: [1], options: { num_ctx: 1 } });
    expect(unread.toSorted()).toEqual(['context', 'options.num_ctx', 'raw', 'template']);
  });

  test('without a prompt is refused', () => {
    expect(refusal(() => ask({ prompt: '' })).field).toBe('prompt');
  });
});

test('very many calls find their results at once, by id and by tool', () => {
  const all = Array.from({ length: 40_000 }, (_each, index) => index);
  const called = (index: number) => ({
    ...(index % 2 ? { id: `x${index}` } : {}),
    function: { name: `f${index % 3}`, arguments: {} },
  });
  const result = (index: number) => ({
    role: 'tool',
    content: 'r',
    ...(index % 2 ? { tool_call_id: `x${index}` } : { tool_name: `f${index % 3}` }),
  });
  const begun = performance.now();
  const parts = partsOf([hello, { role: 'assistant', tool_calls: all.map(called) }, ...all.map(result)]);
  const ids = parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  expect(new Set(parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])))).toEqual(new Set(ids));
  expect(performance.now() - begun).toBeLessThan(4_000);
});
