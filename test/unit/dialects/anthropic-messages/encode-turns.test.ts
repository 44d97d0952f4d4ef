/** The conversation as an upstream of Anthropic's messages is sent it. */
import { describe, expect, test } from 'vitest';
import type { ChatMessage, ContentPart } from '../../../../gateway/chat/request.ts';
import { assistant, type Body, call, result, sealed, text, turnsOf, user } from './written-requests.ts';

const block = (words: string) => ({ type: 'text', text: words });
const wireCall = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'f', input });
const wireResult = (id: string, content: unknown = 'ok') => ({ type: 'tool_result', tool_use_id: id, content });

describe('turns', () => {
  test('neighbours of one role become one turn, and instructions at the head the system prompt', () => {
    const { turns, system } = turnsOf([
      { role: 'system', parts: [text('Be kind.')] },
      { role: 'developer', parts: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
      user(text('a')),
      user(text('b'), text('  ')),
      assistant(text('c')),
      assistant({ type: 'refusal', text: 'No.' }),
      user(text('d')),
    ]);
    expect(system).toEqual([block('Be kind.'), { ...block('Be brief.'), cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect(turns).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
      { role: 'assistant', content: [block('c'), block('No.')] },
      { role: 'user', content: [block('d')] },
    ]);
  });

  test('a lone instruction is plain text', () => {
    expect(turnsOf([{ role: 'system', parts: [text('Be kind.')] }, user(text('a'))]).system).toBe('Be kind.');
  });

  test('instructions in the middle go into a turn of the user, and the ledger says so', () => {
    const { turns, emulated } = turnsOf([user(text('a')), assistant(text('b')), { role: 'developer', parts: [text('Now.')] }]);
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('<system>\nNow.\n</system>')] });
    expect(emulated).toEqual(['messages.*.role']);
  });

  test('names of participants and pictures among instructions are noted when they are left out', () => {
    const image: ContentPart = { type: 'image', source: { type: 'url', url: 'https://a', mediaType: null } };
    const { turns, system, dropped } = turnsOf([
      { role: 'system', parts: [text('Be kind.'), image] },
      { ...user(text('Hi')), name: 'ann' },
    ]);
    expect([turns.length, system, dropped]).toEqual([1, 'Be kind.', ['messages.*.content', 'messages.*.name']]);
  });

  test('results stand first in the turn behind their calls, in order', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(text('I go.'), call('a'), call('b', '{"x":1}')),
      user(text('wait')),
      result('a'),
      result('b', 'done'),
    ]);
    expect(turns.slice(1)).toEqual([
      { role: 'assistant', content: [block('I go.'), wireCall('a'), wireCall('b', { x: 1 })] },
      { role: 'user', content: [wireResult('a'), wireResult('b', 'done'), block('wait')] },
    ]);
    expect(emulated).toEqual([]);
  });

  test('a late result is put behind its call, a missing one is made up, a strange one becomes text', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(call('a'), call('b'), call('c')),
      result('a'),
      assistant(text('hm')),
      result('b'),
      result('z', 'who?'),
    ]);
    expect(turns[2].content).toEqual([wireResult('a'), wireResult('b'), { ...wireResult('c', '(no result)'), is_error: true }]);
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('The result of the tool call z:'), block('who?')] });
    expect(emulated).toEqual(['messages.*.content.*', 'messages.*.content.*', 'messages.*.tool_calls']);
  });

  test('ids are mapped to the letters Anthropic takes, each once, and results follow them', () => {
    const { turns, emulated } = turnsOf([
      user(text('go')),
      assistant(call('call:1'), call('call.1')),
      result('call:1', 'one'),
      result('call.1', 'two'),
      assistant(call('call:1')),
      result('call:1', 'three'),
    ]);
    const ids = turns.map(({ content }: Body) =>
      content.map(({ id, tool_use_id, content: said }: Body) => [id ?? tool_use_id, said]),
    );
    expect(ids.slice(1)).toEqual([
      [
        ['call_1', undefined],
        ['call_1_2', undefined],
      ],
      [
        ['call_1', 'one'],
        ['call_1_2', 'two'],
      ],
      [['call_1_3', undefined]],
      [['call_1_3', 'three']],
    ]);
    expect(emulated).toEqual(['messages.*.content.*.id']);
  });

  test('the user begins, even where a client has the assistant begin', () => {
    const { turns, emulated } = turnsOf([assistant(text('Welcome.')), user(text('Hi'))]);
    expect(turns[0]).toEqual({ role: 'user', content: [block('(continued)')] });
    expect(emulated).toEqual(['messages.*']);
  });

  test('instructions without any message are what the user says', () => {
    const { turns, system } = turnsOf([{ role: 'system', parts: [text('Write a poem.')] }]);
    expect([turns, system]).toEqual([[{ role: 'user', content: [block('Write a poem.')] }], undefined]);
  });

  test('words to go on from are trimmed where a model takes them, and closed by the user where it does not', () => {
    const messages = [user(text('a')), assistant(text('The answer is ( \n'))];
    expect(turnsOf(messages).turns.at(-1)).toEqual({ role: 'assistant', content: [block('The answer is (')] });
    const { turns, emulated } = turnsOf(messages, 'claude-opus-4-6');
    expect(turns.at(-1)).toEqual({ role: 'user', content: [block('(continue)')] });
    expect(emulated).toEqual(['messages']);
  });

  test('thoughts are sent back with their seals, but not in words to go on from', () => {
    const hidden: ContentPart = { type: 'reasoning', text: '', seal: { maker: 'anthropic', data: 'H' }, redacted: true };
    const { turns } = turnsOf([user(text('a')), assistant(sealed, hidden, text('b')), user(text('c'))]);
    expect(turns[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'S' },
      { type: 'redacted_thinking', data: 'H' },
      block('b'),
    ]);
    const prefill = turnsOf([user(text('a')), assistant(sealed, text('b'))]);
    expect(prefill.turns[1].content).toEqual([block('b')]);
    expect(prefill.dropped).toEqual(['messages.*.reasoning']);
  });

  test('broken input of a call is kept whole in a field', () => {
    const { turns, emulated } = turnsOf([
      user(text('a')),
      assistant(call('a', '{"x":'), call('b', ''), call('c', '[1]')),
      result('a'),
      result('b'),
      result('c'),
    ]);
    expect(turns[1].content.map(({ input }: Body) => input)).toEqual([{ _raw: '{"x":' }, {}, { _raw: '[1]' }]);
    expect(emulated).toEqual(['messages.*.content.*.input']);
  });

  test('blocks of its own dialect are sent as they came', () => {
    const json = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const native: ContentPart = { type: 'native', dialect: 'anthropic-messages', name: 'server_tool_use', json };
    expect(turnsOf([user(text('a')), assistant(native, text('b')), user(text('c'))]).turns[1].content).toEqual([
      json,
      block('b'),
    ]);
  });
});

