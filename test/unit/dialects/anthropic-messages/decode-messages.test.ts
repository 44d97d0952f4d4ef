/** The conversations of clients of Anthropic's messages, as the inner language says them. */
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../../gateway/chat/request.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';

const base = { model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const pixel = 'iVBORw0KGgo=';

function messagesOf(messages: readonly unknown[]): readonly ChatMessage[] {
  return decodeRequest({ ...base, messages }).messages;
}

/** The parts of the one message that this content makes. */
function partsOf(role: string, content: unknown): readonly unknown[] {
  const [message, ...others] = messagesOf([{ role, content }]);
  expect(others).toEqual([]);
  return message?.parts ?? [];
}

function refusalOf(body: unknown): unknown {
  try {
    return decodeRequest(body);
  } catch (error) {
    return error;
  }
}

describe('system prompts', () => {
  test('a system prompt of blocks keeps its cache marks and loses what only bills', () => {
    const { messages, unread } = decodeRequest({
      ...base,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=1f;' },
        { type: 'text', text: 'You are kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: '' },
      ],
    });
    expect(messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'You are kind.', cache: { ttl: '1h' } }] });
    expect(unread).toEqual(['system.billing_header']);
  });

  test('a system message in the middle of a conversation stays where it is', () => {
    const roles = messagesOf([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'system', content: [{ type: 'text', text: 'Now be brief.' }] },
      { role: 'user', content: 'c' },
    ]).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'system', 'user']);
  });
});

describe('content', () => {
  test('tool results become messages of their own and keep their place among other blocks', () => {
    const messages = messagesOf([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'sunny', cache_control: { type: 'ephemeral' } },
          { type: 'tool_result', tool_use_id: 't2', is_error: true },
          { type: 'text', text: 'and now?' },
          {
            type: 'tool_result',
            tool_use_id: 't3',
            content: [
              { type: 'text', text: 'x' },
              { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
            ],
          },
        ],
      },
    ]);
    const result = { type: 'tool-result', name: null };
    const image = { type: 'image', source: { type: 'url', url: 'https://a/b.png', mediaType: null } };
    expect(messages).toEqual([
      {
        role: 'tool',
        parts: [{ ...result, callId: 't1', isError: false, content: [{ type: 'text', text: 'sunny' }], cache: { ttl: null } }],
      },
      { role: 'tool', parts: [{ ...result, callId: 't2', isError: true, content: [] }] },
      { role: 'user', parts: [{ type: 'text', text: 'and now?' }] },
      { role: 'tool', parts: [{ ...result, callId: 't3', isError: false, content: [{ type: 'text', text: 'x' }, image] }] },
    ]);
  });

  test('calls keep their input as JSON text', () => {
    const call = { type: 'tool_use', id: 't1', name: 'look', input: { a: [1] }, caller: { type: 'direct' } };
    expect(partsOf('assistant', [{ type: 'text', text: 'I look.' }, call, { type: 'tool_use', id: 't2', name: 'wait' }])).toEqual(
      [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', id: 't1', name: 'look', kind: 'function', input: '{"a":[1]}' },
        { type: 'tool-call', id: 't2', name: 'wait', kind: 'function', input: '{}' },
      ],
    );
  });

  test('pictures are taken from all three sources, and checked', () => {
    const images = [
      { type: 'image', source: { type: 'base64', media_type: 'image/PNG', data: pixel } },
      { type: 'image', source: { type: 'url', url: 'https://a/b.png' } },
      { type: 'image', source: { type: 'file', file_id: 'f1' } },
    ];
    expect(partsOf('user', images).map((part) => Object(part).source)).toEqual([
      { type: 'base64', mediaType: 'image/png', data: pixel },
      { type: 'url', url: 'https://a/b.png', mediaType: null },
      { type: 'file-id', id: 'f1' },
    ]);
    const unsound = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '###' } };
    expect(refusalOf({ ...base, messages: [{ role: 'user', content: [unsound] }] })).toMatchObject({
      field: 'messages.0.content.0.source',
    });
  });

  test('documents of bytes stay files, documents of text become text with their title and context', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' };
    expect(partsOf('user', [{ type: 'document', source: pdf, title: 'Report', cache_control: { type: 'ephemeral' } }])).toEqual([
      {
        type: 'file',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' },
        name: 'Report',
        cache: { ttl: null },
      },
    ]);
    expect(partsOf('user', [{ type: 'document', source: { type: 'url', url: 'https://a/b' } }])).toEqual([
      { type: 'file', source: { type: 'url', url: 'https://a/b', mediaType: 'application/pdf' } },
    ]);
    expect(partsOf('user', [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grass.' } }])).toEqual([
      { type: 'text', text: 'Grass.' },
    ]);
    const blocks = [
      { type: 'text', text: 'one' },
      { type: 'image', source: { type: 'url', url: 'https://a' } },
      { type: 'text', text: 'two' },
    ];
    const [text, image] = partsOf('user', [
      { type: 'document', source: { type: 'content', content: blocks }, title: 'T', context: 'C "quoted"' },
    ]);
    expect(text).toEqual({ type: 'text', text: '<document title="T" context="C \\"quoted\\"">\none\ntwo\n</document>' });
    expect(image).toMatchObject({ type: 'image' });
  });

  test('search results that the client found are text for every model', () => {
    const block = { type: 'search_result', source: 'https://a', title: 'A', content: [{ type: 'text', text: 'Found.' }] };
    expect(partsOf('user', [{ ...block, citations: { enabled: false } }])).toEqual([
      { type: 'text', text: '<search_result source="https://a" title="A">\nFound.\n</search_result>' },
    ]);
  });

  test('blocks of Anthropic alone are kept whole for its own dialect', () => {
    const used = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } };
    expect(partsOf('assistant', [used])).toEqual([
      { type: 'native', dialect: 'anthropic-messages', name: 'server_tool_use', json: used },
    ]);
    expect(anthropicMessages.chat?.abilities.dialect).toBe('anthropic-messages');
  });

  test('empty text says nothing', () => {
    expect(
      messagesOf([
        { role: 'user', content: '' },
        { role: 'assistant', content: [{ type: 'text', text: '' }] },
      ]),
    ).toEqual([]);
  });
});

