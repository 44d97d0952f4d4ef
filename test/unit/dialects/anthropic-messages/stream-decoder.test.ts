/** Anthropic's answers, streamed and whole, as the inner language says them. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { decodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/decode-answer.ts';
import { createStreamDecoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-decoder.ts';

const head = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 5, output_tokens: 1 } } };
const tail = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } },
  { type: 'message_stop' },
];
const begin = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const piece = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const end = (index: number) => ({ type: 'content_block_stop', index });

function decode(...payloads: readonly object[]): ChatEvent[] {
  const decoder = createStreamDecoder();
  return payloads.flatMap((payload) => [...decoder.push(JSON.stringify(payload), null)]);
}

/** What stands between an answer's head and its end. */
function contentOf(...payloads: readonly object[]): ChatEvent[] {
  return decode(head, ...payloads, ...tail).filter(({ type }) => type !== 'start' && type !== 'usage' && type !== 'finish');
}

function failureOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('streams', () => {
  test('how much was written is unknown until the end tells it: the start counts a token or two', () => {
    const counts = decode(head, ...tail).flatMap((event) => (event.type === 'usage' ? [event.usage.outputTokens] : []));
    expect(counts).toEqual([null, 8]);
  });

  test('an answer begins with its head and ends with its finish, and the last usage is whole', () => {
    const [start, , ...rest] = decode(
      {
        type: 'message_start',
        message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 5, service_tier: 'standard' } },
      },
      { type: 'ping' },
      { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage: { output_tokens: 3 } },
      {
        type: 'message_delta',
        delta: {},
        usage: { input_tokens: 6, cache_read_input_tokens: 100, cache_creation_input_tokens: 10, output_tokens: 4 },
      },
      { type: 'message_stop' },
      { type: 'message_delta', delta: { stop_reason: 'refusal' } },
    );
    expect(start).toMatchObject({ type: 'start', id: 'msg_1', model: 'claude-x', serviceTier: 'standard' });
    expect(rest.at(-1)).toEqual({ type: 'finish', reason: 'stop', stopSequence: 'END' });
    expect(rest.at(-2)).toMatchObject({
      type: 'usage',
      usage: { inputTokens: 116, cachedInputTokens: 100, cacheWriteTokens: 10, outputTokens: 4, reasoningTokens: null },
      raw: { input_tokens: 6, output_tokens: 4, service_tier: 'standard' },
    });
  });

  test('thoughts end with their seal; hidden ones are all seal', () => {
    expect(
      contentOf(
        begin(0, { type: 'thinking', thinking: '', signature: '' }),
        piece(0, { type: 'thinking_delta', thinking: 'Hm.' }),
        piece(0, { type: 'signature_delta', signature: 'S' }),
        end(0),
        begin(1, { type: 'redacted_thinking', data: 'D' }),
        end(1),
        begin(2, { type: 'thinking', thinking: '' }),
        piece(2, { type: 'signature_delta', signature: 'omitted' }),
        end(2),
        begin(3, { type: 'thinking', thinking: 'bare' }),
        end(3),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'S' }, redacted: false },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'D' }, redacted: true },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'omitted' }, redacted: false },
      { type: 'reasoning', text: 'bare' },
      { type: 'reasoning-end', seal: null, redacted: false },
    ]);
  });

  test('calls are counted from 0, and their input is told in pieces, or whole where no piece came', () => {
    const events = contentOf(
      begin(0, { type: 'text', text: 'I ' }),
      piece(0, { type: 'text_delta', text: 'look.' }),
      end(0),
      begin(1, { type: 'tool_use', id: 't1', name: 'a', input: {} }),
      piece(1, { type: 'input_json_delta', partial_json: '' }),
      piece(1, { type: 'input_json_delta', partial_json: '{"x"' }),
      begin(2, { type: 'tool_use', id: 't2', name: 'b', input: { y: 1 } }),
      piece(1, { type: 'input_json_delta', partial_json: ':1}' }),
      end(1),
      end(2),
      begin(3, { type: 'tool_use', name: 'c' }),
    );
    expect(events).toEqual([
      { type: 'text', text: 'I ' },
      { type: 'text', text: 'look.' },
      { type: 'tool-start', index: 0, id: 't1', name: 'a', kind: 'function' },
      { type: 'tool-input', index: 0, text: '{"x"' },
      { type: 'tool-start', index: 1, id: 't2', name: 'b', kind: 'function' },
      { type: 'tool-input', index: 0, text: ':1}' },
      { type: 'tool-end', index: 0 },
      { type: 'tool-input', index: 1, text: '{"y":1}' },
      { type: 'tool-end', index: 1 },
      { type: 'tool-start', index: 2, id: 'msg_1_2', name: 'c', kind: 'function' },
      { type: 'tool-input', index: 2, text: '{}' },
      { type: 'tool-end', index: 2 },
    ]);
  });

  test("a citation follows its text, with the text's place in the answer", () => {
    const web = { type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: 'q', encrypted_index: 'E' };
    const page = { type: 'page_location', document_title: 'Doc', cited_text: 'p', start_page_number: 1 };
    const found = { type: 'search_result_location', source: 'https://b', title: null, cited_text: 'r' };
    expect(
      contentOf(
        begin(0, { type: 'text', text: '' }),
        piece(0, { type: 'text_delta', text: 'One. ' }),
        end(0),
        begin(1, { type: 'text', text: '', citations: [] }),
        piece(1, { type: 'citations_delta', citation: web }),
        piece(1, { type: 'citations_delta', citation: page }),
        piece(1, { type: 'citations_delta', citation: found }),
        piece(1, { type: 'text_delta', text: 'Two.' }),
        end(1),
      ).slice(2),
    ).toEqual([
      { type: 'citation', citation: { url: 'https://a', title: 'A', quote: 'q', start: 5, end: 9 } },
      { type: 'citation', citation: { url: null, title: 'Doc', quote: 'p', start: 5, end: 9 } },
      { type: 'citation', citation: { url: 'https://b', title: null, quote: 'r', start: 5, end: 9 } },
    ]);
  });

  test("what Anthropic's own tools do is native, with all its pieces", () => {
    expect(
      contentOf(
        begin(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
        piece(0, { type: 'input_json_delta', partial_json: '{"q":1}' }),
        end(0),
        begin(1, { type: 'web_search_tool_result', content: [] }),
        end(1),
        begin(2, { type: 'compaction' }),
        piece(2, { type: 'compaction_delta', content: 'x' }),
      ),
    ).toEqual(
      ['server_tool_use', 'web_search_tool_result', 'compaction'].map((name) => ({
        type: 'native',
        dialect: 'anthropic-messages',
        name,
      })),
    );
  });

  test('what a nearly compatible provider leaves out is forgiven', () => {
    const given = { ...head, message: { ...head.message, content: [{ type: 'tool_use', id: 't', name: 'a', input: { x: 1 } }] } };
    const events = decode(
      given,
      head,
      piece(0, { type: 'text_delta', text: 'Hi' }),
      piece(0, { type: 'text_delta', text: null }),
      {
        type: 'message_stop',
        usage: null,
      },
    );
    expect(events.filter(({ type }) => type !== 'usage').slice(1)).toEqual([
      { type: 'tool-start', index: 0, id: 't', name: 'a', kind: 'function' },
      { type: 'tool-input', index: 0, text: '{"x":1}' },
      { type: 'tool-end', index: 0 },
      { type: 'text', text: 'Hi' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  test('an event whose data have no type goes by its name', () => {
    const decoder = createStreamDecoder();
    decoder.push('{"message":{"id":"m"}}', 'message_start');
    expect([decoder.push('[DONE]', null), decoder.push('{}', 'message_stop'), decoder.ended]).toEqual([
      [],
      [{ type: 'finish', reason: 'stop' }],
      true,
    ]);
    expect(decoder.end()).toEqual([]);
  });

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'stop'],
    ['refusal', 'content-filter'],
    ['something_new', 'stop'],
    ['constructor', 'stop'],
  ])('the stop reason %s is %s', (stop_reason, reason) => {
    expect(decode(head, { type: 'message_delta', delta: { stop_reason } }, { type: 'message_stop' }).at(-1)).toEqual({
      type: 'finish',
      reason,
    });
  });
});

describe('what goes wrong', () => {
  test.each([
    [
      { type: 'overloaded_error', message: 'Overloaded' },
      { status: 529, code: 'overloaded_error', message: 'Overloaded' },
    ],
    [{ type: 'rate_limit_error', message: 'Slow' }, { status: 429 }],
    [{ type: 'api_error', message: 'Oops' }, { status: 500 }],
    [{ type: 'billing_error', message: 'Pay' }, { status: 402 }],
    [
      { type: 'strange_error', message: 'Huh' },
      { status: 502, code: 'strange_error' },
    ],
    [{ type: 'constructor', message: 'Odd' }, { status: 502 }],
    ['just words', { message: 'just words' }],
  ])('an error in a stream is thrown as the provider told it: %j', (error, facts) => {
    expect(failureOf(() => decode(head, { type: 'error', error }))).toMatchObject({ kind: 'upstream-failed', ...facts });
    expect(failureOf(() => decodeAnswer({ type: 'error', error }))).toMatchObject({ kind: 'upstream-failed', ...facts });
  });

  test('an error is known by the name of its event alone, or by its shape alone', () => {
    const push = (data: string, event: string | null) => failureOf(() => createStreamDecoder().push(data, event));
    expect(push('Gateway down', 'error')).toMatchObject({ kind: 'upstream-failed', message: 'Gateway down' });
    expect(push('{"message":"Down"}', 'error')).toMatchObject({ kind: 'upstream-failed', message: 'Down' });
    expect(push('{"error":{"message":"Down"}}', null)).toMatchObject({ kind: 'upstream-failed', message: 'Down' });
  });

  test.each<[string, object[]]>([
    ['content before the head', [begin(0, { type: 'text', text: 'a' })]],
    ['a call without a name', [head, begin(0, { type: 'tool_use', id: 't' })]],
    ['input of no call', [head, piece(0, { type: 'input_json_delta', partial_json: '{' })]],
    ['a second answer in the middle of one', [head, begin(0, { type: 'text', text: 'a' }), head]],
  ])('%s is refused: the answer would be wrong', (_name, payloads) => {
    expect(failureOf(() => decode(...payloads))).toMatchObject({ kind: 'upstream-protocol' });
  });

  test.each(['<html>', '[]', '"text"', '{"type":'])('an event that is no object is refused: %s', (data) => {
    expect(failureOf(() => createStreamDecoder().push(data, null))).toMatchObject({ kind: 'upstream-protocol' });
  });

  test.each([null, [], 'text', {}, { content: 'text' }])('a body that is no message is refused: %j', (body) => {
    expect(failureOf(() => decodeAnswer(body))).toMatchObject({ kind: 'upstream-protocol' });
  });
});

describe('whole answers', () => {
  test('are read as their stream would be', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'S' },
      { type: 'text', text: 'I look.', citations: [{ type: 'char_location', cited_text: 'q', document_title: null }] },
      { type: 'tool_use', id: 't', name: 'a', input: { x: 1 } },
    ];
    const body = {
      id: 'msg_1',
      model: 'claude-x',
      content,
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    expect(decodeAnswer(body)).toMatchObject([
      { type: 'start', id: 'msg_1' },
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'S' } },
      { type: 'text', text: 'I look.' },
      { type: 'citation', citation: { quote: 'q', start: 0, end: 7 } },
      { type: 'tool-start', index: 0, id: 't', name: 'a' },
      { type: 'tool-input', index: 0, text: '{"x":1}' },
      { type: 'tool-end', index: 0 },
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 }, raw: body.usage },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });
});
