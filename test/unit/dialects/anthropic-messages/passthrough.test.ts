/** What is read beside bytes that pass through, and what we say in Anthropic's shape ourselves. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';

const nowhere = { model: null, stream: null };

function listen(events: readonly { readonly data: string; readonly event?: string }[]) {
  const reader = anthropicMessages.createStreamReader();
  const steps = events.map(({ data, event = null }) => reader.read(data, event));
  return { reader, steps };
}

describe('streams', () => {
  test('usage is put together from both of its places', () => {
    const { reader, steps } = listen([
      { data: '{"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":7,"output_tokens":1}}}' },
      { data: '{"type":"message_delta","delta":{},"usage":{"output_tokens":9,"input_tokens":null}}' },
      { data: '{"type":"message_stop"}' },
    ]);
    expect(steps).toEqual(['pass', 'pass', 'end']);
    expect(reader.usage).toMatchObject({ inputTokens: 12, cachedInputTokens: 7, outputTokens: 9 });
    expect(JSON.parse(reader.rawUsageJson ?? '')).toEqual({ input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 9 });
    expect([reader.mayEnd, reader.errorMessage]).toEqual([false, null]);
  });

  test('the token or two that were made by the start are not taken for the output of an answer that breaks off', () => {
    const begun = { data: '{"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}' };
    expect(listen([begun]).reader.usage).toMatchObject({ inputTokens: 5, outputTokens: null });
    const silentEnd = { data: '{"type":"message_delta","delta":{}}' };
    expect(listen([begun, silentEnd]).reader.usage).toMatchObject({ inputTokens: 5, outputTokens: 1 });
  });

  test('only events beside content are looked at', () => {
    const reader = anthropicMessages.createStreamReader();
    const concerns = (text: string): boolean => reader.concerns(Buffer.from(text));
    const said = JSON.stringify({ type: 'content_block_delta', delta: { type: 'text_delta', text: '{"type":"error"} event' } });
    expect(concerns(`event: content_block_delta\ndata: ${said}\n\n`)).toBe(false);
    expect(concerns('event: ping\ndata: {"type": "ping"}\n\n')).toBe(false);
    expect(concerns('data: {"type" : "message_stop"   }\n\n')).toBe(true);
    expect(concerns('event: error\ndata: x\n\n')).toBe(true);
    expect(concerns('data: {"error":{"message":"x"}}\n\n')).toBe(true);
  });

  test('an error is told, and passed on as it came only where clients will know it for one', () => {
    const error = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
    const named = listen([{ data: error, event: 'error' }]);
    expect([named.steps, named.reader.errorMessage, named.reader.errorIsSound]).toEqual([['error'], 'Overloaded', true]);
    expect(listen([{ data: error }]).reader.errorIsSound).toBe(false);
    const odd = listen([{ data: 'no JSON', event: 'error' }]);
    expect([odd.steps, odd.reader.errorMessage, odd.reader.errorIsSound]).toEqual([['error'], 'no JSON', false]);
    expect(listen([{ data: '{"error":"x"}' }]).reader.errorMessage).toBe('x');
    expect(listen([{ data: 'no JSON' }]).steps).toEqual(['pass']);
  });

  test('usage that says nothing is none', () => {
    const { reader } = listen([{ data: '{"type":"message_delta","usage":{}}' }]);
    expect([reader.usage, reader.rawUsageJson]).toEqual([null, null]);
  });
});

test('a request with a broken text is measured all the same: nobody else has read it', () => {
  const body = String.raw`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a\qb"}]}`;
  expect(anthropicMessages.readRequest([Buffer.from(body)], nowhere).measure()).toEqual({
    textBytes: body.length,
    media: [],
  });
});

describe('whole answers', () => {
  test('usage and errors are found, and broken JSON is not taken for an answer', () => {
    const read = (text: string) => anthropicMessages.readWhole(Buffer.from(text));
    expect(read('{"content":[],"usage":{"input_tokens":3,"output_tokens":4}}')).toMatchObject({
      usage: { inputTokens: 3, outputTokens: 4 },
      rawUsageJson: '{"input_tokens":3,"output_tokens":4}',
      errorMessage: null,
    });
    expect(read('{"type":"error","error":{"type":"api_error","message":"Oops"}}').errorMessage).toBe('Oops');
    expect(() => read('{"content":[')).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
    expect(() => read('[]')).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
  });

  test('what the model wrote is measured without its envelopes', () => {
    const content = [
      { type: 'thinking', thinking: 'ab', signature: 'SSSS' },
      { type: 'text', text: 'cdé' },
      { type: 'tool_use', id: 'tttt', name: 'f', input: { a: 1 } },
    ];
    expect(anthropicMessages.measureAnswer(Buffer.from(JSON.stringify({ content })))).toBe(2 + 4 + 1 + 7);
    expect(anthropicMessages.measureAnswer(Buffer.from('{}'))).toBeNull();
    expect(anthropicMessages.measureAnswer(Buffer.from('no'))).toBeNull();
  });
});

describe('requests', () => {
  test('only the model is changed, and everything else keeps its bytes', () => {
    const text = '{ "model":"a", "stream" : true, "odd": 1.10 , "messages":[]}';
    const request = anthropicMessages.readRequest([Buffer.from(text)], nowhere);
    expect(request.head).toEqual({ model: 'a', stream: true, usageAsked: true });
    expect(Buffer.concat(request.write({ model: 'b', askUsage: true })).toString()).toBe(text.replace('"a"', '"b"'));
  });

  test('pictures are not taken for text, wherever they stand', () => {
    const data = 'A'.repeat(5000);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
    const messages = [{ role: 'user', content: [image, { type: 'tool_result', tool_use_id: 't', content: [image] }] }];
    const body = JSON.stringify({ model: 'a', messages });
    const { textBytes, media } = anthropicMessages.readRequest([Buffer.from(body)], nowhere).measure();
    expect([textBytes, media.length]).toEqual([body.length - 10_000, 2]);
  });

  test('the version goes along, and betas of the client', () => {
    expect(anthropicMessages.headers.always).toEqual([['anthropic-version', '2023-06-01']]);
    expect(anthropicMessages.headers.passed).toContain('anthropic-beta');
    expect(anthropicMessages.upstreamPath('m', true)).toBe('/messages');
  });
});

describe('errors', () => {
  test.each([
    ['bad-request', 400, 'invalid_request_error'],
    ['unauthorized', 401, 'authentication_error'],
    ['host-not-allowed', 403, 'permission_error'],
    ['unknown-model', 404, 'not_found_error'],
    ['body-too-large', 413, 'request_too_large'],
    ['upstream-rate-limit', 429, 'rate_limit_error'],
    ['internal', 500, 'api_error'],
    ['upstream-auth', 502, 'api_error'],
    ['upstream-stalled', 504, 'timeout_error'],
    ['upstream-failed', 529, 'overloaded_error'],
    ['upstream-failed', 402, 'billing_error'],
    ['bad-request', 422, 'invalid_request_error'],
  ] as const)('%s with status %i is called %s', (kind, status, type) => {
    const error = new GatewayError(kind, 'Words.', { status });
    const body = { type: 'error', error: { type, message: 'Words.', details: { error_code: error.code } } };
    expect(JSON.parse(anthropicMessages.encodeError(error))).toEqual(body);
    expect(anthropicMessages.encodeStreamError(error)).toBe(`event: error\ndata: ${JSON.stringify(body)}\n\n`);
  });
});