describe('thoughts', () => {
  test('thoughts keep their seals, whoever made them', () => {
    expect(
      partsOf('assistant', [
        { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
        { type: 'thinking', thinking: 'So.', signature: 'gatehouse.openai.xyz' },
        { type: 'thinking', thinking: 'Bare.', signature: '' },
        { type: 'redacted_thinking', data: 'gatehouse.openai.hidden' },
        { type: 'redacted_thinking', data: 'EmwK' },
      ]),
    ).toEqual([
      { type: 'reasoning', text: 'Hm.', seal: { maker: 'anthropic', data: 'EqQB' }, redacted: false },
      { type: 'reasoning', text: 'So.', seal: { maker: 'openai', data: 'xyz' }, redacted: false },
      { type: 'reasoning', text: 'Bare.', seal: null, redacted: false },
      { type: 'reasoning', text: '', seal: { maker: 'openai', data: 'hidden' }, redacted: true },
      { type: 'reasoning', text: '', seal: { maker: 'anthropic', data: 'EmwK' }, redacted: true },
    ]);
  });

  test("Gemini's seals land on the call behind them, else on the text before them", () => {
    const seal = (data: string) => ({ type: 'thinking', thinking: '', signature: `gatehouse.gemini.${data}` });
    const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
    const content = [
      { type: 'text', text: 'Look:' },
      seal('a'),
      seal('b'),
      call('t1'),
      call('t2'),
      { type: 'text', text: 'Done.' },
      seal('c'),
    ];
    const made = { type: 'tool-call', name: 'f', kind: 'function', input: '{}' };
    expect(partsOf('assistant', content)).toEqual([
      { type: 'text', text: 'Look:', seal: { maker: 'gemini', data: 'a' } },
      { ...made, id: 't1', seal: { maker: 'gemini', data: 'b' } },
      { ...made, id: 't2' },
      { type: 'text', text: 'Done.', seal: { maker: 'gemini', data: 'c' } },
    ]);
  });
});