describe('media', () => {
  const base64 = (mediaType: string, data = 'aGk=') => ({ type: 'base64' as const, mediaType, data });
  const contentOf = (...parts: ContentPart[]) => turnsOf([user(...parts)]).turns[0].content;

  test('pictures and documents are sent in the shapes the API has', () => {
    expect(
      contentOf(
        { type: 'image', source: base64('image/png'), cache: { ttl: null } },
        { type: 'image', source: { type: 'url', url: 'https://a/b.png', mediaType: null } },
        { type: 'file', source: base64('application/pdf'), name: 'r.pdf' },
        { type: 'file', source: base64('text/csv; charset=utf-8') },
        { type: 'file', source: { type: 'url', url: 'https://a/b.pdf', mediaType: null } },
        { type: 'file', source: base64('image/gif') },
      ),
    ).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' }, cache_control: { type: 'ephemeral' } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'r.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' } },
      { type: 'document', source: { type: 'url', url: 'https://a/b.pdf' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'aGk=' } },
    ]);
  });

  test.each<ContentPart>([
    { type: 'image', source: base64('image/heic') },
    { type: 'image', source: { type: 'url', url: 'gs://a/b.png', mediaType: null } },
    { type: 'file', source: base64('application/zip') },
    { type: 'audio', source: base64('audio/wav') },
  ])('what Anthropic does not take is refused by its place, never left out: %j', (part) => {
    expect(() => contentOf(text('Look:'), part)).toThrow(
      expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.1' }),
    );
  });

  test('a tool result keeps its pictures', () => {
    const image: ContentPart = { type: 'image', source: base64('image/png'), detail: 'low' };
    const shown: ChatMessage = {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'a', name: null, content: [text('See'), image], isError: true }],
    };
    const { turns, dropped } = turnsOf([user(text('a')), assistant(call('a')), shown]);
    expect(turns[2].content[0]).toMatchObject({ is_error: true, content: [block('See'), { type: 'image' }] });
    expect(dropped).toEqual(['messages.*.content.*.content.*.detail']);
  });

  test('a detail that leaves it to the model is no loss', () => {
    const image: ContentPart = { type: 'image', source: { type: 'url', url: 'https://a', mediaType: null }, detail: 'auto' };
    expect(turnsOf([user(image)]).dropped).toEqual([]);
  });
});

test('very many calls, of one id or answered late, are written at once', () => {
  const all = Array.from({ length: 50_000 }, (_each, index) => index);
  const begun = performance.now();
  const same = turnsOf([user(text('a')), assistant(...all.map(() => call('x')))]).turns[1];
  expect(new Set(same?.content.map((each: object) => Object(each).id)).size).toBe(all.length);
  const late = [user(...all.map(() => text('a'))), ...all.map((index) => result(`c${index}`))];
  const { turns } = turnsOf([user(text('a')), assistant(...all.map((index) => call(`c${index}`))), ...late]);
  expect(turns[2]?.content.slice(0, all.length)).toEqual(all.map((index) => wireResult(`c${index}`)));
  expect(performance.now() - begun).toBeLessThan(5_000);
});
